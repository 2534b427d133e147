"""docs/coverage.md, the checklist of the founding documents, is true: every row once, every name exists, every source serves."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from ingest.declarations import load_sources
from orchestration.dbt_sources import PROJECT, ROOT, load_registry

COVERAGE = ROOT / "docs" / "coverage.md"
DOMAIN = ROOT.parent / "shared" / "domain.md"
STATE = re.compile(r"да(: .+)?|(частично|не обслуживается): .+")
_ROW = re.compile(r"^\| (\d+|Д\d+) \|.*\|$", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Row:
    """One row of the checklist."""

    number: str
    sources: list[str]
    models: list[str]
    indicators: list[str]
    state: str


@pytest.fixture(scope="module")
def text() -> str:
    return COVERAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[Row]:
    lines = [[cell.strip() for cell in match[0].strip("|").split("|")] for match in _ROW.finditer(text)]
    assert {len(cells) for cells in lines} == {7}
    return [
        Row(number, _NAME.findall(sources), _NAME.findall(models), _NAME.findall(indicators), state)
        for number, _, _, sources, models, indicators, state in lines
    ]


def test_every_row_once_in_order(rows: list[Row]) -> None:
    numbers = [row.number for row in rows]
    assert [number for number in numbers if number.isdigit()] == [str(number) for number in range(1, 132)]
    assert [number for number in numbers if not number.isdigit()] == [f"Д{number}" for number in range(1, 28)]


def test_every_name_exists(rows: list[Row]) -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    indicators = {entry["code"] for entry in load_registry()}
    wrong = [f"{row.number}: {name}" for row in rows for name in row.sources if name not in load_sources()]
    wrong += [f"{row.number}: {name}" for row in rows for name in row.models if name not in models]
    wrong += [f"{row.number}: {name}" for row in rows for name in row.indicators if name not in indicators]
    assert not wrong


def test_every_source_and_indicator_serves_something(rows: list[Row], text: str) -> None:
    unmentioned = set(re.findall(r"`(\w+)`", text.split("Без строки в документах:")[1].split("\n")[0]))
    assert set(load_sources()) - {name for row in rows for name in row.sources} == unmentioned
    assert {entry["code"] for entry in load_registry()} - {name for row in rows for name in row.indicators} == set()


def test_states_are_from_the_list(rows: list[Row]) -> None:
    assert [row.number for row in rows if not STATE.fullmatch(row.state)] == []


@pytest.mark.skipif(not DOMAIN.exists(), reason="../shared/domain.md is not here")
def test_the_checklist_is_that_of_the_dossier(rows: list[Row]) -> None:
    dossier = DOMAIN.read_text(encoding="utf-8")
    numbers = re.findall(r"^\| (\d+) \|", dossier.split("\n## 1. ")[1].split("\n## 2. ")[0], re.MULTILINE)
    assert numbers == [row.number for row in rows if row.number.isdigit()]
