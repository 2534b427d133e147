"""The reader of tabular layouts: one header row, one record a row, by declaration alone.

It finds the header below title rows, takes the declared columns and leaves out footers. It judges no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ingest.declarations import Layout, Source
from ingest.grid import ROW, Footer, Grid, Table, column_letter
from ingest.known import Known
from ingest.text import clean, fold_header

NUMBER = re.compile(r"[№n]( п[./]п)?|п[./]п")
FOOTER = "(?i)^ *(итого|всего|средние|среднее|средний балл|в среднем|минимальная граница|минимальный балл)([ \u00a0:.,]|$)"


@dataclass(frozen=True)
class Match:
    """A header row that fits a layout: where each found column stands (every part of it, every doubled place)."""

    layout: str
    row: int
    places: dict[str, list[list[int]]]
    missing: list[str]
    required: int

    @property
    def is_recognised(self) -> bool:
        """At least half of the required headers are there."""
        return 2 * len(self.missing) <= self.required

    @property
    def fit(self) -> tuple[bool, int]:
        """A complete table wins, then the one that explains more headers."""
        return not self.missing, len(self.places)


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The tables of this source, at most one a sheet; with `missing` where a required header is not there."""
    return [table for grid in grids for table in _table_of(grid, source)]


def best_match(grid: Grid, source: Source) -> Match | None:
    """The layout of the source whose header fits a row of this sheet best, recognised or not; mere numbers are no header."""
    matches = [
        _match(row, grid.headers[row], name, layout)
        for name, layout in source.layouts.items()
        for row in sorted({row for header in layout.by_header.keys() & grid.said.keys() for row in grid.said[header]})
    ]
    return max(matches, key=lambda match: (match.is_recognised, len(match.places), -len(match.missing)), default=None)


def _table_of(grid: Grid, source: Source) -> Iterator[Table]:
    match = best_match(grid, source)
    if match and match.is_recognised:
        yield table_of(grid, match, source.layouts[match.layout])


def _match(row: int, headers: dict[str, list[int]], name: str, layout: Layout) -> Match:
    found: dict[str, list[list[int]]] = {}
    for header, indexes in headers.items():
        if header in layout.by_header:
            # a header that stands twice, or in two spellings: the first cell that is filled counts
            found.setdefault(layout.by_header[header], [[]])[0].extend(indexes)
    for column, parts in layout.joined.items():
        if column not in found and all(part in headers for part in parts):
            found[column] = [headers[part] for part in parts]
    places = {column: found[column] for column in layout.columns if column in found}
    missing = [layout.columns[column].title for column in layout.required_headers if column not in places]
    return Match(name, row, places, missing, len(layout.required_headers))


def table_of(grid: Grid, match: Match, layout: Layout) -> Table:
    """The records under a header, and the footers apart."""
    header = grid.cells.row(match.row)
    headers = {column: _named(places, header) for column, places in match.places.items()}
    cells = [_joined(places).alias(column) for column, places in match.places.items()]
    rows = grid.cells.select(*cells, pl.int_range(grid.first, grid.first + pl.len()).alias(ROW), _label().alias("_label")).slice(
        match.row + 1
    )
    required = [column for column in match.places if layout.columns[column].required]
    # a printed table has its header once a page
    is_header = pl.all_horizontal([pl.col(column).eq_missing(headers[column][0]) for column in required or match.places])
    rows = rows.filter(pl.any_horizontal(pl.col(match.places).is_not_null()) & ~is_header)
    is_footer = pl.col("_label").str.contains(FOOTER).fill_null(False)
    if len(required) > 1:
        # a record may begin with such a word («Средние школы»), a footer leaves required cells empty
        is_footer &= pl.any_horizontal(pl.col(required).is_null())
    records = rows.filter(~is_footer).drop("_label")
    footers = _footers(rows.filter(is_footer))
    return Table(match.layout, grid.sheet, records, match.missing, headers, footers, _left_out(grid, match))


def _left_out(grid: Grid, match: Match) -> list[str]:
    """Columns with data whose header the declaration does not have: perhaps one of its own, misspelled. The row's number is no data."""
    taken = {index for places in match.places.values() for part in places for index in part}
    labels = {f"c{index}": label for index, label in enumerate(grid.cells.row(match.row)) if label and index not in taken}
    unknown = {name: label for name, label in labels.items() if not NUMBER.fullmatch(fold_header(label))}
    if not unknown:
        return []
    body = grid.cells.slice(match.row + 1).select(list(unknown))
    return [f"графа «{clean(label)}»" for name, label in unknown.items() if body[name].null_count() < body.height]


def _named(places: list[list[int]], header: tuple[str | None, ...]) -> tuple[str, str]:
    first = [part[0] for part in places]
    return ", ".join(header[index] or "" for index in first), ":".join(column_letter(index) for index in first)


def _joined(places: list[list[int]]) -> pl.Expr:
    """One text out of a column's parts; of a header that stands twice the first cell that is filled."""
    parts = [pl.coalesce([f"c{index}" for index in part]) for part in places]
    if len(parts) == 1:
        return parts[0]
    joined = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _label() -> pl.Expr:
    return pl.coalesce(pl.all())


def _footers(rows: pl.DataFrame) -> list[Footer]:
    return [
        Footer(row[ROW], row["_label"], {name: cell for name, cell in row.items() if cell is not None and name not in (ROW, "_label")})
        for row in rows.iter_rows(named=True)
    ]
