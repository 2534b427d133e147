"""What a file holds before anybody knows what it means: sheets of text cells, and the tables found on them.

Readers of formats make grids, readers of layouts make tables out of grids; neither converts a value or judges a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from ingest.text import fold_header

ROW = "_row"
HEAD_ROWS = 100


@dataclass(frozen=True)
class Grid:
    """One sheet: columns c0..cN of text, NULL where a cell is empty; row i is row i+1 of the spreadsheet.

    `first` is the number of the first row as a person counts: 0 where the names of a register's fields stand above its first record.
    """

    sheet: str
    cells: pl.DataFrame
    first: int = 1

    @property
    def is_named(self) -> bool:
        """Its first row are names that stand in no row of the file: nothing can stand above them."""
        return not self.first

    @property
    def height(self) -> int:
        return self.cells.height

    @property
    def width(self) -> int:
        return self.cells.width

    def head(self, rows: int) -> list[tuple[str | None, ...]]:
        """The first rows as tuples, for looking at titles and headers."""
        return self.cells.head(rows).rows()

    @cached_property
    def headers(self) -> list[dict[str, list[int]]]:
        """The first rows, for finding a header: what each cell says, folded, with all the columns that say so."""
        rows = []
        for cells in self.head(HEAD_ROWS):
            places: dict[str, list[int]] = {}
            for index, cell in enumerate(cells):
                if cell:
                    places.setdefault(cell if cell.isdigit() else fold_header(cell), []).append(index)
            rows.append(places)
        return rows

    @cached_property
    def said(self) -> dict[str, list[int]]:
        """`headers` the other way round: in which of the first rows a text stands that may be a header, which a mere number is not."""
        rows: dict[str, list[int]] = {}
        for row, headers in enumerate(self.headers):
            for header in headers:
                if not header.isdigit():
                    rows.setdefault(header, []).append(row)
        return rows


@dataclass(frozen=True)
class Footer:
    """A row that is no record but can be held against the records: its row number, its label, its cells by declared column name.

    Without `covers` it stands under the whole table and its label says what it is (Итого, Средние, …). With it, it is a group's row that
    gives the `people` of the records in those rows: their sum of the column `people`, or their number where the table has no such column.
    """

    row: int
    label: str
    cells: dict[str, str]
    covers: range | None = None


PEOPLE = "participants"


@dataclass(frozen=True)
class Table:
    """One table of one layout: text columns named as declared, and `_row`, the row number as a person sees it.

    `missing` lists required headers that are not there; `headers` says for a declared column what its header reads
    and in which column letter it stands (for a derived column: where its value comes from, or no entry at all).
    `left_out` names columns with data that were left out on purpose, `advice` what to do about `missing` where no header is to be added.
    """

    layout: str
    sheet: str
    rows: pl.DataFrame
    missing: list[str] = field(default_factory=list)
    headers: dict[str, tuple[str, str]] = field(default_factory=dict)
    footers: list[Footer] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    advice: str = "Добавьте их и загрузите файл снова."


def make_grid(sheet: str, columns: list[pl.Series], first: int = 1) -> Grid:
    """A grid of these text columns, renamed c0..cN; a cell of nothing but spaces is empty."""
    cells = pl.DataFrame([column.alias(f"c{index}") for index, column in enumerate(columns)])
    # a cell that begins with a space sorts before «!», or is one of the few that begin with one beyond ASCII
    begins_with_space = (pl.all() < pl.lit("!")) | pl.all().is_between(pl.lit("\u0085"), pl.lit("\u00a1")) | (pl.all() >= pl.lit("\u1680"))
    spaced = cells.select(begins_with_space.any())
    names = [name for name in cells.columns if spaced[name][0]]
    return Grid(sheet, cells.with_columns(pl.when(pl.col(names).str.strip_chars() != "").then(pl.col(names))), first)


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letter: str) -> int:
    """A → 0, AA → 26; of a range such as `J:K` the first."""
    index = 0
    for char in letter.split(":")[0]:
        index = index * 26 + ord(char) - ord("A") + 1
    return index - 1
