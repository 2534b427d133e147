"""A file held against what is loaded now: by the key of its layout, which of its rows are new, changed or the same.

What is loaded is handed in by the caller; people are compared by pseudonym, and what only the vault keeps of them not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from ingest.declarations import Layout

# a column of the key narrows what is fetched only while it has few values
FEW_VALUES = 500
_NOW = " now"

Within = Mapping[str, Sequence[object]]


class Loaded(Protocol):
    """What the warehouse holds now."""

    def rows(self, layout: str, within: Within) -> pl.DataFrame:
        """The rows that count, with `_file_sha256` and `_modified_at`, where the columns of `within` are blank or have these values."""

    def files(self) -> pl.DataFrame:
        """Every content that was read: file_sha256, source, file_name, modified_at."""


@dataclass(frozen=True)
class Difference:
    """The rows of one layout that would load, against what is loaded. `columns`: in how many changed rows each column differs.

    `beaten`: changed rows whose present version comes from a file with a later modification time, which would win over this one.
    """

    new: int
    changed: int
    same: int
    beaten: int
    columns: dict[str, int]


def compare(rows: pl.DataFrame, name: str, layout: Layout, loaded: Loaded, modified_at: datetime) -> Difference:
    """How the rows of a file differ from what is loaded under their keys."""
    current = loaded.rows(name, _within(rows, layout.key))
    if current.is_empty():
        return Difference(rows.height, 0, 0, 0, {})
    compared = [column for column in _told(rows, layout) if column not in layout.key and column in current.columns]
    current = _typed(current, rows, [*layout.key, *compared])
    current = current.select(*layout.key, pl.col(compared).name.suffix(_NOW), pl.col("_modified_at").alias(_NOW))
    both = rows.join(current, on=layout.key, how="inner", nulls_equal=True)
    differs = both.select(_NOW, *(pl.col(column).ne_missing(pl.col(column + _NOW)).alias(column) for column in compared))
    changed = differs.filter(pl.any_horizontal(compared)) if compared else differs.clear()
    counts = {layout.columns[column].title: int(changed[column].sum()) for column in compared}
    return Difference(
        new=rows.height - both.height,
        changed=changed.height,
        same=both.height - changed.height,
        beaten=changed.filter(pl.col(_NOW) > modified_at).height,
        columns={title: count for title, count in counts.items() if count},
    )


def left_behind(rows: Mapping[str, pl.DataFrame], layouts: Mapping[str, Layout], loaded: Loaded, contents: Sequence[str]) -> int:
    """How many rows that count come from these contents and are not among the rows of the file that takes their place."""
    left = 0
    for name, layout in layouts.items():
        held = loaded.rows(name, {"_file_sha256": contents})
        if name in rows and not held.is_empty():
            held = _typed(held, rows[name], layout.key).join(rows[name], on=layout.key, how="anti", nulls_equal=True)
        left += held.height
    return left


def _told(rows: pl.DataFrame, layout: Layout) -> list[str]:
    """The columns that a person filled in: what is read out of columns that stand here themselves changes with them."""
    here = [column for column in rows.columns if column in layout.columns]
    return [column for column in here if not layout.columns[column].joins or not set(layout.columns[column].joins) <= set(here)]


def _typed(held: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """With the types of the file: a table keeps those that its columns had when it was made."""
    return held.cast({column: rows.schema[column] for column in columns}, strict=False)


def _within(rows: pl.DataFrame, key: Sequence[str]) -> dict[str, list[object]]:
    """What narrows the search: those columns of the key that have few values here."""
    values = {column: rows[column].drop_nulls().unique() for column in key}
    return {column: found.to_list() for column, found in values.items() if found.len() <= FEW_VALUES}
