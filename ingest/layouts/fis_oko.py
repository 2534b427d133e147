"""Reports of ФИС ОКО on ВПР: individual results (1), marks (2), comparison with the journal (3), scores (4), tasks (5); flat tables.

A report has a title, pairs of a name and a value, and then its table; its records are pupils or schools, what it says of larger
groups becomes footers for checks. A column for every score or task becomes one JSON column. Shares stay shares here: counts are
rebuilt in SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import polars as pl

from ingest.convert import numbers
from ingest.declarations import Layout, Source
from ingest.faults import FileFault
from ingest.grid import ROW, Footer, Grid, Table
from ingest.known import Known
from ingest.layouts import tabular
from ingest.layouts.labels import Cells, Header, fold_all, numbered, two_rows
from ingest.text import clean, fold, fold_header

HEAD_ROWS = 40
TITLE_LENGTH = 300
SHEET_NAME_LENGTH = 31
TITLE_EXAMPLE = "заголовок вида ВПР 2024 Математика 5 класс"
TASKS_EXAMPLE = "задания вида 1 (2б)"
FLAT_SCORES = "vpr_scores_flat"
OTHER_WORD = "иное"

_TITLE = re.compile(r"ВПР\s+(?P<year>\d{4})\s+(?P<subject_code>.+?)\s+(?P<grade>\d+)\s*класс", re.IGNORECASE)
# The same in another order («ВПР. 5 класс, 2024 год»): the subject stands in a pair then.
_LOOSE_TITLE = re.compile(r"ВПР\b(?=.*?\b(?P<year>20\d\d)\b)(?=.*?\b(?P<grade>\d{1,2})(?:-?й)?\s*класс)", re.IGNORECASE)
# What stands in pairs under the title, and the column it fills; a subject written there is more exact than the title's.
_PAIRS = {"предмет": "subject_code", "максимальный первичный балл": "max_raw_score", "дата проведения": "procedure_date"}
# A column for a mark, a score or a task: 2, 14, 3.1, 1К1, 11.3 k1 (2б).
_TASK = re.compile(r"(?P<task>[0-9]{1,3}(?:[.,][0-9]{1,3})*(?:\s*[КKкk]\s*[0-9]{1,3})?)\s*(?:\((?P<most>[0-9]{1,3})\s*б\.?\))?")
_LEVELS = {"Б", "П", "В"}
_LOGIN = (r"\(\s*(\p{L}+\d{4,})\s*\)", r"(?i)\b((?:edu|sch)\d{4,})\b")
# Rows of reports 5 and 7 that are no groups: the most points of each task, and the pupils of a group by their marks.
_MOST = r"(?i)^\s*макс(имальный|\.)?\s*балл"
_BY_MARK = r"(?i)^\s*ср\.?\s*%.*балл"
_NO_SHARE = ["", "-", "–", "—", "х", "Х", "x", "X"]
# Forms of ВПР that are no source: what stands in them, and what to say of it.
_OTHER_FORMS = {
    ("Достижение планируемых результатов",): (
        "Это отчёт ВПР «Достижение планируемых результатов»: в нём нет ни школ, ни участников, он не загружается. "
        "Загрузите отчёт «Выполнение заданий» или «Индивидуальные результаты»: выполнение считается по ним."
    ),
    ("Код", "Вариант (часть 1)", "Итого баллов"): (
        "Это форма сбора результатов ВПР, которую школа заполняет для ФИС ОКО: в ней нет логина ОО, года, предмета и класса, она не "
        "загружается. Загрузите отчёт «Индивидуальные результаты», который ФИС ОКО по ней составляет."
    ),
}
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
    sheet: str

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
        return len(self.layout.required_headers) + len(self.report.more_labels) + (self.report.tasks is not None)

    @cached_property
    def missing(self) -> list[str]:
        """The labels that are not there."""
        declared = [self.layout.columns[name].title for name in self.layout.required_headers if name not in self.places]
        more = [label for label in self.report.more_labels if self.header.place([label]) is None]
        return [*declared, *more, *([TASKS_EXAMPLE] if self.report.tasks is not None and not _tasks(self) else [])]

    @property
    def has_words(self) -> bool:
        """Whether a declared label other than a number is there: rows of data have numbers too."""
        return any(not _TASK.fullmatch(self.header.labels[place] or "") for place in self.places.values())

    @cached_property
    def is_named(self) -> bool:
        """Whether the rows above, or the sheet (whose name is cut), say which report this is."""
        name = fold(self.layout.title)
        return name[:SHEET_NAME_LENGTH] in fold(self.sheet) or any(name in fold(cell) for cells in self.above for cell in cells if cell)

    @property
    def fit(self) -> tuple[bool, int, int]:
        return self.is_named, self.needed - len(self.missing), -len(self.missing)

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

    `more_labels` must be there and fill no column of their own; a label of `foreign` belongs to another report, and so does a numbered
    label (of a mark, a score, a task) that is none of `numbers`; the cells of `elsewhere` stand in other rows than the record's;
    `tasks`: what the label of a task, of which there must be one, has to have.
    """

    layout: str
    read: Callable[[Head, pl.DataFrame], Rows]
    more_labels: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    numbers: str = ".*"
    elsewhere: tuple[str, ...] = ()
    tasks: str | None = None

    def has_foreign(self, header: Header) -> bool:
        """Whether a label says that this is another report."""
        labels = fold_all(header.labels)
        numbered_labels = [label for label in labels if _TASK.fullmatch(label)]
        return bool(labels & set(map(fold_header, self.foreign))) or not all(re.fullmatch(self.numbers, label) for label in numbered_labels)


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The reports on these sheets, one a sheet, or a flat table. Raises FileFault where there is none, but another form of ВПР."""
    found = [table for grid in grids for table in _sheet(grid, source, known)]
    for grid in grids if not found else []:
        said = fold_all([cell for cells in grid.head(HEAD_ROWS) for cell in cells])
        for labels, message in _OTHER_FORMS.items():
            if said.issuperset(map(fold_header, labels)):
                raise FileFault("unknown_layout", message, sheet=grid.sheet, source=source.source)
    return found


def _sheet(grid: Grid, source: Source, known: Known) -> list[Table]:
    head = _find_head(grid, source)
    found = [*_flat(grid, source, known), *([_table(grid, head)] if head else [])]
    return [max(found, key=lambda table: (not table.missing, len(table.headers)))] if found else []


def _flat(grid: Grid, source: Source, known: Known) -> list[Table]:
    """A flat table by its declaration; a column «1» tells scores from marks, and what stands under the scores becomes one column."""
    reports = {report.layout for report in REPORTS}
    flat = {name: layout for name, layout in source.layouts.items() if name not in reports}
    match = tabular.best_match(grid, source.model_copy(update={"layouts": flat}))
    if match is None:
        return []
    header = Header(grid.cells.row(match.row), match.row + 1)
    is_scores = header.place(["1"]) is not None
    layouts = {name: layout for name, layout in flat.items() if (name == FLAT_SCORES) == is_scores}
    found = tabular.tables([grid], source.model_copy(update={"layouts": layouts}), known)
    if not is_scores:
        return found
    shares = _shares(header, numbered(grid, header.end), "score_shares", is_number=str.isdigit)
    return [replace(table, rows=table.rows.join(shares, on=ROW, how="left", maintain_order="left"), left_out=[]) for table in found]


def _table(grid: Grid, head: Head) -> Table:
    headers = {name: head.header.named(place) for name, place in head.places.items() if name not in head.report.elsewhere}
    if "group_name" in headers:
        headers["school_login"] = headers["group_name"]
    missing = head.missing if head.title else [*head.missing, TITLE_EXAMPLE]
    if missing:
        return Table(head.report.layout, grid.sheet, pl.DataFrame(schema={ROW: pl.Int64}), missing, headers)
    body = numbered(grid, head.header.end)
    rows, footers = head.report.read(head, body)
    return Table(head.report.layout, grid.sheet, rows, [], headers, footers, list(_left_out(head, body)))


def _left_out(head: Head, body: pl.DataFrame) -> Iterator[str]:
    """What is not taken of a report that has groups: the rows of report 7, and columns among the numbers (Excel makes dates of tasks)."""
    if body.select(_line().str.contains(_BY_MARK).any()).item():
        yield "строки участников по отметкам (отчёт 7)"
    last = head.places.get("participants", 0)
    for label in head.header.labels[last + 1 :] if "group_name" in head.places else ():
        is_taken = label in (None, *head.report.more_labels) or _TASK.fullmatch(clean(label or ""))
        if not is_taken and fold_header(label or "") not in head.layout.by_header:
            yield f"графа «{clean(label or '')}»"


def _line() -> pl.Expr:
    """All that stands in a row, as one text."""
    return pl.concat_str(pl.exclude(ROW), separator=" ", ignore_nulls=True)


# ---- title and header --------------------------------------------------------------------------------------------------------


def _find_head(grid: Grid, source: Source) -> Head | None:
    """The row that looks most like the header of one of the reports, if at least half of that header is there."""
    rows = grid.head(HEAD_ROWS)
    words = {label for report in REPORTS for label in source.layouts[report.layout].by_header if not _TASK.fullmatch(label)}
    # most sheets are no report and have a word of one in a row or two
    worded = sorted({row for word in words & grid.said.keys() for row in grid.said[word] if row < len(rows)})
    heads = [head for index in worded for head in _heads(rows, index, source, grid.sheet)]
    return max(heads, key=lambda head: head.fit, default=None)


def _heads(rows: Sequence[Cells], index: int, source: Source, sheet: str) -> Iterator[Head]:
    for report in REPORTS:
        layout = source.layouts[report.layout]
        for header in _headers(rows, index, layout):
            head = Head(report, layout, header, rows[:index], sheet)
            if head.has_words and not report.has_foreign(header) and 2 * len(head.missing) <= head.needed:
                yield head


def _headers(rows: Sequence[Cells], index: int, layout: Layout) -> Iterator[Header]:
    """This row, and where nothing stands under its labels, this row with the next: merged cells over the numbers of scores or tasks."""
    yield Header(tuple(rows[index]), index + 1)
    labels = [place for place, label in enumerate(rows[index]) if label and fold_header(label) in layout.by_header]
    if labels and index + 1 < len(rows) and not any(rows[index + 1][place] for place in labels):
        yield Header(two_rows(rows[index], rows[index + 1]), index + 2)


def _read_title(rows: Sequence[Cells]) -> dict[str, str]:
    """The columns that title and pairs fill; without the title none."""
    title: dict[str, str] = {}
    pairs: dict[str, str] = {}
    for cells in rows:
        for text, following in pairwise([*(clean(cell) for cell in cells if cell), ""]):
            match = _TITLE.search(text[:TITLE_LENGTH]) or _LOOSE_TITLE.search(text[:TITLE_LENGTH])
            title = match.groupdict() if match else title
            name, _, inside = text.partition(":")
            column = _PAIRS.get(fold_header(name))
            if column and (value := inside.strip() or following):
                pairs[column] = value
    return title and title | pairs


# ---- tasks and shares --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A task of the work: its number, the most points it gives, its level, its column."""

    task: str
    most: int | None
    level: str | None
    place: int


