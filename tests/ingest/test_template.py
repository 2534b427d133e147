"""Templates of every source: read as their own layout, empty and with a record; Excel itself keeps out what it can."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import get_args

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ingest.convert import value_of
from ingest.declarations import ColumnType, Source, load_sources
from ingest.forms import EXPORTS, Form, exports_of, forms_of
from ingest.known import FixedKnown, Known
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.template import EXPLANATIONS, LISTS, write_template
from ingest.vault import Vault
from ingest.wording import _TYPES, example_of

SOURCES = load_sources()
WITH_TEMPLATE = [name for name, source in SOURCES.items() if forms_of(source)]
FORMS = [(name, form) for name in WITH_TEMPLATE for form in forms_of(SOURCES[name])]


@cache
def everything_known() -> Known:
    """Whatever list is asked for, the examples of the columns that are looked up are in it."""
    columns = [column for source in SOURCES.values() for layout in source.layouts.values() for column in layout.columns.values()]
    looked_up = [column for column in columns if column.known or column.provides or column.type in ("school_code", "inn")]
    examples = {(column.type, example_of(column)): column for column in looked_up}
    cells = [pl.DataFrame({"cell": [cell]}).select(value_of(pl.col("cell"), column, Settings())) for (_, cell), column in examples.items()]
    codes = {str(cell.item()) for cell in cells}
    return FixedKnown(dict.fromkeys({name for source in SOURCES.values() for name in source.needs}, codes))


def template(source: Source) -> openpyxl.Workbook:
    stream = BytesIO()
    write_template(stream, source)
    return openpyxl.load_workbook(stream)


def read(book: openpyxl.Workbook, path: Path, source: str, settings: Settings) -> Reading:
    book.save(path)
    return read_file(path, f"{source}/x.xlsx", SOURCES, everything_known(), Vault(settings.vault), settings)


def fill(book: openpyxl.Workbook, form: Form) -> None:
    """Writes the example below the head, as text."""
    sheet = book[form.sheet]
    for number, cells in enumerate(form.example, start=len(form.head) + 1):
        for place, cell in enumerate(cells, start=1):
            sheet.cell(number, place, cell or None)


@pytest.mark.parametrize("name", WITH_TEMPLATE)
def test_an_empty_template_is_read_as_all_of_its_layouts(name: str, tmp_path: Path, settings: Settings) -> None:
    reading = read(template(SOURCES[name]), tmp_path / "x.xlsx", name, settings)
    assert reading.rejections.to_dicts() == [] and reading.findings.to_dicts() == []
    assert reading.source == name and reading.rows_in == 0
    assert set(reading.layout.split(", ")) == {form.layout for form in forms_of(SOURCES[name])}


@pytest.mark.parametrize(("name", "form"), FORMS, ids=[f"{form.layout} {form.sheet}" for _, form in FORMS])
def test_the_example_of_a_form_loads(name: str, form: Form, tmp_path: Path, settings: Settings) -> None:
    book = template(SOURCES[name])
    fill(book, form)
    reading = read(book, tmp_path / "x.xlsx", name, settings)
    assert reading.rejections.to_dicts() == [] and reading.findings.to_dicts() == []
    assert reading.rows[form.layout].height == reading.rows_loaded >= 1
    assert reading.rows[form.layout]["_sheet"].unique().to_list() == [form.sheet]


def test_what_excel_keeps_as_numbers_and_dates_loads_too(tmp_path: Path, settings: Settings) -> None:
    """Typed into the template: a year and a score as numbers, the first of September as a date."""
    thresholds = template(SOURCES["thresholds"])
    thresholds["Данные"].append(["ЕГЭ", 2024, "01", "ТБ2", 73.5])
    row = read(thresholds, tmp_path / "x.xlsx", "thresholds", settings).rows["thresholds"].row(0, named=True)
    assert (row["year"], row["subject_code"], row["value"]) == (2024, "1", 73.5)
    enrolment = template(SOURCES["enrolment"])
    enrolment["Данные"].append(["540101", datetime(2023, 9, 1), "5А", 25])
    row = read(enrolment, tmp_path / "x.xlsx", "enrolment", settings).rows["enrolment"].row(0, named=True)
    assert (row["school_code"], row["counted_on"], row["pupils"]) == ("540101", date(2023, 9, 1), 25)


def test_every_layout_has_a_form_or_a_reason_why_not() -> None:
    for source in SOURCES.values():
        assert {form.layout for form in forms_of(source)} | set(exports_of(source)) == set(source.layouts), source.source
    assert set(EXPORTS) <= {name for source in SOURCES.values() for name in source.layouts}


def test_every_type_has_words_and_an_example() -> None:
    assert set(_TYPES) == set(get_args(ColumnType))


def _sheet(name: str, sheet: str = "Данные") -> Worksheet:
    found = template(SOURCES[name])[sheet]
    assert isinstance(found, Worksheet)
    return found


def _validation(sheet: Worksheet, column: str) -> dict[str, str]:
    found = [one for one in sheet.data_validations.dataValidation if f"{column}2:" in str(one.sqref)]
    assert len(found) == 1
    return {"type": found[0].type, "first": found[0].formula1, "second": found[0].formula2}


def test_the_template_of_staff() -> None:
    """СНИЛС, Фамилия, Имя, Отчество, Код ОО, Должность, Группа должностей, Основное место работы, Дата с, Дата по."""
    sheet = _sheet("staff")
    assert [cell.value for cell in sheet[1]] == [
        *("СНИЛС", "Фамилия", "Имя", "Отчество", "Код ОО"),
        *("Должность", "Группа должностей", "Основное место работы", "Дата с", "Дата по"),
    ]
    assert [cell.font.bold for cell in sheet[1]] == [True, True, True, False, True, True, True, False, True, False]
    # a dimension spans neighbours that look the same
    formats = {index: group.number_format for group in sheet.column_dimensions.values() for index in range(group.min, group.max + 1)}
    assert [formats[index] for index in (1, 5, 9)] == ["@", "@", "dd.mm.yyyy"]
    assert _validation(sheet, "G")["first"] == '"руководитель,заместитель,педагог"'
    assert _validation(sheet, "H")["first"] == '"да,нет"'
    assert _validation(sheet, "I") == {"type": "date", "first": "DATE(1900,1,1)", "second": "TODAY()"}
    comment = sheet["G1"].comment
    assert comment and "одно из: руководитель, заместитель, педагог" in comment.text and "обязательно" in comment.text


def test_bounds_of_numbers_are_validated() -> None:
    """Значение: 0–100; Год: 2001–2100."""
    sheet = _sheet("thresholds")
    assert _validation(sheet, "B") == {"type": "whole", "first": "2001", "second": "2100"}
    assert _validation(sheet, "E") == {"type": "decimal", "first": "0", "second": "100"}


def test_a_list_too_long_for_a_validation_stands_on_a_hidden_sheet() -> None:
    book = template(SOURCES["documents"])
    assert book[LISTS].sheet_state == "hidden"
    values = [row[0] for row in book[LISTS].iter_rows(values_only=True)]
    kind = SOURCES["documents"].layouts["documents"].columns["kind"]
    assert values == kind.values
    letter = next(cell.column_letter for cell in book["Данные"][1] if cell.value == kind.header)
    assert _validation(book["Данные"], letter)["first"] == f"'{LISTS}'!$A$1:$A${len(values)}"


def test_the_explanations_say_key_and_rules() -> None:
    texts = [str(cell) for row in template(SOURCES["site_checks"])[EXPLANATIONS].iter_rows(values_only=True) for cell in row if cell]
    assert any("«Код ОО», «Дата проверки», «Код критерия»" in text for text in texts)
    assert any("«Балл» не больше, чем «Максимальный балл»" in text for text in texts)
    assert "A · Код ОО" in texts and "oko check" in " ".join(texts)


def test_what_stands_above_a_header_is_no_header() -> None:
    """Report 2 says «3» twice: as the most points above the table, and as a mark."""
    sheet = _sheet("vpr", "Ф2")
    said = {cell.coordinate: cell.comment is not None for row in sheet.iter_rows() for cell in row if cell.value == "3"}
    assert said == {"B4": False, "E6": True}


def test_names_of_sheets_are_whole_words() -> None:
    assert template(SOURCES["vpr"]).sheetnames[-2] == "Признаки необъективности ВПР"


def test_a_protocol_begins_with_its_title() -> None:
    sheet = _sheet("ege", "ЕГЭ")
    assert sheet["A1"].value == "01 - Русский язык 2024.05.28"
    assert [cell.value for cell in sheet[2]][:4] == ["№", "Код МСУ", "Код ОО", "Класс"]
