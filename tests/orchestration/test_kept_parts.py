"""What is kept from night to night is what making everything anew gives, row for row, whatever came in between, on both engines.

The real models over a small landing: protocols that come, are corrected, renamed and taken away, with appeals and yearly forms beside
them, in drawn orders; a register that changes. Tests of models are not asked here, and nothing is published.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from ingest.archive import sha256_of
from ingest.declarations import load_sources
from ingest.sample import write_sample
from ingest.settings import Settings, load_settings
from orchestration import dbt_runs
from orchestration.home import open_warehouse, prepare_environment, prepare_home
from orchestration.intake import Options
from orchestration.raw_tables import raw_tables
from orchestration.refresh import Refresh

IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
NIGHTS = 12 if IS_FULL else 2
SEEDS = range(4 if IS_FULL else 1)
CODE = "this code"
# what results of exams are made from, and nothing that would only take time
SOURCES = ("municipalities", "schools", "network", "clusters", "thresholds", "kim_tasks", "ege", "oge", "ege_by_school", "school_aliases")
WHOLE = (None, None)


@dataclass
class Landing:
    """Protocols of which some wait outside of landing; every change is younger than the one before it."""

    home: Path
    outside: Path
    chance: random.Random
    _day: int = field(default=1_900_000_000)

    def begin(self) -> None:
        """All but every fifth protocol of the sample."""
        write_sample(self.home / "sample", schools=3, years=2, seed=5, last_year=2025)
        for source in SOURCES:
            (self.home / "sample" / source).rename(self.home / "landing" / source)
        for path in self.protocols()[::5]:
            (self.outside / path.relative_to(self.home / "landing").parts[0]).mkdir(parents=True, exist_ok=True)
            path.rename(self.outside / path.relative_to(self.home / "landing").parts[0] / path.name)

    def protocols(self) -> list[Path]:
        return sorted(path for source in ("ege", "oge") for path in (self.home / "landing" / source).rglob("*протокол*.csv"))

    def load(self) -> str:
        """A protocol that was not there."""
        path = self.chance.choice(sorted(self.outside.rglob("*.csv")))
        self._write(self.home / "landing" / path.relative_to(self.outside), path.read_bytes())
        path.unlink()
        return f"loaded {path.name}"

    def correct(self) -> str:
        """A younger file of the same exam in which results are others, and people are missing, who keep what they had."""
        path = self.chance.choice(self.protocols())
        lines = [self._changed(line) for line in path.read_bytes().splitlines(keepends=True)]
        self._write(path.with_name(f"исправлено {self._day} {path.name}"), b"".join(lines))
        return f"corrected {path.name}"

    def _changed(self, line: bytes) -> bytes:
        cells, chance = line.rstrip(b"\r\n").split(b";"), self.chance.random()
        if not cells[0].isdigit() or chance < 0.4:
            return line
        if chance < 0.6 or not cells[-1].isdigit():
            return b""
        last = 5 if int(cells[-1]) <= 5 else 100
        return b";".join([*cells[:-1], str(self.chance.randint(2, last)).encode()]) + b"\r\n"

    def rename(self) -> str:
        """The same content by another name, which every row of it carries."""
        path = self.chance.choice(self.protocols())
        path.rename(path.with_name(f"переименовано {self._day} {path.name}"))
        self._day += 86_400
        return f"renamed {path.name}"

    def take_away(self) -> str:
        """A content is destroyed as `oko retention` does it: nothing of it stands anywhere."""
        path = self.chance.choice(self.protocols())
        sha = sha256_of(path)
        path.unlink()
        with open_warehouse(load_settings()) as warehouse:
            warehouse.know(raw_tables(load_sources().values()))
            warehouse.forget([sha])
        return f"took away {path.name}"

    def register(self) -> str:
        """A school is called otherwise."""
        path = self.home / "landing" / "schools" / "Реестр ОО.csv"
        self._write(path, path.read_text(encoding="utf-8-sig").replace("СОШ №", "Гимназия №").encode())
        return "a register"

    def _write(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self._day += 86_400
        os.utime(path, (self._day, self._day))


def night(settings: Settings, *, full: bool = False) -> list[tuple[int | None, str | None]]:
    """A night as far as the models that keep parts; which parts were made anew."""
    with Refresh(settings) as refresh:
        refresh.land(Options(full=full))
        for source in [*[name for name, source in refresh.sources.items() if source.provides], *refresh.sources]:
            refresh.read_source(source)
        refresh.judge_waiting()
        goes_on = refresh.warehouse.begin_build(CODE) and not full
    outcome = dbt_runs._invoke(settings, "build", "--select", *_selected(settings), *([] if goes_on else ["--full-refresh"]))
    dbt_runs._release_duckdb()
    assert outcome.success, outcome.exception or [result.message for result in outcome.result if result.status == "error"]
    with open_warehouse(settings) as warehouse:
        warehouse.prove_build(CODE, warehouse.query(f"SELECT input, content FROM {dbt_runs.inputs_table(settings)}"))
        return warehouse.query(f"SELECT * FROM {dbt_runs.inputs_table(settings).replace('input', 'rebuilt')}").rows()


def _selected(settings: Settings) -> list[str]:
    return ["+" + node["name"] for node in _kept(settings).values()] + ["--exclude-resource-type", "test", "unit_test", "exposure"]


def _kept(settings: Settings) -> dict[str, dict[str, str]]:
    nodes = dbt_runs._nodes(settings)
    return {name: node for name, node in nodes.items() if node["config"].get("materialized") == "incremental"}


def contents(settings: Settings) -> dict[str, pl.DataFrame]:
    """The rows of every table that keeps parts, in an order of their own, rounded to 1e-9; by way of 1e-12, so that no last bit decides."""
    with open_warehouse(settings) as warehouse:
        frames = {node["name"]: warehouse.query(f'SELECT * FROM {node["schema"]}."{node["alias"]}"') for node in _kept(settings).values()}
    rounded = {name: frame.with_columns(pl.col(pl.Float64).round(12).round(9) + 0.0) for name, frame in frames.items()}
    return {name: frame.sort(frame.columns) for name, frame in rounded.items()}


@pytest.fixture(params=["duckdb", "postgres"])
def settings(request: pytest.FixtureRequest, make_home: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    make_home("home")
    monkeypatch.setenv("OKO_AS_OF", "2025-12-30")
    if request.param == "postgres":
        monkeypatch.setenv("OKO_TARGET", "postgres")
        monkeypatch.setenv("OKO_DATABASE_URL", request.getfixturevalue("postgres_url"))
    settings = load_settings()
    prepare_home(settings)
    prepare_environment(settings)
    dbt_runs.prepared_manifest(settings)
    yield settings


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_parts_gives_what_making_everything_anew_gives(settings: Settings, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    (tmp_path / "outside").mkdir()
    landing = Landing(settings.home, tmp_path / "outside", chance)
    landing.begin()
    night(settings)
    said = []
    for number in range(NIGHTS):
        changes = [(landing.load, landing.correct), (landing.rename, landing.take_away)][number % 2]
        said += [change() for change in changes]
        rebuilt = night(settings)
        assert 0 < len(rebuilt) < 5 and WHOLE not in rebuilt, (said, rebuilt)
    kept = contents(settings)
    night(settings, full=True)
    anew = contents(settings)
    assert min(frame.height for name, frame in anew.items() if name.startswith(("fct_", "indicator_"))) > 0
    assert {name: frame.height for name, frame in kept.items()} == {name: frame.height for name, frame in anew.items()}, said
    for name in anew:
        assert kept[name].equals(anew[name]), (name, said)
    if IS_FULL:
        landing.register()
        assert night(settings) == [WHOLE]
        assert "Гимназия" in "".join(contents(settings)["indicator_values"]["entity_name"].drop_nulls())
