"""Result protocols of РИС ГИА: ЕГЭ in all its variants, ОГЭ, ГВЭ of both, and the protocols of appeals and rechecks.

Subject and exam date stand in the title, the header is one of the variants below. What a program hands over has no title (Parquet, JSON,
XML): there they are columns, and a file may hold many protocols. ГВЭ and appeals look the same in РИС ГИА-11 (source `ege`) and РИС ГИА-9
(`oge`), and so do columns of marks: the classes of their people tell, else the day's protocol that is known, else the folder.
What a cell may hold is declared in `sources/ege` and `sources/oge` and judged by the core; what an appeal changes is decided in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from ingest import codes
from ingest.convert import date_of
from ingest.declarations import Column, Layout, Source
from ingest.faults import FileFault
from ingest.grid import ROW, Footer, Grid, Table, column_letter
from ingest.known import Known
from ingest.layouts.labels import Cells, Header, fold_all, numbered, two_rows
from ingest.layouts.tabular import FOOTER, NUMBER
from ingest.text import by_value, clean, fold_header

HEAD_ROWS = 40
TITLE_ROWS = 6
TITLE_LENGTH = 300
BASE_MATHEMATICS = "22"
GVE = "ГВЭ"
# what a title says, or else columns do
SAID = ("subject_code", "exam_date")
GVE_CODES = range(50, 100)
TITLE_EXAMPLE = "заголовок вида 01 - Русский язык 2024.05.28"

_DATE = r"(\d{4}[.-]\d{2}[.-]\d{2}|\d{2}\.\d{2}\.\d{4})"
_TITLE = re.compile(
    r"^(?:(?:[пу]\W*)?(\d{1,2})(?:\W+у\W*\d{1,2})?\s*[-–—]\s*)*"  # 01 -, twice in some exports; п:09 у:29 - for languages
    r"(\D.*?)[\s,]+(?:[пу]\W*)?" + _DATE + r"(?:\W+у\W*" + _DATE + r")?\D*$",
    re.IGNORECASE,
)
_GVE_OF_A_CLASS = re.compile(r"ГВЭ\s*-\s*(?:9|11)", re.IGNORECASE)


Kind = Literal["ordinary", "base mathematics", "ГВЭ"]
ANY: frozenset[Kind] = frozenset({"ordinary", "base mathematics", "ГВЭ"})


@dataclass(frozen=True)
class Variant:
    """One header as contracts 3.2 writes it; every label must be there, or another spelling of its column.

    `kinds`: of which kinds of exams it is, as their titles tell. `is_shared`: both sources have it. `is_columnar`: what a title says are
    columns of it.
    """

    layout: str
    header: str
    kinds: frozenset[Kind] = frozenset({"ordinary"})
    is_shared: bool = False
    is_columnar: bool = False

    @cached_property
    def labels(self) -> dict[str, str]:
        """Every label as it is compared and as it is written."""
        return {fold_header(label): label for label in self.header.split(";") if label}


_PLACE = "Код ОО;Класс;Код ППЭ;Аудитория"
_PERSON = "Фамилия;Имя;Отчество;Серия;Номер"
_PARTS = (
    "Часть с кратким ответом;Часть с развёрнутым ответом;Устная часть;"
    "Первичный балл устной части;Первичный балл письм. части;Первичный балл"
)
STANDARD = f"№;Код МСУ;{_PLACE};{_PERSON};Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл"
WITH_MARK = f"№;Код МСУ;{_PLACE};{_PERSON};Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Оценка"
BASE = f"№;{_PLACE};{_PERSON};Задания с кратким ответом;Первичный балл;Оценка"
APPEAL = (
    f"№;{_PLACE};Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
    "Дата отправки на обработку;Дата изменений;Балл до изменения;Первичный балл;Балл;Разница"
)
# of the columns of a protocol those that every exam has; the others may be there
COLUMNS = "Предмет;Дата экзамена;Код ОО;Класс;Фамилия;Имя;Отчество;{};Задания с кратким ответом;Первичный балл"
VARIANTS = [
    Variant("ege", STANDARD),
    Variant("ege", BASE, kinds=frozenset({"base mathematics"})),
    Variant("oge", WITH_MARK),
    *(
        Variant(layout, header)
        for layout, result in (("ege", "Тестовый балл"), ("oge", "Оценка"))
        for header in (
            f"№;Код МСУ;{_PLACE};Фамилия;Имя;Отчество;Документ;{_PARTS};{result}",
            f"№;Фамилия;;;Имя;;;Отчество;;Документ;{_PLACE};;{_PARTS};{result}",
        )
    ),
    *(
        Variant(layout, header, kinds=frozenset({"ГВЭ"}), is_shared=True)
        for layout in ("ege", "oge")
        for header in (WITH_MARK, BASE, STANDARD)
    ),
    *(Variant(layout, APPEAL, kinds=ANY, is_shared=True) for layout in ("ege_appeal", "oge_appeal")),
    *(
        Variant(layout, f"{COLUMNS.format(papers)};{result}", kinds=ANY, is_shared=result == "Оценка", is_columnar=True)
        for layout, result in (("ege", "Балл"), ("ege", "Оценка"), ("oge", "Оценка"))
        for papers in ("Серия;Номер", "Документ")
    ),
]
# Which classes sit the exams of a source, and under which name its loaded protocols are known.
EXAMS = {"ege": ({"11", "12"}, "ege_result"), "oge": ({"9"}, "oge_result")}
FORMS = {"ege": "ЕГЭ", "oge": "ОГЭ"}
_ALL_LABELS = {label for variant in VARIANTS for label in variant.labels}
# less than half of the shortest header: no header at all
FEWEST_LABELS = min(len(variant.labels) for variant in VARIANTS if not variant.is_columnar) // 2
# The second header row of an appeal protocol, under «Текущие».
_LOWER_LABELS = {fold_header(label) for label in ("Первичный балл", "Балл", "Оценка", "Отметка")}


@dataclass(frozen=True)
class Title:
    """What the line above the header says: the subject's code, or its name; of a language with two dates the written part's."""

    subject: str
    name: str
    exam_date: str

    @property
    def known_code(self) -> str | None:
        """The subject's code, if there is such a subject."""
        return codes.subject_code(self.subject)

    @property
    def kind(self) -> Kind:
        """Of which kind of exams this is the title."""
        if GVE in self.name.upper() or int(self.known_code or 0) in GVE_CODES:
            return "ГВЭ"
        return "base mathematics" if self.known_code == BASE_MATHEMATICS else "ordinary"


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

    @property
    def is_gve(self) -> bool:
        return self.title is not None and self.title.kind == "ГВЭ"


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The protocols of this source on these sheets; usually one a sheet."""
    found = []
    for grid in grids:
        protocols = list(_protocols(grid, source))
        of_sheet = [table for _, table in protocols]
        # on a sheet with a protocol that is this source's beyond doubt, the others are too
        if any(not head.variant.is_shared for head, _ in protocols) or (protocols and source.source in _owners(of_sheet, known)):
            found += of_sheet
    return found


def _owners(found: list[Table], known: Known) -> set[str]:
    """The sources that forms which both have may be of: by the classes in them, else by the protocols that are known of their days."""
    classes = {grade for table in found if "class" in table.rows.columns for grade in table.rows["class"].str.extract(r"^\s*(\d{1,2})")}
    by_class = {name for name, (grades, _) in EXAMS.items() if grades & classes}
    if len(by_class) == 1:
        return by_class
    by_protocol = {name for name, (_, results) in EXAMS.items() if any(_is_known(table, known, results) for table in found)}
    return by_protocol if len(by_protocol) == 1 else set(EXAMS)


def _is_known(table: Table, known: Known, results: str) -> bool:
    """Whether there are results of this table's subject and day."""
    if table.rows.is_empty():
        return False
    subject, exam_date = (table.rows[name][0] for name in SAID)
    schema = {"subject_code": pl.String, "exam_date": pl.Date}
    wanted = pl.DataFrame([(codes.subject_code(subject or ""), date_of(exam_date or ""))], schema=schema, orient="row")
    return not known.among(results, wanted.drop_nulls()).is_empty()


