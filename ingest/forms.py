"""The forms that templates are made of: what stands above the records of a layout, and a record that is right.

A tabular layout's form is its declaration. Forms that are no plain tables stand here as contracts 3.2 writes them, with the reason
where a layout has none because a system writes it. How a form is drawn is decided in template.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from ingest.declarations import Layout, Source
from ingest.wording import example_of

Rows = list[list[str]]
NAME_CHARACTERS = 31


@dataclass(frozen=True)
class Form:
    """One sheet of a template: all that stands above the records, of which the last `header_rows` are the header, and a record.

    `note` says what the head itself does not.
    """

    layout: str
    sheet: str
    head: Rows
    example: Rows
    note: str = ""
    header_rows: int = 1


# layouts that a person does not fill in, and where they come from
EXPORTS = {
    "accreditation": "реестр аккредитованных организаций выгружает Рособрнадзор (открытые данные, XML или строки JSON)",
    "boundaries": "границы отдаёт геоинформационная система файлом GeoJSON",
    "oktmo": "классификатор ОКТМО выпускает Росстат (CSV)",
    "survey_forms": "анкеты выгружаются из Google Форм или Яндекс Форм; карту вопросов и волны задают survey_questions и survey_waves",
    "survey_form_answers": "ответы выгружаются из Google Форм или Яндекс Форм вместе с анкетами",
    "ege_appeal": "протокол апелляций и перепроверок выгружает РИС ГИА",
    "oge_appeal": "протокол апелляций и перепроверок выгружает РИС ГИА",
    "ege_totals_by_school": "набор 9722 выгружается с портала открытых данных Москвы",
}

_PERSON = ["Иванова", "Мария", "Петровна"]
_PLACE = "Код ОО;Класс;Код ППЭ;Аудитория"
_PROTOCOL = f"№;Код МСУ;{_PLACE};Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;"
_BASE = f"№;{_PLACE};Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;Первичный балл;Оценка"
_LANGUAGE = (
    f"№;Код МСУ;{_PLACE};Фамилия;Имя;Отчество;Документ;Часть с кратким ответом;Часть с развёрнутым ответом;Устная часть;"
    "Первичный балл устной части;Первичный балл письм. части;Первичный балл;Тестовый балл"
)
_TITLE = "В первой строке — предмет и день экзамена: замените их своими, вид строки сохраните. Один лист — один экзамен."
_MEASURES = ["приняло участие", "не преодолен min порог", "высокобалльники (80-99 баллов)", "получили 100 баллов", "средний балл"]
_REPORT = "Над таблицей — год, предмет и класс работы: замените их своими, вид строк сохраните."
_FLAT = ["2024", "5", "Математика", "Заречный", "edu540101", "Школа № 1", "54"]


def _report(name: str) -> Rows:
    """What stands above the table of a report of ФИС ОКО."""
    pairs = [["Предмет", "Математика"], ["Максимальный первичный балл", "3"], ["Дата проведения", "16.04.2024"]]
    return [["ВПР 2024 Математика 5 класс"], [name], *pairs]


def _cells(line: str) -> list[str]:
    return line.split(";")


_OWN = [
    Form(
        "ege",
        "ЕГЭ",
        [["01 - Русский язык 2024.05.28"], _cells(_PROTOCOL + "Балл")],
        [["1", "001", "540101", "11", "0001", "0001", *_PERSON, "0401", "005099", "++-", "1(2)", "3", "72"]],
        _TITLE,
    ),
    Form(
        "ege",
        "Математика базовая",
        [["22 - Математика базовая 2024.05.31"], _cells(_BASE)],
        [["1", "540101", "11", "0001", "0001", *_PERSON, "0401", "005099", "++-", "2", "4"]],
        _TITLE,
    ),
    Form(
        "ege",
        "Иностранные языки",
        [["Английский язык п.: 2024.06.07, у.: 2024.06.11"], _cells(_LANGUAGE)],
        [["1", "001", "540101", "11", "п:0001 у:0002", "0001", *_PERSON, "0401 005099", "++-", "1(2)", "2(3)", "2", "3", "5", "40"]],
        _TITLE + " День экзамена — письменной части.",
    ),
    Form(
        "oge",
        "ОГЭ",
        [["02 - Математика 2024.06.06"], _cells(_PROTOCOL + "Оценка")],
        [["1", "001", "540101", "9", "0001", "0001", *_PERSON, "0401", "005099", "++-", "1(2)", "3", "4"]],
        _TITLE,
    ),
    Form(
        "ege_by_school",
        "2024",
        [
            [
                "Муниципальное образование",
                "Образовательная организация",
                "Всего выпускников",
                "Русский язык",
                *[""] * 4,
                "Физика",
                *[""] * 4,
            ],
            ["", "", "", *_MEASURES, *_MEASURES],
        ],
        [["Заречный", "Школа № 1", "25", "25", "1", "4", "0", "68,5", "6", "0", "1", "0", "61"]],
        "Лист называется годом. Добавьте предметы справа: название над первой из пяти граф, под ним те же пять граф.",
        header_rows=2,
    ),
    Form(
        "ege_applications",
        "Заявления 2024",
        [
            ["Заявления на участие в ЕГЭ в 2024 году по предметам"],
            ["Муниципальное образование", "Образовательная организация", "Всего выпускников", "Предметы", ""],
            ["", "", "", "Русский язык", "Физика"],
        ],
        [["Заречный", "Школа № 1", "25", "25", "6"]],
        "Добавьте предметы справа, по графе на предмет; год — в заголовке.",
        header_rows=2,
    ),
    Form(
        "vpr_individual",
        "Ф1",
        [
            *_report("Индивидуальные результаты"),
            ["", "", "", "", "", "", "Б", "П"],
            [
                *_cells("ОО;Муниципалитет;Название ОО;Код участника;Класс;Вариант;1 (2б);2 (1б)"),
                "Первичный балл",
                "Отметка",
                "Отметка по журналу",
            ],
        ],
        [["edu540101", "Заречный", "Школа № 1", "50001", "5А", "1", "2", "1", "3", "5", "4"]],
        _REPORT + " Графы заданий — по числу заданий работы, в скобках наибольший балл, над ними уровень (Б, П, В).",
    ),
    Form(
        "vpr_marks",
        "Ф2",
        [*_report("Статистика по отметкам"), _cells("Группы участников;Кол-во ОО;Кол-во участников;2;3;4;5")],
        [["(edu540101) Школа № 1", "1", "20", "0", "50", "25", "25"]],
        _REPORT + " Строка школы: (логин) название. Доли — в процентах.",
    ),
    Form(
        "vpr_journal",
        "Ф3",
        [*_report("Сравнение отметок с отметками по журналу"), _cells("Группы участников;Кол-во участников;%")],
        [
            ["(edu540101) Школа № 1", "", ""],
            ["Понизили (Отметка < Отметка по журналу)", "2", "10"],
            ["Подтвердили (Отметка = Отметка по журналу)", "17", "85"],
            ["Повысили (Отметка > Отметка по журналу)", "1", "5"],
            ["Всего", "20", "100"],
        ],
        _REPORT + " На школу — пять строк: (логин) название, понизили, подтвердили, повысили, всего.",
    ),
    Form(
        "vpr_scores",
        "Ф4",
        [*_report("Распределение первичных баллов"), _cells("Группы участников;Кол-во участников;0;1;2;3")],
        [["(edu540101) Школа № 1", "20", "0", "50", "25", "25"]],
        _REPORT + " Графы баллов — от 0 до наибольшего, доли в процентах.",
    ),
    Form(
        "vpr_tasks",
        "Ф5",
        [*_report("Выполнение заданий"), _cells("Группы участников;Кол-во ОО;Кол-во участников;1;2"), ["Макс балл", "", "", "2", "1"]],
        [["(edu540101) Школа № 1", "1", "20", "70", "55"]],
        _REPORT + " Графы заданий — по числу заданий работы, под ними наибольший балл; доли в процентах.",
        header_rows=2,
    ),
    Form(
        "vpr_marks_flat",
        "Отметки",
        [_cells("Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;2;3;4;5")],
        [[*_FLAT, "0", "50", "25", "25"]],
    ),
    Form(
        "vpr_scores_flat",
        "Баллы",
        [_cells("Год;Класс;Предмет;Муниципалитет;Логин;ОО;Кол-во участников;0;1;2;3")],
        [[*_FLAT, "0", "50", "25", "25"]],
    ),
]


def forms_of(source: Source) -> list[Form]:
    """The sheets of this source's template, in the order of its layouts."""
    return [form for name, layout in source.layouts.items() for form in _forms(name, layout, len(source.layouts))]


