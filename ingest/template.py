"""`oko template`: an XLSX to fill in by hand, drawn from the declaration of a source.

A sheet for every form, its cells formatted so that codes stay text; closed lists and bounds as validation; types, rules and examples
as comments and on the sheet «Пояснения». What the forms are is said in forms.py, in which words in wording.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter

from ingest.declarations import Column, Layout, Source
from ingest.forms import Form, exports_of, forms_of
from ingest.grid import column_letter
from ingest.text import fold_header
from ingest.wording import checks_of, example_of, key_of, kind_of, rules_of

EXPLANATIONS, LISTS = "Пояснения", "Списки"
LAST_ROW = 1_048_575
# what Excel takes: of a list written into the validation itself, of the title and the text of an error
LIST_CHARACTERS, TITLE_CHARACTERS, MESSAGE_CHARACTERS = 255, 32, 255
_NUMBER_FORMATS = {"date": "dd.mm.yyyy", "integer": "0", "number": "General"}


@dataclass(frozen=True)
class _Pen:
    """The workbook and the formats that all of its sheets share."""

    book: Any
    required: Any
    optional: Any
    bold: Any
    wrapped: Any
    cells: dict[str, Any]


def write_template(stream: BinaryIO, source: Source) -> None:
    """Writes the template of a source that has one (`forms_of`)."""
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        pen = _pen(book)
        forms = forms_of(source)
        lists = _Lists(book)
        sheets = [book.add_worksheet(form.sheet) for form in forms]
        explanations = book.add_worksheet(EXPLANATIONS)
        for form, sheet in zip(forms, sheets, strict=True):
            _draw(sheet, form, source.layouts[form.layout], pen, lists)
        _explain(explanations, source, forms, pen)


def _pen(book: Any) -> _Pen:
    header = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
    formats = {kind: book.add_format({"num_format": look}) for kind, look in _NUMBER_FORMATS.items()}
    return _Pen(
        book,
        required=book.add_format({**header, "bg_color": "#BDD7EE"}),
        optional=book.add_format({**header, "bold": False, "bg_color": "#EDEDED"}),
        bold=book.add_format({"bold": True}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        cells={**formats, "": book.add_format({"num_format": "@"})},
    )


# ---- a form --------------------------------------------------------------------------------------------------------------------


def _draw(sheet: Any, form: Form, layout: Layout, pen: _Pen, lists: _Lists) -> None:
    """The head of a form, and below it what its columns take."""
    placed = {(line, place): column for line, place, column in _placed(form, layout)}
    header_lines = {line for line, _ in placed}
    for place in range(max(map(len, form.head))):
        column = next((placed[line, place] for line in sorted(header_lines, reverse=True) if (line, place) in placed), None)
        kind = column.type if column and not column.values else ""
        titles = [cells[place] for line, cells in enumerate(form.head) if line in header_lines and place < len(cells)]
        sheet.set_column(place, place, min(max(12, *(len(title) + 2 for title in titles)), 30), pen.cells.get(kind, pen.cells[""]))
        validation = _validation(column, lists) if column else {}
        if column and validation:
            sheet.data_validation(len(form.head), place, LAST_ROW, place, {**validation, **_error(column)})
    for line, cells in enumerate(form.head):
        for place, cell in enumerate(cells):
            column = placed.get((line, place))
            look = pen.required if column and column.required else pen.optional if line in header_lines else pen.bold
            if cell:
                sheet.write_string(line, place, cell, look)
            if column:
                sheet.write_comment(line, place, "\n".join(_about(column)), {"author": "Око", "x_scale": 2, "y_scale": 1.6})
    sheet.freeze_panes(len(form.head), 0)


def _placed(form: Form, layout: Layout) -> Iterator[tuple[int, int, Column]]:
    """The cells of a form's head that are headers: row, column, and the declared column that each means, alone or with others."""
    first = len(form.head) - form.header_rows
    for line, cells in enumerate(form.head[first:], start=first):
        for place, cell in enumerate(cells):
            folded = fold_header(cell)
            name = layout.by_header.get(folded) or next((name for name, parts in layout.joined.items() if folded in parts), None)
            if cell and name:
                yield line, place, layout.columns[name]


