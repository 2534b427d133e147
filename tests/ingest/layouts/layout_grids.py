"""Grids for the readers of layouts, written the way a CSV looks. Everybody in these tests is fictional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.grid import Grid, Table, make_grid

SHARED = Path(__file__).parents[4] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")


def sheet(*lines: str, name: str = "") -> Grid:
    """A grid out of lines with `;` between the cells."""
    rows = [line.split(";") for line in lines]
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return make_grid(name, [pl.Series(column, dtype=pl.String) for column in zip(*padded, strict=True)])


def records(table: Table, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table, row by row."""
    return table.rows.select(columns).rows()


def only(tables: list[Table]) -> Table:
    """The one table that was found, complete."""
    assert [table.missing for table in tables] == [[]]
    return tables[0]
