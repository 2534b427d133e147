"""Reports of ФИС ОКО on ВПР: individual results (1), mark statistics (2), comparison with the journal (3), and their flat tables.

A report has a title, pairs of a name and a value, and then its table; its records are pupils or schools, what it says of larger
groups becomes footers for checks. Reports 4 and 5 get a line in `REPORTS` and a function each. Shares stay shares here:
counts are rebuilt in SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import polars as pl

from ingest.declarations import Layout, Source
from ingest.grid import ROW, Footer, Grid, Table
from ingest.known import Known
from ingest.layouts import tabular
from ingest.layouts.labels import Cells, Header, fold_all, numbered
from ingest.text import clean, fold_header

HEAD_ROWS = 40
TITLE_LENGTH = 300
TITLE_EXAMPLE = "заголовок вида ВПР 2024 Математика 5 класс"
TASKS_EXAMPLE = "задания вида 1 (2б)"

_TITLE = re.compile(r"ВПР\s+(?P<year>\d{4})\s+(?P<subject_code>.+?)\s+(?P<grade>\d+)\s*класс", re.IGNORECASE)
# What stands in pairs under the title, and the column it fills; a subject written there is more exact than the title's.
_PAIRS = {"предмет": "subject_code", "максимальный первичный балл": "max_raw_score", "дата проведения": "procedure_date"}
_TASK = re.compile(r"(?P<task>\d+(?:\.\d+)*(?:[КKкk]\d+)?)\s*\((?P<most>\d+)\s*б\.?\)")
_LOGIN = r"\(\s*(\p{L}+\d{4,})\s*\)"
_COUNT = r"(?i)кол-во участников\D*(\d+)"
_JOURNAL = {"lowered": "понизили", "confirmed": "подтвердили", "raised": "повысили", "participants": "всего"}

Rows: TypeAlias = tuple[pl.DataFrame, list[Footer]]


@dataclass(frozen=True)
class Head:
    """What stands above the records of a report: its kind, its header, and the rows above that."""

    report: Report
    layout: Layout
    header: Header
    above: Sequence[Cells]

    @cached_property
    def title(self) -> dict[str, str]:
        """What title and pairs say."""
        return _read_title(self.above)

    @property
    def levels(self) -> Cells:
        """The row over the header, which has the levels of the tasks."""
        return self.above[-1] if self.above else ()

    @property
    def needed(self) -> int:
        """How many labels must be there."""
        return len(self.layout.required_headers) + len(self.report.more_labels)

    @cached_property
    def missing(self) -> list[str]:
        """The labels that are not there."""
        declared = [self.layout.columns[name].title for name in self.layout.required_headers if name not in self.places]
        return [*declared, *(label for label in self.report.more_labels if self.header.place([label]) is None)]

    @property
    def fit(self) -> tuple[int, int]:
        return self.needed - len(self.missing), -len(self.missing)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the declared columns stand."""
        places = {name: self.header.place(column.spellings) for name, column in self.layout.columns.items()}
        return {name: place for name, place in places.items() if place is not None}

    def cells(self, column: str) -> pl.Expr:
        """The values of a declared column that is there."""
        return self.header.cells(self.places[column])

    @cached_property
    def from_title(self) -> list[pl.Expr]:
        """What title and pairs say, the same in every row."""
        return [pl.lit(value).alias(name) for name, value in self.title.items() if name in self.layout.columns]


