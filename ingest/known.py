"""What is known when a file is judged: lists of codes and sets of rows, handed in by the caller.

`ingest/` knows no database; whoever has one answers from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import polars as pl


class Known(Protocol):
    """What judging asks for; a list that nobody fills is empty."""

    def codes(self, name: str) -> frozenset[str]:
        """Every code of a list, in its canonical spelling (`school_code`: `080101`)."""

    def rows(self, name: str) -> pl.DataFrame:
        """The rows of a set that is small (`survey_questions`)."""

    def among(self, name: str, wanted: pl.DataFrame) -> pl.DataFrame:
        """Those of these rows that a set has, by the columns that they have; a set may be too large to be handed over (`ege_result`)."""


class FixedKnown:
    """Lists and sets that do not change; empty by default."""

    def __init__(self, codes: Mapping[str, Iterable[str]] | None = None, rows: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._codes = {name: frozenset(values) for name, values in (codes or {}).items()}
        self._rows = dict(rows or {})

    def codes(self, name: str) -> frozenset[str]:
        """The codes of a list."""
        return self._codes.get(name, frozenset())

    def rows(self, name: str) -> pl.DataFrame:
        """The rows of a set; a frame without columns when there is none."""
        return self._rows.get(name, pl.DataFrame())

    def among(self, name: str, wanted: pl.DataFrame) -> pl.DataFrame:
        """Those that the set has."""
        rows = self.rows(name)
        return wanted.clear() if rows.is_empty() else wanted.join(rows, on=wanted.columns, how="semi")