def _tasks(head: Head) -> list[Task]:
    return [
        Task(task, int(match["most"]) if match["most"] else None, _level(head, place), place)
        for task, (place, match) in _numbered_columns(head.header).items()
        if re.search(head.report.tasks or "", match[0])
    ]


def _level(head: Head, place: int) -> str | None:
    level = clean(head.levels[place] or "").upper().replace("B", "В") if head.levels else ""
    return level if level in _LEVELS else None


def _numbered_columns(header: Header) -> dict[str, tuple[int, re.Match[str]]]:
    """The columns for a mark, a score or a task each, by number in one spelling; of a doubled one the first."""
    columns: dict[str, tuple[int, re.Match[str]]] = {}
    for place, label in enumerate(header.labels):
        match = _TASK.fullmatch(clean(label or ""))
        if match:
            number = re.sub(r"\s|^0+(?=[0-9])", "", match["task"]).replace(",", ".").upper().replace("K", "К")
            columns.setdefault(number, (place, match))
    return columns


def _described(tasks: list[Task]) -> str:
    """The tasks of the work as JSON, the same in every row: by task its most points and level (Б, П, В)."""
    return json.dumps({task.task: {"most": task.most, "level": task.level} for task in tasks}, ensure_ascii=False)


def _json(values: dict[str, pl.Expr]) -> pl.Expr:
    """One JSON object a row; each value is JSON already."""
    parts = [part for key, value in values.items() for part in (pl.lit(f', "{key}": '), value)]
    return pl.concat_str([pl.lit("{"), *parts, pl.lit("}")]).str.replace("{, ", "{", literal=True)