@dataclass(frozen=True)
class Report:
    """One kind of report: its layout and how its rows are read.

    `more_labels` must be there and fill no column of their own; a label of `foreign` belongs to another report; the cells of
    `elsewhere` stand in other rows than the record's; `has_tasks`: a column for every task.
    """

    layout: str
    read: Callable[[Head, pl.DataFrame], Rows]
    more_labels: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    has_tasks: bool = False


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The reports on these sheets, one a sheet, or a flat table."""
    return [table for grid in grids for table in _sheet(grid, source, known)]


def _sheet(grid: Grid, source: Source, known: Known) -> list[Table]:
    reports = {report.layout for report in REPORTS}
    flat = {name: layout for name, layout in source.layouts.items() if name not in reports}
    plain = tabular.tables([grid], source.model_copy(update={"layouts": flat}), known)
    if any(not table.missing for table in plain):
        return plain
    head = _find_head(grid, source)
    return [_table(grid, head)] if head else plain


def _table(grid: Grid, head: Head) -> Table:
    headers = {name: head.header.named(place) for name, place in head.places.items() if name not in head.report.elsewhere}
    if "group_name" in headers:
        headers["school_login"] = headers["group_name"]
    missing = head.missing if head.title else [*head.missing, TITLE_EXAMPLE]
    if head.report.has_tasks and not _tasks(head):
        missing = [*missing, TASKS_EXAMPLE]
    if missing:
        return Table(head.report.layout, grid.sheet, pl.DataFrame(schema={ROW: pl.Int64}), missing, headers)
    rows, footers = head.report.read(head, numbered(grid, head.header.end))
    return Table(head.report.layout, grid.sheet, rows, [], headers, footers)


# ---- title and header --------------------------------------------------------------------------------------------------------


def _find_head(grid: Grid, source: Source) -> Head | None:
    """The row that looks most like the header of one of the reports, if at least half of that header is there."""
    rows = grid.head(HEAD_ROWS)
    heads = [head for index in range(len(rows)) for head in _heads(rows, index, source)]
    return max(heads, key=lambda head: head.fit, default=None)


def _heads(rows: Sequence[Cells], index: int, source: Source) -> Iterator[Head]:
    header = Header(tuple(rows[index]), index + 1)
    labels = fold_all(rows[index])
    for report in REPORTS:
        layout = source.layouts.get(report.layout)
        if layout and not labels & set(map(fold_header, report.foreign)):
            head = Head(report, layout, header, rows[:index])
            if 2 * len(head.missing) <= head.needed:
                yield head


def _read_title(rows: Sequence[Cells]) -> dict[str, str]:
    """The columns that title and pairs fill; without the title none."""
    title: dict[str, str] = {}
    pairs: dict[str, str] = {}
    for cells in rows:
        for text, following in pairwise([*(clean(cell) for cell in cells if cell), ""]):
            if match := _TITLE.search(text[:TITLE_LENGTH]):
                title = match.groupdict()
            name, _, inside = text.partition(":")
            column = _PAIRS.get(fold_header(name))
            if column and (value := inside.strip() or following):
                pairs[column] = value
    return title and title | pairs


# ---- report 1: a row a pupil -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A task of the work: its number, the most points it gives, its level, its column."""

    task: str
    most: int
    level: str | None
    place: int


def _tasks(head: Head) -> list[Task]:
    labels = [(index, _TASK.fullmatch(clean(label))) for index, label in enumerate(head.header.labels) if label]
    levels = [clean(level or "") or None for level in head.levels]
    return [
        Task(match["task"].upper().replace("K", "К"), int(match["most"]), levels[index] if levels else None, index)
        for index, match in labels
        if match
    ]


def _individual(head: Head, body: pl.DataFrame) -> Rows:
    tasks = _tasks(head)
    login, code = head.cells("school_login"), head.cells("participant_code")
    is_login = login.str.contains(r"^\s*\p{L}+\d+\s*$").fill_null(False)
    has_digit = code.str.contains(r"\d").fill_null(False)
    others = body.filter(~(is_login & has_digit))
    text = pl.concat_str(pl.exclude(ROW), separator=" ", ignore_nulls=True)
    has_result = head.cells("raw_score").is_not_null() | head.cells("mark").is_not_null()
    is_school = (text.str.contains(_COUNT) | text.str.contains(_LOGIN)) & ~has_result
    is_header = code == head.header.labels[head.places["participant_code"]]
    # A pupil without a login or without a code is a record all the same; its faults are the core's to find.
    partial = others.filter((has_digit | is_login) & ~is_school & ~is_header.fill_null(False))
    records = body.filter((is_login & has_digit) | pl.col(ROW).is_in(partial[ROW].to_list()))
    cells = {name: head.cells(name) for name in head.places}
    rows = records.select(ROW, *head.from_title, **cells, task_scores=_scores(tasks, head), tasks=pl.lit(_described(tasks)))
    schools = others.filter(is_school).select(ROW, text, school_login=text.str.extract(_LOGIN), participants=text.str.extract(_COUNT))
    starts = [*schools[ROW].to_list(), max(body[ROW], default=0) + 1]
    covers = [range(start, stop) for start, stop in pairwise(starts)]
    return rows, [
        _footer(row, label, {"school_login": login, "participants": count}, covered)
        for (row, label, login, count), covered in zip(schools.rows(), covers, strict=True)
    ]


