"""Makes a small home as a release of Oko leaves it, packed for the test of the next release. Run with the code of that release (README.md).

    cd <tree of the release>
    OKO_HOME=<empty folder> OKO_AS_OF=2024-12-30 OKO_TARGET=duckdb PYTHONPATH=$PWD:$PWD/tests/orchestration \\
        .venv/bin/python <this tree>/tests/data/previous_home/make.py <this tree>/tests/data/previous_home/home.tar.xz

What the home holds is told in README.md, and what its numbers must be stands in tests/orchestration/test_upgrade.py.
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path

from small_landing import APPEALS, EXAM, STAFF, Landing, appeal, result, teacher

from ingest.settings import load_settings
from orchestration.night import run_night

COURSES = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Программа;Объём, ч;Номер документа;Дата выдачи"
SNILS = ["112-233-445 95", "087-654-303 00", "001-002-003 54"]
FIRST_YEAR = [40, 50, 60, 72, 80, 88]
SECOND_YEAR = [38, 47, 52, 61, 66, 70, 74, 80, 83, 91, 95, 100]
# made anew by the next refresh, or of this machine alone
LEFT_OUT = ("logs", "quarantine", "warehouse/dbt", "warehouse/refresh.lock", "dagster")


def main() -> None:
    """Two nights: the second one sees a file gone, an appeal, and a teacher of a school that nobody knows."""
    home = load_settings().home
    home.mkdir(parents=True, exist_ok=True)
    (home / "oko.toml").write_text('[region]\ncode = "54"\nname = "Вымышленный край"\n', encoding="utf-8")
    landing = Landing(home)
    landing.write_registers()
    landing.write("ege/протокол 2023.csv", EXAM, *[result("540101", 1 + i, score) for i, score in enumerate(FIRST_YEAR)], day="2023.05.29")
    landing.write("ege/протокол 2024.csv", EXAM, *[result("540101", 100 + i, score) for i, score in enumerate(SECOND_YEAR)])
    left = landing.write("ege/дополнительный день.csv", EXAM, result("540102", 300, 64))
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    landing.write("pd_courses/курсы.csv", COURSES, f"{SNILS[0]};Лукашин;Ефим;Ильич;540101;Оценка качества;72;Д-1;01.03.2023")
    _night(0)
    left.unlink()
    landing.write("ege/апелляции.csv", APPEALS, appeal("540101", 100, 38, 50))
    landing.write("staff/ещё.csv", STAFF, teacher(SNILS[2], "540777"))
    _night(1)
    with tarfile.open(sys.argv[1], "w:xz", preset=9) as tar:
        tar.add(home, arcname="home", filter=_taken)


def _night(expected: int) -> None:
    code = run_night(load_settings(), full=False, sources=())
    if code != expected:
        raise SystemExit(f"refresh ended with {code}, not with {expected}")


def _taken(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if member.name.removeprefix("home/") in LEFT_OUT or _is_old_publication(member.name):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _is_old_publication(name: str) -> bool:
    parts = Path(name).parts
    return len(parts) > 2 and parts[1] == "publications" and parts[2] != load_settings().published.resolve().name


if __name__ == "__main__":
    main()
