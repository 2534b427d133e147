"""Result protocols of РИС ГИА: ЕГЭ in all its variants, ОГЭ, and the protocols of appeals and rechecks.

Subject and exam date stand in the title, the header is one of the variants below. What a cell may hold is declared in
`sources/ege` and `sources/oge` and judged by the core; what an appeal changes is decided in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import polars as pl

from ingest import codes
from ingest.declarations import Column, Layout, Source
from ingest.grid import ROW, Footer, Grid, Table, column_letter
from ingest.known import Known
from ingest.layouts.labels import Cells, Header, fold_all, numbered, two_rows
from ingest.layouts.tabular import FOOTER
from ingest.text import clean, fold_header

HEAD_ROWS = 40
TITLE_ROWS = 6
TITLE_LENGTH = 300
BASE_MATHEMATICS = "22"
TITLE_EXAMPLE = "заголовок вида 01 - Русский язык 2024.05.28"

_DATE = r"(\d{4}[.-]\d{2}[.-]\d{2}|\d{2}\.\d{2}\.\d{4})"
_TITLE = re.compile(
    r"^(?:(?:[пу]\W*)?(\d{1,2})(?:\W+у\W*\d{1,2})?\s*[-–—]\s*)*"  # 01 -, twice in some exports; п:09 у:29 - for languages
    r"(\D.*?)[\s,]+(?:[пу]\W*)?" + _DATE + r"(?:\W+у\W*" + _DATE + r")?\D*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Variant:
    """One header as contracts 3.2 writes it; every label must be there. `base`: base mathematics alone, or never."""

    layout: str
    header: str
    base: bool = False

    @cached_property
    def labels(self) -> dict[str, str]:
        """Every label as it is compared and as it is written."""
        return {fold_header(label): label for label in self.header.split(";") if label}


_LANGUAGE = (
    "Часть с кратким ответом;Часть с развёрнутым ответом;Устная часть;"
    "Первичный балл устной части;Первичный балл письм. части;Первичный балл;Тестовый балл"
)
VARIANTS = [
    Variant(
        "ege",
        "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
        "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл",
    ),
    Variant(
        "ege",
        "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;Первичный балл;Оценка",
        base=True,
    ),
    Variant("ege", f"№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Документ;{_LANGUAGE}"),
    Variant("ege", f"№;Фамилия;;;Имя;;;Отчество;;Документ;Код ОО;Класс;Код ППЭ;Аудитория;;{_LANGUAGE}"),
    Variant(
        "ege_appeal",
        "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
        "Дата отправки на обработку;Дата изменений;Балл до изменения;Первичный балл;Балл;Разница",
    ),
    Variant(
        "oge",
        "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
        "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Оценка",
    ),
]
# The second header row of an appeal protocol, under «Текущие».
_LOWER_LABELS = {fold_header("Первичный балл"), fold_header("Балл")}


@dataclass(frozen=True)
class Title:
    """What the line above the header says: the subject's code, or its name; of a language with two dates the written part's."""

    subject_code: str
    exam_date: str

    @property
    def known_code(self) -> str | None:
        """The subject's code, if there is such a subject."""
        return codes.subject_code(self.subject_code)