def exports_of(source: Source) -> dict[str, str]:
    """The layouts of this source that have no template, and where they come from."""
    return {name: EXPORTS[name] for name in source.layouts if name in EXPORTS}


def _forms(name: str, layout: Layout, siblings: int) -> Iterator[Form]:
    own = [form for form in _OWN if form.layout == name]
    if own or name in EXPORTS:
        yield from own
    else:
        yield _tabular(name, layout, "Данные" if siblings == 1 else layout.title)


def _tabular(name: str, layout: Layout, sheet: str) -> Form:
    columns = {title: example for title, example in _headers(layout)}
    return Form(name, _sheet_name(sheet), [list(columns)], [list(columns.values())])


def _sheet_name(title: str) -> str:
    """As much of a title, in whole words, as Excel takes for the name of a sheet."""
    return shorten(re.sub(r"[\[\]:*?/\\]", " ", title), NAME_CHARACTERS, placeholder="").strip(" ,.'")


def _headers(layout: Layout) -> Iterator[tuple[str, str]]:
    """The headers in the order of the declaration, with a cell that is right also beside the others."""
    later = {check.order[1] for check in layout.checks if check.order}
    for name, column in layout.columns.items():
        example = "31.08.2024" if name in later else example_of(column)
        if column.header:
            yield column.header, example
        yield from zip(column.headers, example.split(" "), strict=False)