def _about(column: Column) -> Iterator[str]:
    """What a comment says of a column."""
    yield kind_of(column)
    yield from rules_of(column)
    if _example(column):
        yield f"пример: {_example(column)}"


def _example(column: Column) -> str:
    """An example, where one says more than that this is some text."""
    return example_of(column) if column.type != "text" or column.values else ""


# ---- validation ----------------------------------------------------------------------------------------------------------------


class _Lists:
    """Closed lists that are too long for a validation of their own stand on a hidden sheet, made when the first one comes."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._columns = 0

    def source(self, values: list[str]) -> list[str] | str:
        """The list itself, or where it stands."""
        if len(",".join(values)) <= LIST_CHARACTERS and not any("," in value for value in values):
            return values
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(LISTS)
            self._sheet.hide()
        letter = column_letter(self._columns)
        self._sheet.write_column(0, self._columns, values)
        self._columns += 1
        return f"='{LISTS}'!${letter}$1:${letter}${len(values)}"


def _validation(column: Column, lists: _Lists) -> dict[str, Any]:
    """What Excel itself can see to; empty where that is nothing."""
    if column.values:
        return {"validate": "list", "source": lists.source(column.values)}
    if column.type == "yes_no":
        return {"validate": "list", "source": ["да", "нет"]}
    if column.type == "date":
        bounds = {"minimum": "=DATE(1900,1,1)", "maximum": "=DATE(2100,12,31)" if column.future else "=TODAY()"}
        return {"validate": "date", "criteria": "between", **bounds}
    if column.type not in ("integer", "number"):
        return {}
    kind = "integer" if column.type == "integer" else "decimal"
    limit = 2**31 - 1
    low, high = column.min if column.min is not None else -limit, column.max if column.max is not None else limit
    return {"validate": kind, "criteria": "between", "minimum": f"{low:.10g}", "maximum": f"{high:.10g}"}


def _error(column: Column) -> dict[str, str]:
    message = f"{kind_of(column)}. {'; '.join(rules_of(column))}"
    return {"error_title": column.title[:TITLE_CHARACTERS], "error_message": message[:MESSAGE_CHARACTERS]}


# ---- explanations --------------------------------------------------------------------------------------------------------------


def _explain(sheet: Any, source: Source, forms: list[Form], pen: _Pen) -> None:
    """Columns, keys and checks in words. No cell is a header alone: this sheet must look like no form."""
    for place, width in enumerate([42, 46, 14, 70, 24]):
        sheet.set_column(place, place, width, pen.wrapped)
    lines = list(_explanations(source, forms))
    for line, (is_bold, cells) in enumerate(lines):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, pen.bold if is_bold else pen.wrapped)


def _explanations(source: Source, forms: list[Form]) -> Iterator[tuple[bool, list[str]]]:
    yield True, [f"{source.title}: источник {source.source}"]
    if source.description:
        yield False, [source.description.strip()]
    yield False, ["Закрашенные голубым графы обязательны. Строки заполняются под заголовком; лишние листы и графы не мешают."]
    yield False, [f"Готовый файл проверьте: oko check ФАЙЛ — и положите в landing/{source.source}/."]
    for form in forms:
        layout = source.layouts[form.layout]
        yield False, [""]
        yield True, [f"Лист «{form.sheet}»: {layout.title}"]
        if form.note:
            yield False, [form.note]
        if layout.header_required:
            yield False, ["Все графы этого листа должны остаться, даже пустые."]
        yield True, ["Столбец и графа", "Что писать", "Обязательно", "Правила", "Например"]
        yield from ((False, cells) for cells in _columns(form, layout))
        yield False, [f"Строку определяют: {key_of(layout)}. Строка с тем же ключом заменяет прежнюю; в одном файле остаётся последняя."]
        for check in checks_of(layout):
            yield False, [f"Проверяется: {check}."]
    for name, why in exports_of(source).items():
        yield False, [f"Для формы «{source.layouts[name].title}» шаблона нет: {why}."]


def _columns(form: Form, layout: Layout) -> Iterator[list[str]]:
    """A line for every header that means something."""
    for line, place, column in _placed(form, layout):
        rules = "; ".join(rule for rule in rules_of(column) if rule != "заполняется обязательно")
        title = f"{column_letter(place)} · {form.head[line][place]}"
        yield [title, kind_of(column), "да" if column.required else "", rules, _example(column)]