def _shares(header: Header, body: pl.DataFrame, name: str, is_number: Callable[[str], bool] = bool) -> pl.DataFrame:
    """By row what stands under the numbered columns: per cent by number as JSON, and what judging and rebuilding must know of them.

    `odd_share` is the first cell that is no per cent, so that the row is rejected for it; `decimals`: how many the file gives at most.
    """
    cells = {number: header.cells(place) for number, (place, _) in _numbered_columns(header).items() if is_number(number)}
    said = {number: pl.when(~cell.str.strip_chars().is_in(_NO_SHARE)).then(cell) for number, cell in cells.items()}
    texts = body.select(ROW, **said)
    values = texts.select(ROW, *(numbers(pl.col(number)).alias(number) for number in said))
    odd = [pl.when(~values[number].is_between(0, 100).fill_null(False)).then(texts[number]) for number in said]
    decimals = texts.select(pl.col(list(said)).str.extract(r"[.,](\d+)[\s%]*$").str.len_chars().max())
    return values.select(
        ROW,
        _json({number: pl.col(number).cast(pl.String).fill_null("null") for number in said}).alias(name),
        pl.coalesce(odd).alias("odd_share"),
        pl.lit(str(max((count or 0 for count in decimals.row(0)), default=0))).alias("decimals"),
    )