def _protocols(grid: Grid, source: Source) -> Iterator[tuple[Head, Table]]:
    head = _find_head(grid, source)
    while head:
        body = numbered(grid, head.header.end)
        following = _next_protocol(grid, body, head, source)
        if following:
            body = body.filter(pl.col(ROW) <= following[0])
        yield head, _table(grid.sheet, body, head, source)
        head = following[1] if following else None


# ---- title and header --------------------------------------------------------------------------------------------------------


def _find_head(grid: Grid, source: Source) -> Head | None:
    """The first row that is a whole header, if it is one of this source; else the one that is most like a header of this source."""
    rows = grid.head(1 if grid.is_named else HEAD_ROWS)
    found: list[Head] = []
    for index in range(len(rows)):
        heads = list(_heads(rows, index, 0, source, is_named=grid.is_named))
        if any(not head.missing for head in heads):
            return _best([head for head in heads if not head.missing], source)
        found += heads
    return _best(found, source)


def _heads(rows: Sequence[Cells], index: int, start: int, source: Source, *, is_named: bool = False) -> Iterator[Head]:
    """What this row may be the header of, in this source or in others; `is_named`: of a grid that has names and no title."""
    upper, lower = rows[index], rows[index + 1] if index + 1 < len(rows) else ()
    is_double = bool(fold_all(lower)) and fold_all(lower) <= _LOWER_LABELS
    header = Header(two_rows(upper, lower) if is_double else tuple(upper), start + index + 1 + is_double)
    found = fold_all(header.labels) | fold_all(upper)
    if len(found & _ALL_LABELS) < FEWEST_LABELS:
        return
    title = _title(rows[:index])
    for variant in (variant for variant in VARIANTS if variant.is_columnar == is_named):
        missing = tuple(written for label, written in variant.labels.items() if not found & _spellings(label, variant, source))
        if 2 * len(missing) <= len(variant.labels) and (title.kind if title else "ordinary") in variant.kinds:
            yield Head(variant, header, title, missing)


