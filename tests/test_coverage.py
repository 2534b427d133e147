"""docs/coverage.md, the checklist of the founding documents, is true: every row once, names exist where it says so and only there."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from ingest.declarations import load_sources
from orchestration.dbt_sources import PROJECT, ROOT, load_registry

COVERAGE = ROOT / "docs" / "coverage.md"
DOMAIN, CONTRACTS = ROOT.parent / "shared" / "domain.md", ROOT.parent / "shared" / "contracts.md"
STATE = re.compile(r"да(: .+)?|(частично|не обслуживается): .+")
_ROW = re.compile(r"^\| (\d+|Д\d+) \|.*\|$", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`(°?)")


@dataclass(frozen=True)
class Row:
    """One row of the checklist; of models and indicators those that exist, and those (°) that do not yet."""

    number: str
    sources: list[str]
    models: list[tuple[str, bool]]
    indicators: list[tuple[str, bool]]
    state: str


def _names(cell: str) -> list[tuple[str, bool]]:
    return [(name, not planned) for name, planned in _NAME.findall(cell)]


@pytest.fixture(scope="module")
def text() -> str:
    return COVERAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[Row]:
    lines = [[cell.strip() for cell in match[0].strip("|").split("|")] for match in _ROW.finditer(text)]
    assert {len(cells) for cells in lines} == {7}
    return [
        Row(number, [name for name, _ in _names(sources)], _names(models), _names(indicators), state)
        for number, _, _, sources, models, indicators, state in lines
    ]


def test_every_row_once_in_order(rows: list[Row]) -> None:
    numbers = [row.number for row in rows]
    assert [number for number in numbers if number.isdigit()] == [str(number) for number in range(1, 132)]
    assert [number for number in numbers if not number.isdigit()] == [f"Д{number}" for number in range(1, 28)]


def test_names_exist_where_they_are_said_to(rows: list[Row]) -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    indicators = {entry["code"] for entry in load_registry()}
    wrong = [f"{row.number}: {name}" for row in rows for name in row.sources if name not in load_sources()]
    wrong += [f"{row.number}: {name}" for row in rows for name, exists in row.models if (name in models) != exists]
    wrong += [f"{row.number}: {name}" for row in rows for name, exists in row.indicators if (name in indicators) != exists]
    assert not wrong


def test_what_is_proposed_does_not_exist(text: str) -> None:
    proposed = re.findall(r"^\| `(\w+)`° \|", text, re.MULTILINE)
    assert proposed and set(proposed).isdisjoint(entry["code"] for entry in load_registry())


def test_every_source_and_indicator_serves_something(rows: list[Row], text: str) -> None:
    unmentioned = set(re.findall(r"`(\w+)`", text.split("Без строки в документах:")[1].split("\n")[0]))
    assert set(load_sources()) - {name for row in rows for name in row.sources} == unmentioned
    assert {entry["code"] for entry in load_registry()} <= {name for row in rows for name, _ in row.indicators}


def test_states_are_from_the_list_and_hold(rows: list[Row]) -> None:
    assert [row.number for row in rows if not STATE.fullmatch(row.state)] == []
    promised = [row.number for row in rows if not all(exists for _, exists in [*row.models, *row.indicators])]
    assert [number for row in rows if row.state.startswith("да") and (number := row.number) in promised] == []
    assert [row.number for row in rows if (row.state.startswith("частично: °")) != (row.number in promised)] == []


@pytest.mark.skipif(not DOMAIN.exists(), reason="../shared/domain.md is not here")
def test_the_checklist_is_that_of_the_dossier(rows: list[Row]) -> None:
    dossier = DOMAIN.read_text(encoding="utf-8")
    numbers = re.findall(r"^\| (\d+) \|", dossier.split("\n## 1. ")[1].split("\n## 2. ")[0], re.MULTILINE)
    assert numbers == [row.number for row in rows if row.number.isdigit()]
    codes = dossier.split("### 2.1")[1].split("### 2.2")[0] + CONTRACTS.read_text(encoding="utf-8")
    assert [name for row in rows for name, exists in row.indicators if not exists and name not in codes] == []
