"""`make acceptance`: the region of ../shared/acceptance through an empty home, compared with what a correct system shows for it.

    python tests/acceptance.py [--shared DIR] [--keep] [--attack-once]

Two rounds: the first files, then the later ones copied over them. Exit code 0 when both match: every value at every level, what is
hidden, every rejection and load, nobody of the files outside vault/, landing/ and archive/, and nothing hidden that can be had
(tests/disclosure.py).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from disclosure import attacks
from personal_data import leaks_under, needles_of

REPOSITORY = Path(__file__).resolve().parent.parent
OKO = Path(sys.executable).with_name("oko")
PUBLISHED = (0, 1)

# a file whose date a checkout loses: it must be older than the rest
OLD_FILE, OLD_DAY = "thresholds/пороги, старая редакция.csv", 1_600_000_000
OPEN = ("warehouse", "publications", "quarantine", "logs", "dagster")


def main() -> int:
    """Both rounds; the first difference ends it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared" / "acceptance")
    parser.add_argument("--keep", action="store_true", help="leave the home where it is and say where")
    parser.add_argument("--attack-once", action="store_true", help="look for leaks and for what can be had in the second round alone")
    options = parser.parse_args()
    home = Path(mkdtemp(prefix="oko-acceptance-"))
    try:
        return both_rounds(home, options.shared, attack_once=options.attack_once)
    finally:
        if options.keep:
            print(home)
        else:
            shutil.rmtree(home)


def both_rounds(home: Path, shared: Path, *, attack_once: bool) -> int:
    """The first and the later drop in an empty home; 0 when both match."""
    _copy(shared / "landing", home / "landing")
    os.utime(home / "landing" / OLD_FILE, (OLD_DAY, OLD_DAY))
    first = _round(home, shared, "expected", with_attack=not attack_once)
    if first:
        return first
    _copy(shared / "landing_later", home / "landing")
    return _round(home, shared, "expected_later", with_attack=True)


def _copy(source: Path, target: Path) -> None:
    """Copies with the time of the day and with modes of our own: the sample may be read-only."""
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _round(home: Path, shared: Path, expected: str, *, with_attack: bool) -> int:
    """One refresh and its comparison."""
    as_of = (shared / expected / "as_of.txt").read_text(encoding="utf-8").strip()
    environment = {**os.environ, "OKO_HOME": str(home), "OKO_AS_OF": as_of}
    code = subprocess.run([OKO, "refresh"], env=environment, check=False).returncode
    if code not in PUBLISHED:
        print(f"oko refresh: exit code {code}")
        return code
    leaks = ["--pii", *(str(home / name) for name in OPEN)] if with_attack else []
    compare = [sys.executable, shared / "compare.py", "--home", home, "--expected", shared / expected, *leaks]
    return subprocess.run(compare, check=False).returncode or int(with_attack and _attacked(home))


def _attacked(home: Path) -> bool:
    """Whether anybody of the files is where nobody may be, or anything hidden can be had."""
    leaks = leaks_under(home, needles_of(home / "landing"))
    print(*leaks[:20], f"personal data of the files themselves: {len(leaks)} leaks", sep="\n")
    told = [
        cell
        for attack in attacks(home / "warehouse" / "oko.duckdb", home / "published" / "oko.duckdb").values()
        for cell in attack.disclosed()
    ]
    print(*told[:20], f"closed cells that can be had: {len(told)}", sep="\n")
    return bool(leaks or told)


if __name__ == "__main__":
    sys.exit(main())
