"""Where the labels of a header stand on a sheet: headers of one or two rows, columns doubled by merged cells.

For the readers whose header is not the plain one of a declaration; which labels a layout has is known to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import polars as pl

from ingest.grid import Grid, column_letter
from ingest.text import fold_header

Cells: TypeAlias = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """The labels by column, as written; `end` is the first row under them, counted from 0."""

    labels: tuple[str | None, ...]
    end: int

    @cached_property
    def _places(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for index, label in enumerate(self.labels):
            if label:
                places.setdefault(fold_header(label), index)
        return places

    def place(self, spellings: Iterable[str]) -> int | None:
        """The first column that carries one of these labels."""
        return next((self._places[folded] for folded in map(fold_header, spellings) if folded in self._places), None)

    def cells(self, place: int) -> pl.Expr:
        """The values under a label; merged cells may have put them into the columns to its right, unlabelled or labelled the same."""
        after = range(place + 1, len(self.labels))
        end = next((index for index in after if self.labels[index] not in (None, self.labels[place])), len(self.labels))
        return pl.coalesce([pl.col(f"c{index}") for index in range(place, end)])

    def named(self, place: int) -> tuple[str, str]:
        """The label as written and its column letter, as messages name a cell."""
        return self.labels[place] or "", column_letter(place)


def fold_all(cells: Cells) -> set[str]:
    """The labels of a row as they are compared."""
    return {fold_header(cell) for cell in cells if cell}


def two_rows(upper: Cells, lower: Cells) -> tuple[str | None, ...]:
    """One header out of two rows: the lower label is the more exact one."""
    return tuple(below or above for above, below in zip(upper, lower, strict=True))


def numbered(grid: Grid, start: int) -> pl.DataFrame:
    """The cells from row `start` (from 0) on, with `_row` as a person counts."""
    return grid.cells.slice(start).with_columns(_row=pl.int_range(grid.first + start, grid.first + grid.height, dtype=pl.Int64))