def _spellings(label: str, variant: Variant, source: Source) -> set[str]:
    """Every way in which this label may be written."""
    layout = source.layouts.get(variant.layout)
    column = layout.columns.get(layout.by_header.get(label, "")) if layout else None
    return {label, *map(fold_header, column.spellings if column else [])}


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
    code, exam_date = match.group(1, 3)
    name = _GVE_OF_A_CLASS.sub(GVE, match[2].strip(" ;,.\"'«»"))
    return Title(code or name, name, exam_date)


def _next_protocol(grid: Grid, body: pl.DataFrame, head: Head, source: Source) -> tuple[int, Head] | None:
    """Another protocol further down the sheet and the row of its header: a header again, with a title of its own above it.

    A header without one is a page break.
    """
    place = head.header.place(["№"])
    if place is None or head.variant.is_columnar:
        return None
    for row in body.filter(pl.col(f"c{place}") == head.header.labels[place])[ROW]:
        start = max(head.header.end, row - 1 - TITLE_ROWS)
        heads = list(_heads(grid.cells.slice(start, row + 1 - start).rows(), row - 1 - start, start, source))
        following = _best([one for one in heads if one.title], source)
        if following and following.missing and any(not one.missing for one in heads):
            raise _mixed_sheet(grid.sheet, row)
        if following:
            return row, following
    return None


def _best(heads: Iterable[Head], source: Source) -> Head | None:
    """The head that fits best, of those that are of this source."""
    return max((head for head in heads if head.variant.layout in source.layouts), key=lambda head: head.fit, default=None)


def _mixed_sheet(sheet: str, row: int) -> FileFault:
    where = f"на листе «{sheet}» " if sheet else ""
    message = f"Протокол, который начинается {where}в строке {row}, другой формы, чем первый. Разложите протоколы по разным файлам."
    return FileFault("unknown_layout", message, sheet=sheet)


# ---- rows --------------------------------------------------------------------------------------------------------------------


def _table(sheet: str, body: pl.DataFrame, head: Head, source: Source) -> Table:
    layout = source.layouts[head.variant.layout]
    found = {name: place for name, column in _columns(head, layout).items() if (place := _find(head, column))}
    headers = {name: named for name, (_, named) in found.items()}
    missing = [*head.missing, *([] if head.title or head.variant.is_columnar else [TITLE_EXAMPLE])]
    if missing:
        return Table(head.variant.layout, sheet, pl.DataFrame(schema={ROW: pl.Int64}), missing, headers)
    cells = {name: expression for name, (expression, _) in found.items()}
    if not head.title:
        rows = body.select(ROW, **cells).with_columns(exam_form=_form(source))
        return Table(head.variant.layout, sheet, _identified(rows), [], headers, left_out=_left_out(body, head, layout))
    records, others = _split(body, head, cells)
    rows = _identified(records.select(ROW, **_said(head.title, source, layout), **cells))
    return Table(head.variant.layout, sheet, rows, [], headers, _footers(others, cells))


def _columns(head: Head, layout: Layout) -> dict[str, Column]:
    """The columns to look for. ГВЭ has no test score: whatever the last column is called, it holds the mark."""
    if head.variant.is_columnar:
        said = {name: layout.columns[name] for name in SAID}
        return layout.columns | {name: column.model_copy(update={"alias": [column.label]}) for name, column in said.items()}
    if not head.is_gve:
        return layout.columns
    columns = {name: column for name, column in layout.columns.items() if name != "test_score"}
    if "mark" in columns:
        columns["mark"] = columns["mark"].model_copy(update={"alias": [*columns["mark"].alias, "Балл"]})
    return columns


def _form(source: Source) -> pl.Expr:
    """The form of each row's exam, as its subject tells; where it tells nothing, the subject is what is wrong with the row."""

    def form(subject: str) -> str:
        subject = clean(subject)
        return GVE if Title(subject, subject, "").kind == "ГВЭ" else FORMS[source.source]

    return by_value(pl.col("subject_code"), form).fill_null(FORMS[source.source])


def _left_out(body: pl.DataFrame, head: Head, layout: Layout) -> list[str]:
    """Columns with data that the declaration does not have: perhaps one of its own, misspelled."""
    declared = layout.folded_headers | {fold_header(layout.columns[name].title) for name in SAID}
    labels = {f"c{place}": label for place, label in enumerate(head.header.labels) if label and fold_header(label) not in declared}
    unknown = {name: label for name, label in labels.items() if not NUMBER.fullmatch(fold_header(label))}
    return [f"графа «{clean(label)}»" for name, label in unknown.items() if body[name].null_count() < body.height]


def _said(title: Title, source: Source, layout: Layout) -> dict[str, pl.Expr]:
    """What the title says of every row."""
    said = {"subject_code": title.subject, "exam_date": title.exam_date}
    if "exam_form" in layout.columns:
        said["exam_form"] = GVE if title.kind == "ГВЭ" else FORMS[source.source]
    return {name: pl.lit(value) for name, value in said.items()}


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
