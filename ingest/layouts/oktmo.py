"""Files of the classifier ОКТМО, which have no header: its volumes, and the table that Росстат publishes (13 columns).

A volume has a spaced code, its check digit, the name, the centre (`79 605 000    ;2;Гиагинский муниципальный район;ст-ца Гиагинская`)
and explanations under an entry; the table has the four parts of a code apart. Known by what most of its rows look like. Judges no value.
"""

from __future__ import annotations

import polars as pl

from ingest.codes import oktmo_code
from ingest.declarations import Source
from ingest.grid import HEAD_ROWS, ROW, Grid, Table
from ingest.known import Known
from ingest.layouts.labels import numbered

LAYOUT = "oktmo"
LOOKED_AT = 3 * HEAD_ROWS
SHARE = 0.5

_CODE = r"^\s*\d{1,2} ?\d{3} ?\d{3}(?: ?\d{3})?\s*$"
_NAME = r"\p{L}"
VOLUME = {"c0": _CODE, "c1": r"^\s*\d\s*$", "c2": _NAME}
TABLE = {
    **{"c0": r"^\s*\d{1,2}\s*$", "c1": r"^\s*\d{1,3}\s*$", "c2": r"^\s*\d{1,3}\s*$", "c3": r"^\s*\d{1,3}\s*$"},
    **{"c4": r"^\s*\d\s*$", "c5": r"^\s*[12]\s*$", "c6": _NAME},
}
# what stands where in the table: the rest of its columns are notes on changes
DATES = {"c11": "approved_on", "c12": "starts_on"}


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The entries of every sheet that is a part of the classifier."""
    return [_table(grid, form) for grid in grids for form in (TABLE, VOLUME) if _is_like(grid, form)]


def _is_like(grid: Grid, form: dict[str, str]) -> bool:
    """Whether at least half of the first rows with a code look like this; explanations have none."""
    if grid.width <= max(int(name[1:]) for name in form):
        return False
    head = grid.cells.head(LOOKED_AT).filter(pl.col("c0").is_not_null())
    return head.height > 0 and head.filter(_is_entry(form)).height >= SHARE * head.height


def _is_entry(form: dict[str, str]) -> pl.Expr:
    return pl.all_horizontal([pl.col(name).str.contains(pattern).fill_null(False) for name, pattern in form.items()])


def _table(grid: Grid, form: dict[str, str]) -> Table:
    rows = numbered(grid, 0).filter(pl.col("c0").is_not_null())
    return Table(LAYOUT, grid.sheet, rows.select(ROW, *(_of_table(grid) if form is TABLE else _of_volume(grid))))


def _of_volume(grid: Grid) -> list[pl.Expr]:
    code = pl.col("c0").str.strip_chars()
    return _columns(oktmo_code(code).fill_null(code), pl.col("c1"), pl.col("c2"), _centre(grid, 3))


def _of_table(grid: Grid) -> list[pl.Expr]:
    """The table keeps a code's parts apart, `000` where there is none; numbers lose their zeros in a spreadsheet."""
    parts = [pl.col(name).str.strip_chars().str.zfill(length) for name, length in (("c0", 2), ("c1", 3), ("c2", 3), ("c3", 3))]
    settlement = pl.when(pl.col("c5").str.strip_chars() == "2").then(parts[3]).otherwise(pl.lit(""))
    dates = [pl.col(name).alias(column) for name, column in DATES.items() if int(name[1:]) < grid.width]
    return [*_columns(pl.concat_str([*parts[:3], settlement]), pl.col("c4"), pl.col("c6"), _centre(grid, 7)), *dates]


def _centre(grid: Grid, place: int) -> pl.Expr:
    """The column of centres, which a file that was cut off may not have."""
    return pl.col(f"c{place}") if grid.width > place else pl.lit(None, pl.String)


def _columns(code: pl.Expr, digit: pl.Expr, name: pl.Expr, centre: pl.Expr) -> list[pl.Expr]:
    """Hyphens and slashes of the volumes only show what stands under what."""
    plain = name.str.replace(r"^\s*-\s*", "").str.replace(r"\s*/\s*$", "")
    whole = pl.concat_str([code, digit.str.strip_chars()], ignore_nulls=True)
    return [code.alias("code"), whole.alias("oktmo"), digit.alias("control_digit"), plain.alias("name"), centre.alias("centre")]