def _scores(tasks: list[Task], head: Head) -> pl.Expr:
    """`{"1": 1, "4.1": 0, "6К1": "X"}`: points as numbers, what is no number as it stands, with one spelling for X."""
    parts: list[pl.Expr] = []
    for task in tasks:
        cell = head.header.cells(task.place).str.strip_chars()
        number = cell.str.replace(",", ".", literal=True)
        word = cell.str.to_uppercase().str.replace_all("Х", "X").str.replace_all(r'["\\\x00-\x1f]', "")
        value = (
            pl.when(number.str.contains(r"^(0|[1-9]\d*)(\.\d+)?$"))
            .then(number)
            .when(word != "")
            .then(pl.concat_str(pl.lit('"'), word, pl.lit('"')))
            .otherwise(pl.lit("null"))
        )
        parts += [pl.lit(f'{", " if parts else ""}"{task.task}": '), value]
    return pl.concat_str([pl.lit("{"), *parts, pl.lit("}")])


def _described(tasks: list[Task]) -> str:
    """The tasks of the work as JSON, the same in every row: task, most points, level (Б, П, В)."""
    return json.dumps([{"task": task.task, "most": task.most, "level": task.level} for task in tasks], ensure_ascii=False)


# ---- reports 2 and 3: groups of pupils ---------------------------------------------------------------------------------------


def _marks(head: Head, body: pl.DataFrame) -> Rows:
    """Report 2: a row a group."""
    return _schools(head, body.select(ROW, **{name: head.cells(name) for name in head.places}))


def _journal(head: Head, body: pl.DataFrame) -> Rows:
    """Report 3: the name of a group, below it a row each for lowered, confirmed, raised and all."""
    group, count = head.cells("group_name"), head.cells("participants")
    kinds = {name: group.str.contains(rf"(?i)^\s*{word}").fill_null(False) for name, word in _JOURNAL.items()}
    is_name = ~pl.any_horizontal(kinds.values()) & group.is_not_null()
    groups = body.group_by(is_name.cum_sum().alias("_group"), maintain_order=True).agg(
        pl.col(ROW).filter(is_name).first(),
        group.filter(is_name).first().alias("group_name"),
        *(count.filter(kind).first().alias(name) for name, kind in kinds.items()),
    )
    return _schools(head, groups.drop("_group"))


def _schools(head: Head, groups: pl.DataFrame) -> Rows:
    """The schools as records; the larger groups, which have no login, as footers for checks."""
    name = pl.col("group_name")
    groups = groups.filter(name != head.header.labels[head.places["group_name"]])
    groups = groups.with_columns(school_login=name.str.extract(_LOGIN).str.to_lowercase())
    is_school = pl.col("school_login").is_not_null()
    schools = groups.filter(is_school).with_columns(head.from_title, group_kind=pl.lit("школа"), group_key=pl.col("school_login"))
    larger = groups.filter(~is_school).drop("school_login").to_dicts()
    covers = [_covered(row[ROW], row, groups, is_school) for row in larger]
    footers = [_footer(row.pop(ROW), row.pop("group_name"), row, covered) for row, covered in zip(larger, covers, strict=True)]
    return schools, footers


def _covered(start: int, group: dict[str, str | None], groups: pl.DataFrame, is_school: pl.Expr) -> range | None:
    """The rows of the schools that make up a larger group: a municipality's end where the next group begins, a region has all.

    The whole sample may be larger than a region's file, and a file may list a part of the schools: only where the group says how many it
    counts (report 2), and as many stand under it, its people can be held against theirs.
    """
    said = re.match(r"\d+", group.get("schools") or "")
    if said is None:
        return None
    below = groups.filter(pl.col(ROW) > start).with_columns(_is_school=is_school)
    next_groups = below.filter(~pl.col("_is_school"))[ROW]
    stands_above_schools = below.height > 0 and bool(below["_is_school"][0])
    is_first = not groups.filter((pl.col(ROW) < start) & is_school).height
    if not stands_above_schools and not is_first:
        return None
    stop = next_groups[0] if stands_above_schools and next_groups.len() else max(below[ROW], default=start) + 1
    listed = below.filter(pl.col("_is_school") & (pl.col(ROW) < stop)).height
    return range(start, stop) if listed and listed == int(said[0]) else None


def _footer(row: int, label: str, cells: dict[str, str | None], covers: range | None) -> Footer:
    return Footer(row, clean(label), {name: cell for name, cell in cells.items() if cell is not None}, covers)


REPORTS = [
    Report("vpr_individual", _individual, has_tasks=True),
    Report("vpr_marks", _marks, foreign=("1",)),
    Report("vpr_journal", _journal, more_labels=("%",), foreign=("1", "2"), elsewhere=("participants",)),
]