@dataclass(frozen=True)
class Head:
    """Title, header and the variant that fits them best."""

    variant: Variant
    header: Header
    title: Title | None
    missing: tuple[str, ...]

    @property
    def fit(self) -> tuple[int, int]:
        found = len(self.variant.labels) - len(self.missing)
        return found, -len(self.missing)


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The protocols on these sheets; usually one a sheet."""
    return [table for grid in grids for table in _protocols(grid, source)]


def _protocols(grid: Grid, source: Source) -> Iterator[Table]:
    head = _find_head(grid, 0, source)
    while head:
        body = numbered(grid, head.header.end)
        following = _next_protocol(grid, body, head, source)
        if following:
            body = body.filter(pl.col(ROW) <= following[0])
        yield _table(grid.sheet, body, head, source.layouts[head.variant.layout])
        head = following[1] if following else None


# ---- title and header --------------------------------------------------------------------------------------------------------


def _find_head(grid: Grid, start: int, source: Source) -> Head | None:
    """The row that looks most like one of the variants, if at least half of that variant is there."""
    rows = grid.cells.slice(start, HEAD_ROWS).rows()
    heads = [head for index in range(len(rows)) for head in _heads(rows, index, start, source)]
    return max(heads, key=lambda head: head.fit, default=None)


def _heads(rows: Sequence[Cells], index: int, start: int, source: Source) -> Iterator[Head]:
    upper, lower = rows[index], rows[index + 1] if index + 1 < len(rows) else ()
    is_double = bool(fold_all(lower)) and fold_all(lower) <= _LOWER_LABELS
    header = Header(two_rows(upper, lower) if is_double else tuple(upper), start + index + 1 + is_double)
    found = fold_all(header.labels) | fold_all(upper)
    for variant in VARIANTS:
        missing = tuple(label for folded, label in variant.labels.items() if folded not in found)
        if variant.layout in source.layouts and 2 * len(missing) <= len(variant.labels):
            title = _title(rows[:index])
            if not title or (title.known_code == BASE_MATHEMATICS) == variant.base:
                yield Head(variant, header, title, missing)


def _title(rows: Sequence[Cells]) -> Title | None:
    """The nearest line above that names a subject and a date; failing that, one that has at least a date and something before it."""
    titles = [title for cells in reversed(rows) if (title := _read_title(cells))]
    return next((title for title in titles if title.known_code), titles[0] if titles else None)


def _read_title(cells: Cells) -> Title | None:
    # A badly quoted title falls apart at its semicolon into several cells.
    text = clean("; ".join(cell for cell in cells if cell)).strip(" ;\"'«»")
    match = _TITLE.match(text) if len(text) <= TITLE_LENGTH else None
    if not match:
        return None
    code, name, exam_date = match.group(1, 2, 3)
    return Title(code or name.strip(" ;,.\"'«»"), exam_date)


def _next_protocol(grid: Grid, body: pl.DataFrame, head: Head, source: Source) -> tuple[int, Head] | None:
    """Another protocol further down the sheet and the row of its header: a header again, with a title of its own above it.

    A header without one is a page break.
    """
    place = head.header.place(["№"])
    if place is None:
        return None
    for row in body.filter(pl.col(f"c{place}") == head.header.labels[place])[ROW]:
        following = _find_head(grid, max(head.header.end, row - TITLE_ROWS), source)
        if following and following.title:
            return row, following
    return None


# ---- rows --------------------------------------------------------------------------------------------------------------------


def _table(sheet: str, body: pl.DataFrame, head: Head, layout: Layout) -> Table:
    found = {name: place for name, column in layout.columns.items() if (place := _find(head, column))}
    headers = {name: named for name, (_, named) in found.items()}
    if head.missing or not head.title:
        missing = [*head.missing, *([] if head.title else [TITLE_EXAMPLE])]
        return Table(head.variant.layout, sheet, pl.DataFrame(schema={ROW: pl.Int64}), missing, headers)
    cells = {name: expression for name, (expression, _) in found.items()}
    records, others = _split(body, head, cells)
    title = [pl.lit(value).alias(name) for name, value in asdict(head.title).items()]
    rows = _identified(records.select(ROW, *title, **cells))
    return Table(head.variant.layout, sheet, rows, [], headers, _footers(others, cells))


def _find(head: Head, column: Column) -> tuple[pl.Expr, tuple[str, str]] | None:
    """The cells of a declared column, and how messages name it: one label, or several that are joined."""
    place = head.header.place(column.spellings)
    if place is not None:
        return head.header.cells(place), head.header.named(place)
    parts = [head.header.place([part]) for part in column.headers]
    places = [part for part in parts if part is not None]
    if not places or len(places) < len(parts):
        return None
    joined = pl.concat_str([head.header.cells(part) for part in places], separator=" ", ignore_nulls=True)
    letters = ":".join(column_letter(part) for part in places)
    return pl.when(joined != "").then(joined), (column.title, letters)


def _split(body: pl.DataFrame, head: Head, cells: dict[str, pl.Expr]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records, and what else stands below the header: footers, page breaks, signatures."""
    place = head.header.place(["№"]) or 0
    number = pl.col(f"c{place}")
    has_number = number.str.contains(r"^\s*\d+(\.0*)?\s*$").fill_null(False)
    others = body.filter(~has_number)
    # A row without a number is a record all the same if it names a school or a person; its faults are the core's to find.
    is_named = cells["school_code"].is_not_null() | cells["person_id"].is_not_null()
    is_other = _first_cell().str.contains(FOOTER) | number.eq_missing(head.header.labels[place])
    unnumbered = others.filter(is_named & ~is_other)
    is_record = has_number | pl.col(ROW).is_in(unnumbered[ROW].to_list())
    return body.filter(is_record), others.join(unnumbered, on=ROW, how="anti")


def _first_cell() -> pl.Expr:
    return pl.coalesce(pl.exclude(ROW))


def _identified(rows: pl.DataFrame) -> pl.DataFrame:
    """Where series and number are both blank, the names with the school in their place (contracts 4.4)."""
    has_document = pl.col("person_id").str.contains(r"[\p{L}\d]").fill_null(False)
    if rows.select(has_document.all()).item():
        return rows
    names = pl.concat_str("last_name", "first_name", "middle_name", separator=" ", ignore_nulls=True)
    # the school without its zeros, because a spreadsheet may have dropped them
    person = pl.concat_str(names, pl.col("school_code").str.strip_chars().str.strip_chars_start("0"), separator=" ")
    person = person.str.to_lowercase().str.replace_all("ё", "е").str.replace_all(r"\s+", " ")
    person = pl.when(pl.col("last_name").is_not_null()).then(person.str.strip_chars())
    return rows.with_columns(person_id=pl.when(has_document).then("person_id").otherwise(person))


def _footers(others: pl.DataFrame, cells: dict[str, pl.Expr]) -> list[Footer]:
    footers = others.filter(_first_cell().str.contains(FOOTER)).select(ROW, _first_cell().alias("_label"), **cells)
    return [
        Footer(row, label, {name: cell for name, cell in zip(cells, values, strict=True) if cell is not None})
        for row, label, *values in footers.rows()
    ]
