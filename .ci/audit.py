"""Asks for known vulnerabilities of every package that both lock files name, and fails on each one that nobody has accepted.

Run by `make audit`, before a release and on a schedule: it needs the vulnerability service (OSV, or a mirror in OKO_OSV_URL). Without
an answer it fails and says so: silence is no clean bill. What `make test` can tell without a network stands in
tests/security/test_dependencies.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
ENVIRONMENTS = {"Oko": REPOSITORY, "Superset": REPOSITORY / "superset"}
ACCEPTED = REPOSITORY / ".ci" / "accepted-findings.toml"
LONGEST_DAYS = 90
WRITTEN = {"id": str, "package": str, "found": date, "until": date, "reason": str}
# uv ends with 1 when it found something and with 2 when it could not ask
CLEAN, FOUND = 0, 1


def accepted(path: Path = ACCEPTED) -> list[dict[str, object]]:
    """The findings that are lived with. Raises ValueError where one is not written in full."""
    findings: list[dict[str, object]] = tomllib.loads(path.read_text(encoding="utf-8")).get("finding", [])
    for finding in findings:
        if {name: type(value) for name, value in finding.items()} != WRITTEN or not all(finding.values()):
            raise ValueError(f"{path.name}: {finding.get('id', '?')}: needs exactly {', '.join(WRITTEN)}, none of them empty")
    return findings


def outdated(findings: list[dict[str, object]], today: date) -> list[str]:
    """The identifiers whose time is over, or was made too long to begin with."""
    return [
        str(finding["id"])
        for finding in findings
        if finding["until"] < today or (finding["until"] - finding["found"]).days > LONGEST_DAYS  # type: ignore[operator]
    ]


def _uv() -> str:
    """The one of the Makefile: in the path, or in its own folder."""
    return os.environ.get("UV") or shutil.which("uv") or str(REPOSITORY / ".uv" / "bin" / "uv")


def audit(folder: Path, ignored: list[str], service: str = "") -> int:
    """The exit code of `uv audit` on this folder's lock file; it writes what it finds."""
    command = [_uv(), "audit", "--frozen", "--preview-features", "audit-command"]
    command += [word for identifier in ignored for word in ("--ignore", identifier)]
    return subprocess.run([*command, *(["--service-url", service] if service else [])], cwd=folder, check=False).returncode


def main() -> int:
    """0 when everything was asked for and nothing new was found."""
    findings = accepted()
    if old := outdated(findings, date.today()):
        print(f"AUDIT FAILED: accepted until a day that has passed, or for too long: {', '.join(old)} ({ACCEPTED.name})", file=sys.stderr)
        return 1
    ignored, ended = [str(finding["id"]) for finding in findings], {}
    for name, folder in ENVIRONMENTS.items():
        print(f"· {name}: {folder / 'uv.lock'}", flush=True)
        ended[name] = audit(folder, ignored, os.environ.get("OKO_OSV_URL", ""))
    unasked = [name for name, code in ended.items() if code not in (CLEAN, FOUND)]
    if unasked:
        print(
            f"AUDIT NOT DONE: the vulnerability service gave no answer for {', '.join(unasked)}. Nothing is known; do not release.",
            file=sys.stderr,
        )
        return 2
    if FOUND in ended.values():
        print(f"AUDIT FAILED: mend what is listed above, or accept it in {ACCEPTED} with a reason and a date.", file=sys.stderr)
    return max(ended.values())


if __name__ == "__main__":
    sys.exit(main())
