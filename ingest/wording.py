"""Declarations in Russian words: what a column holds, what is asked of it, an example; keys, checks and reasons of rejection.

One place for everybody who explains a form to a person: templates, `oko check`, the pages of docs/sources. What is wrong with
one cell of a file is said in rejections.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.declarations import Check, Column, Layout, load_sources

REASONS = {
    "unreadable_file": "файл не читается",
    "unknown_layout": "форма не узнана",
    "missing_column": "нет обязательной графы",
    "too_large": "файл слишком велик",
    "missing_value": "пустая обязательная ячейка",
    "bad_number": "не число",
    "bad_date": "не дата",
    "out_of_range": "невозможное значение",
    "unknown_school": "школы нет в реестре",
    "unknown_code": "кода или значения нет в списке",
    "duplicate_key": "ключ повторяется, загружается последняя строка",
    "conflicting_value": "ячейки противоречат друг другу",
}

# type → what it is, and a cell that is one; every person and number here is fictional
_TYPES = {
    "text": ("текст", "пример"),
    "school_code": ("код ОО, цифры с нулями впереди", "540101"),
    "login": ("логин ФИС ОКО", "edu540101"),
    "oktmo": ("код ОКТМО, 8 или 11 цифр", "50701000"),
    "oktmo_code": ("код ОКТМО, 8 или 11 цифр", "50701000"),
    "inn": ("ИНН, 10 цифр организации или 12 цифр человека", "5400000011"),
    "ogrn": ("ОГРН, 13 или 15 цифр", "1025400000010"),
    "snils": ("СНИЛС, 11 цифр, дефисы и пробелы не важны", "112-233-445 95"),
    "region_code": ("код региона, 2 цифры", "54"),
    "msu_code": ("код МСУ, 3 цифры", "001"),
    "subject_code": ("код предмета РИС или его название", "01"),
    "subject_name": ("название предмета или его код РИС", "Русский язык"),
    "academic_year": ("учебный год", "2023/2024"),
    "month": ("месяц вида ГГГГ-ММ", "2024-02"),
    "term": ("срок: дата или несколько, месяц, квартал, промежуток; слова без даты — открытый срок", "До 15 января 2018"),
    "years": ("название с годами", "План на 2018 год"),
    "scale": ("шкала ответов: 1–5, 0–10, да/нет, выбор или слова с числами (плохо=1; хорошо=5)", "1–5"),
    "document_number": ("номер документа", "180000123456"),
    "identity_document": ("серия и номер документа", "0401 005099"),
    "person_name": ("фамилия, имя, отчество", "Иванова Мария Петровна"),
    "integer": ("целое число", "1"),
    "number": ("число, дробная часть через запятую", "1"),
    "result": ("число; слово («аннулирован», «не завершил», X) — строка без результата", "1"),
    "date": ("дата ДД.ММ.ГГГГ", "01.09.2023"),
    "yes_no": ("«да» или «нет»", "да"),
}
_YEAR = 2024


def kind_of(column: Column) -> str:
    """What stands in a cell of this column: its type, or one of its values."""
    if column.values:
        return f"одно из: {', '.join(column.values)}"
    return _TYPES[column.type][0]


def example_of(column: Column) -> str:
    """A cell that is right by itself."""
    if column.values:
        return column.values[0]
    if column.type in ("integer", "number", "result"):
        return _number_between(column.min, column.max)
    return _TYPES[column.type][1]


def _number_between(least: float | None, most: float | None) -> str:
    """A year where only years are possible, else a small number."""
    low, high = least if least is not None else 0.0, most if most is not None else 100.0
    return f"{_YEAR if low <= _YEAR <= high else max(low, min(high, 1.0)):g}"


def rules_of(column: Column) -> Iterator[str]:
    """What else is asked of a cell, and how else it may be written."""
    if column.required:
        yield "заполняется обязательно"
    bounds = [f"{word} {bound:g}" for word, bound in (("от", column.min), ("до", column.max)) if bound is not None]
    if bounds:
        yield " ".join(bounds)
    if column.type == "date" and not column.future and not column.derived:
        yield "не позже дня загрузки"
    if column.known:
        yield f"значение есть {list_of(column.known)}"
    if column.default is not None:
        yield f"пустая ячейка значит «{column.default}»"
    if column.synonyms:
        yield "также: " + ", ".join(f"{word} = {value}" for word, value in column.synonyms.items())
    if column.alias:
        yield "графа может называться и " + ", ".join(f"«{name}»" for name in column.alias)
    if column.personal:
        yield "персональные данные: остаются в закрытом хранилище" + (", дальше идёт псевдоним" if column.personal == "pseudonym" else "")
    if column.note:
        yield column.note


def list_of(known: str) -> str:
    """Where the codes of this list come from: «в источнике schools, графа «Код ОО»»."""
    layouts = [(source, layout) for source in load_sources().values() for layout in source.layouts.values()]
    places = [
        f"в источнике {source.source}, графа «{column.title}»"
        for source, layout in layouts
        for column in layout.columns.values()
        if column.provides == known
    ]
    return " или ".join(places)


def key_of(layout: Layout) -> str:
    """The columns that tell one record from another."""
    titles = [layout.columns[name if name in layout.columns else name.removesuffix("_key")].title for name in layout.key]
    return ", ".join(f"«{title}»" for title in titles)


def checks_of(layout: Layout) -> Iterator[str]:
    """What is asked of several cells of a row together."""
    for check in layout.checks:
        yield _check_of(layout, check)


def _check_of(layout: Layout, check: Check) -> str:
    titles = [f"«{layout.columns[name].title}»" for name in check.columns]
    if check.order:
        return f"{titles[1]} не раньше, чем {titles[0]}"
    if check.at_most:
        return f"{titles[0]} не больше, чем {titles[1]}"
    if check.within:
        return f"{titles[0]} от {titles[1]} до {titles[2]}"
    if check.known_any:
        lists = dict.fromkeys(list_of(name) for names in check.known_any.values() for name in names)
        return f"{' или '.join(titles)}: значение есть {' или '.join(lists)}"
    return f"строка с теми же {', '.join(titles)} уже загружена; до тех пор эта ждёт"