# ---- report 1: a row a pupil -------------------------------------------------------------------------------------------------


def _individual(head: Head, body: pl.DataFrame) -> Rows:
    tasks = _tasks(head)
    login, code = head.cells("school_login"), head.cells("participant_code")
    is_login = login.str.contains(r"^\s*\p{L}+\d+\s*$").fill_null(False)
    has_digit = code.str.contains(r"\d").fill_null(False)
    others = body.filter(~(is_login & has_digit))
    text = _line()
    has_result = head.cells("raw_score").is_not_null() | head.cells("mark").is_not_null()
    is_school = (text.str.contains(_COUNT) | text.str.contains(_LOGIN[0])) & ~has_result
    is_header = code == head.header.labels[head.places["participant_code"]]
    # A pupil without a login or without a code is a record all the same; its faults are the core's to find.
    partial = others.filter((has_digit | is_login) & ~is_school & ~is_header.fill_null(False))
    records = body.filter((is_login & has_digit) | pl.col(ROW).is_in(partial[ROW].to_list()))
    cells = {name: head.cells(name) for name in head.places}
    rows = records.select(ROW, *head.from_title, **cells, task_scores=_scores(tasks, head), tasks=pl.lit(_described(tasks)))
    schools = others.filter(is_school).select(ROW, text, school_login=_login(text), participants=text.str.extract(_COUNT))
    starts = [*schools[ROW].to_list(), max(body[ROW], default=0) + 1]
    covers = [range(start, stop) for start, stop in pairwise(starts)]
    return rows, [
        _footer(row, label, {"school_login": login, "participants": count}, covered)
        for (row, label, login, count), covered in zip(schools.rows(), covers, strict=True)
    ]


def _scores(tasks: list[Task], head: Head) -> pl.Expr:
    """`{"1": 1, "4.1": 0, "6К1": "X"}`: points as numbers, signs as they stand with one spelling for X, «иное» for what somebody wrote."""
    return _json({task.task: _points(head.header.cells(task.place)) for task in tasks})


def _points(cell: pl.Expr) -> pl.Expr:
    number = cell.str.strip_chars().str.replace(",", ".", literal=True)
    word = cell.str.strip_chars().str.to_uppercase().str.replace_all("Х", "X").str.replace_all(r'["\\\x00-\x1f]', "")
    is_number = number.str.contains(r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,6})?$")
    sign = pl.when(word.str.contains(r"^[\p{L}0-9/.,+-]{1,4}$")).then(word).when(word != "").then(pl.lit(OTHER_WORD))
    quoted = pl.concat_str(pl.lit('"'), sign, pl.lit('"'))
    return pl.when(is_number).then(number).otherwise(quoted).fill_null("null")


