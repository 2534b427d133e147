"""`oko sample`: a landing folder of a fictional region, in every layout that Oko reads, with the quirks that real exports have.

The region is made first (`model`), then exported (`exports`): so years, files and forms agree wherever real ones would. At national scale
(`national`) there are exams alone, as columns. No person, school or municipality exists. Reading files belongs to the rest of `ingest`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.sample.exports import SOURCES
from ingest.sample.files import Landing, Planted
from ingest.sample.model import build_world, last_day_of
from ingest.sample.national import ITEMS, SCHOOLS, YEARS, write_national


def default_last_year(today: date | None = None) -> int:
    """The last exam year that is over: nothing in the sample may lie after the day on which it is loaded."""
    today = today or date.today()
    return today.year if today > last_day_of(today.year) else today.year - 1


def write_sample(out: Path, schools: int = 150, years: int = 3, seed: int = 1, last_year: int | None = None) -> Planted:
    """Fills the empty or missing folder `out`; the same arguments give the same bytes and times. Returns what was planted in it."""
    _require(schools, years)
    with _filling(out) as landing:
        world = build_world(schools, years, seed, last_year or default_last_year())
        for write in SOURCES:
            write(world, landing)
    return landing.planted


def write_national_sample(
    out: Path, schools: int = SCHOOLS, years: int = YEARS, items: int = ITEMS, seed: int = 1, last_year: int | None = None
) -> Planted:
    """The same of exams alone, as large as twenty regions: about so many results of tasks, in Parquet."""
    _require(schools, years)
    with _filling(out) as landing:
        write_national(landing, schools, years, items, seed, last_year or default_last_year())
    return landing.planted


def _require(schools: int, years: int) -> None:
    if schools < 1 or years < 1:
        raise ValueError("Нужна хотя бы одна школа и один год")


@contextmanager
def _filling(out: Path) -> Iterator[Landing]:
    """Whole or not at all: an interrupted run must not leave something that looks like data."""
    if out.is_dir() and any(not child.name.startswith(".") for child in out.iterdir()):
        raise FileExistsError(f"Папка не пуста, пример в неё не записывается: {out}")
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".sample-") as folder:
        landing = Landing(Path(folder))
        yield landing
        for source in sorted(landing.root.iterdir()):
            shutil.move(source, out / source.name)
