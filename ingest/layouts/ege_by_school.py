"""The yearly form of ЕГЭ by school: schools down, subjects across, one sheet a year; results or applications.

Every subject becomes a table of its own, so that messages name its very columns; a subject that a school leaves empty makes no
row. Schools have names only: who they are is found out in SQL, and so are the form's own errors. The flat tables of other
regions that share this source are read by declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from ingest.declarations import Layout, Source
from ingest.grid import ROW, Grid, Table, column_letter
from ingest.known import Known
from ingest.layouts import tabular
from ingest.layouts.labels import Cells, numbered
from ingest.text import by_value, clean, fold, fold_header, name_key

HEAD_ROWS = 40
RESULTS, APPLICATIONS = "ege_by_school", "ege_applications"
PLACE, SCHOOL = "municipality_name", "school_name"
FIRST_COLUMNS = (PLACE, SCHOOL, "graduates")
MEASURES = ("participants", "below_min", "high_80_99", "score_100", "mean_score")
REQUIRED = {RESULTS: (PLACE, SCHOOL, *MEASURES), APPLICATIONS: FIRST_COLUMNS}
YEAR_EXAMPLE = "год в имени листа или в заголовке"
TOTAL = r"(?i)^\s*(итого|всего)\b"

_IS_YEAR = re.compile(r"\s*(20\d\d)\s*(?:г\.?|год)?\s*")
_HAS_YEAR = re.compile(r"\b(20\d\d)\b")


@dataclass(frozen=True)
class Head:
    """The header of two rows: the first columns, and for every subject where its measures stand."""

    layout: str
    columns: dict[str, int]
    subjects: dict[str, dict[str, int]]
    titles: Sequence[Cells]
    labels: tuple[Cells, Cells]
    end: int

    @property
    def found(self) -> set[str]:
        return set(self.columns).union(*self.subjects.values())

    @property
    def missing(self) -> list[str]:
        """Required columns that are not there."""
        return [name for name in REQUIRED[self.layout] if name not in self.found]

    @property
    def is_recognised(self) -> bool:
        return bool(self.subjects) and 2 * len(self.missing) <= len(REQUIRED[self.layout])

    def named(self, place: int) -> tuple[str, str]:
        """A column as messages name it: «Русский язык: средний балл»."""
        subject = next((subject for subject, places in self.subjects.items() if place in places.values()), None)
        label = clean(self.labels[1][place] or self.labels[0][place] or "")
        return (f"{subject}: {label}" if subject and subject != label else label), column_letter(place)


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """A table for every subject of every sheet."""
    flat = {name: layout for name, layout in source.layouts.items() if name not in REQUIRED}
    plain = source.model_copy(update={"layouts": flat})
    return [table for grid in grids for table in (list(_form(grid, source)) or tabular.tables([grid], plain, known))]


def _form(grid: Grid, source: Source) -> Iterator[Table]:
    head = _find_head(grid, source)
    if not head:
        return
    layout = source.layouts[head.layout]
    year = _year(grid.sheet, head)
    missing = [*(layout.columns[name].title for name in head.missing), *([] if year else [YEAR_EXAMPLE])]
    headers = {name: head.named(place) for name, place in head.columns.items()}
    if missing:
        yield Table(head.layout, grid.sheet, pl.DataFrame(schema={ROW: pl.Int64}), missing, headers)
        return
    schools = _schools(numbered(grid, head.end), head.columns).with_columns(year=pl.lit(year))
    for subject, places in head.subjects.items():
        rows = schools.filter(pl.any_horizontal(pl.col(f"c{place}").is_not_null() for place in places.values())).select(
            ROW,
            pl.col("year", "row_kind", "homonym"),
            *head.columns,
            pl.lit(subject).alias("subject_code"),
            **{name: pl.col(f"c{place}") for name, place in places.items()},
        )
        yield Table(head.layout, grid.sheet, rows, [], headers | {name: head.named(place) for name, place in places.items()})


# ---- header ------------------------------------------------------------------------------------------------------------------


def _find_head(grid: Grid, source: Source) -> Head | None:
    """The two rows that look most like the header, if at least half of what must be there is there."""
    rows = grid.head(HEAD_ROWS)
    heads = [head for index in range(len(rows) - 1) for head in _heads(rows, index, source) if head.is_recognised]
    return max(heads, key=lambda head: len(head.found), default=None)


def _heads(rows: Sequence[Cells], index: int, source: Source) -> Iterator[Head]:
    upper, lower = rows[index], rows[index + 1]
    for name in REQUIRED:
        layout = source.layouts[name]
        places = [(column, _place(upper, layout.columns[column].spellings)) for column in FIRST_COLUMNS]
        columns = {column: place for column, place in places if place is not None}
        if columns:
            subjects = _results(upper, lower, layout) if name == RESULTS else _applications(rows[:index], lower)
            yield Head(name, columns, subjects, rows[:index], (upper, lower), index + 2)


def _place(cells: Cells, spellings: Sequence[str]) -> int | None:
    """The column whose label begins so: «Всего выпускников в 2023 году по программам …»."""
    starts = tuple(map(fold_header, spellings))
    return next((index for index, cell in enumerate(cells) if cell and fold_header(cell).startswith(starts)), None)


def _results(upper: Cells, lower: Cells, layout: Layout) -> dict[str, dict[str, int]]:
    """The measures stand in the lower row; the subject above is written once, over the first of them."""
    measures = {fold_header(spelling): name for name in MEASURES for spelling in layout.columns[name].spellings}
    subjects: dict[str, dict[str, int]] = {}
    subject = None
    for index, (above, below) in enumerate(zip(upper, lower, strict=True)):
        subject = above or subject
        measure = measures.get(fold_header(below or ""))
        if subject and measure:
            subjects.setdefault(clean(subject), {}).setdefault(measure, index)
    return subjects


def _applications(titles: Sequence[Cells], lower: Cells) -> dict[str, dict[str, int]]:
    """One number a subject, which stands in the lower row."""
    title = fold(" ".join(cell for cells in titles for cell in cells if cell))
    if "заявлени" not in title or "егэ" not in title:
        return {}
    return {clean(label): {"applications": index} for index, label in enumerate(lower) if label}


def _year(sheet: str, head: Head) -> str | None:
    """The year of the results.

    A sheet called «2023» is believed first: a new year begins as a copy of last year's sheet, and then its name has to
    change while titles and labels may stay (the sheet 2022 of a real workbook counts «выпускников в 2023 году»).
    """
    if match := _IS_YEAR.fullmatch(sheet):
        return match.group(1)
    titles = [cell for cells in head.titles for cell in cells if cell]
    found = (_HAS_YEAR.search(text) for text in [*titles, sheet, *filter(None, head.labels[0])])
    return next((match.group(1) for match in found if match), None)


# ---- rows --------------------------------------------------------------------------------------------------------------------


def _schools(body: pl.DataFrame, columns: dict[str, int]) -> pl.DataFrame:
    """Schools and totals, with their subjects still across; a municipality that was merged down its schools is in every row."""
    rows = body.with_columns(**{name: pl.col(f"c{place}") for name, place in columns.items()})
    place, school = pl.col(PLACE), pl.col(SCHOOL)
    is_total = pl.coalesce(place, school).str.contains(TOTAL)
    # under some headers the columns are numbered: 1, 2, 3 …
    is_numbering = (place.str.contains(r"^\d+$") & school.str.contains(r"^\d+$")).fill_null(False)
    totals = rows.filter(is_total).with_columns(
        pl.lit("итог").alias("row_kind"), pl.coalesce(place, school), pl.lit(None, pl.String).alias(SCHOOL)
    )
    schools = rows.filter(~is_total & school.is_not_null() & ~is_numbering).with_columns(
        pl.lit("школа").alias("row_kind"), place.forward_fill()
    )
    return _told_apart(pl.concat([schools, totals]))


def _told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Two schools of one name in one municipality are both kept, and numbered in their order."""
    keys = [by_value(rows[name], name_key).alias(f"_{name}") for name in (PLACE, SCHOOL)]
    number = pl.int_range(1, pl.len() + 1).over("row_kind", *(key.name for key in keys))
    return rows.with_columns(keys).with_columns(homonym=number.cast(pl.String))