# ---- reports 2 to 5: groups of pupils ----------------------------------------------------------------------------------------


def _marks(head: Head, body: pl.DataFrame) -> Rows:
    """Report 2: a row a group."""
    return _schools(head, body.select(ROW, **{name: head.cells(name) for name in head.places}))


def _distribution(head: Head, body: pl.DataFrame) -> Rows:
    """Report 4: a row a group, a column a score."""
    schools, footers = _marks(head, body)
    return schools.join(_shares(head.header, body, "score_shares"), on=ROW, maintain_order="left"), footers


def _completion(head: Head, body: pl.DataFrame) -> Rows:
    """Report 5: a row a group, a column a task; a row of its own says how many points each task gives.

    Report 7 has the same and under each group its pupils by their marks, which the results of report 1 give as well.
    """
    most = body.filter(_line().str.contains(_MOST))
    tasks = [replace(task, most=task.most or _most(most, head.header.cells(task.place))) for task in _tasks(head)]
    groups = body.filter(~_line().str.contains(_MOST) & ~_line().str.contains(_BY_MARK))
    schools, footers = _marks(head, groups)
    shares = _shares(head.header, groups, "task_shares").with_columns(tasks=pl.lit(_described(tasks)))
    return schools.join(shares, on=ROW, maintain_order="left"), footers


def _most(rows: pl.DataFrame, cell: pl.Expr) -> int | None:
    """The most points of a task by the rows that say it; None where none does."""
    said = rows.select(numbers(cell)).to_series()
    whole = said.filter((said == said.floor()) & said.is_between(1, 999))
    return int(whole[0]) if whole.len() else None


def _journal(head: Head, body: pl.DataFrame) -> Rows:
    """Report 3: the name of a group, below it a row each for lowered, confirmed, raised and all."""
    group, count = head.cells("group_name"), head.cells("participants")
    kinds = {name: group.str.contains(rf"(?i)^\s*{word}").fill_null(False) for name, word in _JOURNAL.items()}
    # a page break puts the header between the rows of one group
    is_header = group == head.header.labels[head.places["group_name"]]
    is_name = ~pl.any_horizontal(*kinds.values(), is_header) & group.is_not_null()
    groups = body.group_by(is_name.cum_sum().alias("_group"), maintain_order=True).agg(
        pl.col(ROW).filter(is_name).first(),
        group.filter(is_name).first().alias("group_name"),
        *(count.filter(kind).first().alias(name) for name, kind in kinds.items()),
    )
    return _schools(head, groups.drop("_group"))


def _schools(head: Head, groups: pl.DataFrame) -> Rows:
    """The schools as records; the larger groups, which have no login, as footers for checks."""
    name = pl.col("group_name")
    # a row of people without a name is a record all the same, rejected for it
    is_nameless = name.is_null() & pl.col("participants").is_not_null()
    groups = groups.filter((name != head.header.labels[head.places["group_name"]]) | is_nameless)
    groups = groups.with_columns(school_login=_login(name).str.to_lowercase())
    is_school = pl.col("school_login").is_not_null() | is_nameless
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


def _login(text: pl.Expr) -> pl.Expr:
    """The login in a name: in brackets, or by the letters that logins begin with."""
    return pl.coalesce([text.str.extract(pattern) for pattern in _LOGIN])


def _footer(row: int, label: str, cells: dict[str, str | None], covers: range | None) -> Footer:
    return Footer(row, clean(label), {name: cell for name, cell in cells.items() if cell is not None}, covers)


REPORTS = [
    Report("vpr_individual", _individual, tasks=r"\("),
    Report("vpr_marks", _marks, numbers="[2-5]"),
    Report("vpr_journal", _journal, more_labels=("%",), numbers="", elsewhere=("participants",)),
    Report("vpr_scores", _distribution, more_labels=("0", "1"), numbers=r"\d+"),
    Report("vpr_tasks", _completion, foreign=("0", "%"), tasks=""),
]
