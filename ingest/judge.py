"""Tables to typed rows: every row gets its first fault in the file's column order, or none.

Cells are judged in convert.py, here what needs more than one cell: known codes, contradictions, keys. Personal columns become
pseudonyms here, before anything else sees the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ingest.convert import faults_of, value_of
from ingest.declarations import Check, Column, KnownRow, Layout, unknown_reason
from ingest.grid import ROW, Table, column_index
from ingest.known import Known
from ingest.rejections import Fault, cell_fault, duplicate_fault, order_fault, unknown_fault, unknown_row_fault, within_fault
from ingest.settings import Settings
from ingest.text import by_value, clean_columns, name_key
from ingest.vault import Vault

SHEET, FAULT, WINNER = "_sheet", "_fault", "_winner"

# the place in the file's column order, the fault, and which rows have it
Found = tuple[tuple[int, int], Fault, pl.Expr]


@dataclass(frozen=True)
class Judged:
    """All rows of one layout in a file, in file order.

    `cells`: `_sheet`, `_row`, `_fault` (a place in `faults`, NULL for a row that loads), `_winner` (of a row whose key comes again:
    where the row stands that has it in the end), each declared column typed under its name and, personal ones too, as written under
    `written(name)`.
    """

    name: str
    layout: Layout
    cells: pl.DataFrame
    faults: list[Fault]

    @property
    def loaded(self) -> pl.DataFrame:
        """The rows that load, as they go to their raw table: without personal data."""
        return self.cells.filter(pl.col(FAULT).is_null()).select(SHEET, pl.col(ROW).alias("_row_number"), *_raw_columns(self.layout))

    @property
    def waits(self) -> bool:
        """Whether a rejected row may be right at a later refresh, with the same file."""
        return any(self.faults[number].waits for number in self.cells[FAULT].drop_nulls().unique())


def written(column: str) -> str:
    """The column of `cells` that holds a declared column as the file has it."""
    return f"{column} as written"


def judge(tables: list[Table], name: str, layout: Layout, known: Known, vault: Vault, settings: Settings) -> Judged:
    """The rows of all these tables, which are of this layout; a key that repeats is judged over all of them."""
    cells = _with_known_rows(_typed(_written(tables, layout), layout, vault, settings), layout, known)
    frames, faults, end = [], [duplicate_fault(layout)], 0
    for table in tables:
        begin, end = end, end + table.rows.height
        found = sorted(_found(table, layout, known, settings), key=lambda item: item[0])
        first = pl.coalesce([pl.when(is_wrong).then(len(faults) + number) for number, (_, _, is_wrong) in enumerate(found)])
        frames.append(cells[begin:end].with_columns(first.cast(pl.Int64).alias(FAULT)))
        faults += [fault for _, fault, _ in found]
    return Judged(name, layout, _without_duplicates(pl.concat(frames), layout), faults)


def _raw_columns(layout: Layout) -> Iterator[str]:
    """The columns of the raw table, in the order of the declaration."""
    for name, column in layout.columns.items():
        if column.personal != "vault":
            yield name
        if column.name_key:
            yield f"{name}_key"


def _written(tables: list[Table], layout: Layout) -> pl.DataFrame:
    """The declared columns of all tables as text; one that a table does not have is empty."""
    rows = []
    for table in tables:
        there = [name for name in layout.columns if name in table.rows.columns]
        rows.append(table.rows.select(pl.lit(table.sheet).alias(SHEET), pl.col(ROW).cast(pl.Int64), pl.col(there).cast(pl.String)))
    schema = pl.Schema({SHEET: pl.String, ROW: pl.Int64, **dict.fromkeys(layout.columns, pl.String)})
    return pl.concat([pl.DataFrame(schema=schema), *rows], how="diagonal")


def _typed(rows: pl.DataFrame, layout: Layout, vault: Vault, settings: Settings) -> pl.DataFrame:
    """Every declared column as written and typed."""
    text = clean_columns(rows.select(*layout.columns))
    text = text.with_columns(_joined(column.joins).alias(name) for name, column in layout.columns.items() if column.joins)
    text = text.rename(written).with_columns(rows.select(SHEET, ROW))
    cells = text.with_columns(_value(name, column, vault, settings) for name, column in layout.columns.items())
    keys = [by_value(pl.col(written(name)), name_key).alias(f"{name}_key") for name, column in layout.columns.items() if column.name_key]
    return cells.with_columns(*keys, *_notes(layout))


def _joined(columns: list[str]) -> pl.Expr:
    """The cells of these columns as one text; empty where the first is."""
    return pl.when(pl.col(columns[0]).is_not_null()).then(pl.concat_str(columns, separator=" ", ignore_nulls=True))


def _value(name: str, column: Column, vault: Vault, settings: Settings) -> pl.Expr:
    value = value_of(pl.col(written(name)), column, settings)
    if column.personal == "pseudonym":
        value = value.map_batches(lambda values: vault.pseudonym(column.type, values), return_dtype=pl.String)
    return value.alias(name)


def _notes(layout: Layout) -> Iterator[pl.Expr]:
    """Where a layout has a note, the words that stand in place of a result («аннулирован») go there."""
    if "result_note" in layout.columns:
        results = [name for name, column in layout.columns.items() if column.type == "result"]
        yield pl.coalesce("result_note", *[pl.when(pl.col(name).is_null()).then(written(name)) for name in reversed(results)])


def _found(table: Table, layout: Layout, known: Known, settings: Settings) -> Iterator[Found]:
    """Every fault that a row of this table could have."""
    for name, column in layout.columns.items():
        place = _place(table, name)
        for reason, is_wrong in faults_of(pl.col(written(name)), pl.col(name), column, settings):
            yield (place, 0), cell_fault(table, layout, name, reason, settings.as_of), is_wrong
        if column.known:
            reason = unknown_reason([column.known])
            is_unknown = pl.col(name).is_not_null() & ~_is_known(name, column.known, known)
            yield (place, 1), unknown_fault(table, layout, [name], reason), is_unknown
    for check in layout.checks:
        fault, is_wrong = _check(table, layout, check, known)
        yield (max(_place(table, name) for name in check.columns), 2), fault, is_wrong


def _place(table: Table, name: str) -> int:
    """Where in the file a column stands; what the reader made without a place of its own comes first."""
    letters = table.headers[name][1] if name in table.headers else ""
    return column_index(letters) if letters else -1


def _check(table: Table, layout: Layout, check: Check, known: Known) -> tuple[Fault, pl.Expr]:
    pair = check.order or check.at_most
    if pair:
        word = "раньше" if check.order else "меньше"
        return order_fault(table, layout, pair, word), pl.col(pair[1]) < pl.col(pair[0])
    if check.within:
        value, least, greatest = check.within
        return within_fault(table, layout, value), ~pl.col(value).is_between(pl.col(least), pl.col(greatest))
    if check.known_any:
        lists = [(name, codes) for name, its in check.known_any.items() for codes in its]
        reason = unknown_reason(codes for _, codes in lists)
        is_known = [_is_known(name, codes, known) for name, codes in lists]
        return unknown_fault(table, layout, list(check.known_any), reason), ~pl.any_horizontal(is_known)
    assert check.known_row
    is_whole = pl.all_horizontal(pl.col(check.known_row.columns).is_not_null())
    fault = unknown_row_fault(layout, check.known_row.columns, check.known_row.reason)
    return fault, is_whole & pl.col(_mark(check.known_row)).is_null()


def _is_known(name: str, codes: str, known: Known) -> pl.Expr:
    return pl.col(name).is_in(list(known.codes(codes))).fill_null(False)


def _with_known_rows(cells: pl.DataFrame, layout: Layout, known: Known) -> pl.DataFrame:
    """Marks rows whose columns are among the known rows of a check."""
    for row in [check.known_row for check in layout.checks if check.known_row]:
        there = known.among(row.known, cells.select(row.columns).drop_nulls().unique())
        cells = cells.join(there.with_columns(pl.lit(True).alias(_mark(row))), on=row.columns, how="left", maintain_order="left")
    return cells


def _mark(row: KnownRow) -> str:
    return f"_is_{row.known}"


def _without_duplicates(cells: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Among rows that are otherwise valid the last of each key stands; the others have the first fault of the list."""
    valid = cells if cells[FAULT].null_count() == cells.height else cells.filter(pl.col(FAULT).is_null())
    if not valid.select(pl.struct(layout.key).is_duplicated().any()).item():
        return cells.with_columns(pl.lit(None, pl.String).alias(WINNER))
    cells = cells.with_row_index("_n")
    number = pl.col(ROW).cast(pl.String)
    place = pl.when(pl.col(SHEET) == "").then(number).otherwise(pl.concat_str(number, pl.lit(" листа «"), SHEET, pl.lit("»")))
    last = pl.struct("_n", place.alias(WINNER)).last()
    winners = cells.filter(pl.col(FAULT).is_null()).group_by(layout.key).agg(last.alias("_last")).unnest("_last")
    cells = cells.join(winners.rename({"_n": "_last"}), on=layout.key, how="left", nulls_equal=True, maintain_order="left")
    is_beaten = pl.col(FAULT).is_null() & (pl.col("_n") < pl.col("_last"))
    return cells.with_columns(pl.when(is_beaten).then(0).otherwise(FAULT).cast(pl.Int64).alias(FAULT)).drop("_n", "_last")
