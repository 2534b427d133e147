"""docs/security.md is true as far as a machine can tell: what it names exists, and no requirement of ASVS is left out or told twice."""

from __future__ import annotations

import re

import pytest

from ingest.settings import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "security.md"
# requirements of levels 1 and 2 in ASVS 5.0.0: in every section they are the first ones, so many
REQUIRED = {
    **{"V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2, "V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1},
    **{"V3.2": 2, "V3.3": 4, "V3.4": 6, "V3.5": 5, "V3.7": 2, "V4.1": 3, "V4.2": 1, "V4.3": 2, "V4.4": 4},
    **{"V5.1": 1, "V5.2": 3, "V5.3": 2, "V5.4": 3, "V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V6.6": 3, "V6.8": 4},
    **{"V7.1": 3, "V7.2": 4, "V7.3": 2, "V7.4": 5, "V7.5": 2, "V7.6": 2, "V8.1": 2, "V8.2": 3, "V8.3": 1, "V8.4": 1},
    **{"V9.1": 3, "V9.2": 4, "V10.1": 2, "V10.2": 2, "V10.3": 4, "V10.4": 11, "V10.5": 5, "V10.6": 2, "V10.7": 3},
    **{"V11.1": 2, "V11.2": 3, "V11.3": 3, "V11.4": 4, "V11.5": 1, "V11.6": 1, "V12.1": 3, "V12.2": 2, "V12.3": 4},
    **{"V13.1": 1, "V13.2": 5, "V13.3": 2, "V13.4": 5, "V14.1": 2, "V14.2": 4, "V14.3": 3, "V15.1": 3, "V15.2": 3, "V15.3": 7},
    **{"V16.1": 1, "V16.2": 5, "V16.3": 4, "V16.4": 3, "V16.5": 3, "V17.1": 1, "V17.2": 4, "V17.3": 2},
}
STATES = {"да", "частью", "нет", "н/п"}
_ROW = re.compile(r"^\| (V\d.*) \|$", re.MULTILINE)
_NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*\.(?:py|md|yaml|yml|toml|lock|sql)|[\w-]+\.(?:md|lock|toml))(?:::(\w+))?`")


@pytest.fixture(scope="module")
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[list[str]]:
    found = [[cell.strip() for cell in row.split(" | ")] for row in _ROW.findall(text)]
    assert {len(cells) for cells in found} == {4}
    return found


def _numbers(said: str) -> list[str]:
    """`V6.5.1–V6.5.5` are five requirements."""
    first, _, last = said.partition("–")
    section, number = first.rsplit(".", 1)
    if not last:
        return [first]
    assert last.rsplit(".", 1)[0] == section
    return [f"{section}.{one}" for one in range(int(number), int(last.rsplit(".", 1)[1]) + 1)]


def test_every_requirement_stands_once_in_order(rows: list[list[str]]) -> None:
    told = [number for row in rows for number in _numbers(row[0])]
    assert told == [f"{section}.{number}" for section, last in REQUIRED.items() for number in range(1, last + 1)]


def test_every_row_says_its_state_and_what_follows_from_it(rows: list[list[str]]) -> None:
    assert {row[1] for row in rows} <= STATES
    assert [row[0] for row in rows if row[1] == "да" and row[2] == "—"] == []
    assert [row[0] for row in rows if row[1] != "да" and row[3] == "—" and row[2] == "—"] == []


def test_every_file_and_every_test_exists(text: str) -> None:
    named = set(_NAMED.findall(text))
    assert len(named) > 80
    files = {path for path, _ in named if "/" in path and not path.startswith(("vault/", "secrets/", "logs/"))}
    assert [path for path in sorted(files) if not (REPOSITORY / path).exists()] == []
    missing = [
        f"{path}::{test}"
        for path, test in sorted(named)
        if test and not re.search(rf"^def {test}\(", (REPOSITORY / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []
