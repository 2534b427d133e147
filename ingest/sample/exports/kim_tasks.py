"""Specifications of КИМ: a workbook a year for ЕГЭ and ВПР, a text file a year for ОГЭ and ГВЭ. For the first year nobody has kept them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ingest.sample.files import Cell, Csv, Landing, Sheet
from ingest.sample.model import World
from ingest.sample.model.subjects import GVE_SUBJECTS, LONG, OGE_SUBJECTS, ORAL, SHORT, SUBJECTS, Subject
from ingest.sample.model.vpr import PAPER, TASKS

HEADER = (
    "Процедура;Год;Код предмета;Класс;Код работы;Номер задания;Тип ответа;Элемент содержания;Проверяемое умение;Уровень сложности;"
    "Максимальный балл"
)
SKILLS = {SHORT: "Находить и применять известное", LONG: "Рассуждать и обосновывать", ORAL: "Говорить и вести беседу"}
# Some write the kind of answer in a letter or two.
LETTERS = {SHORT: "К", LONG: "РО", ORAL: "У"}
TASKS_OF_AN_ELEMENT = 4

# The procedure, its class where the specification names one, its subjects.
Papers = tuple[str, str, list[Subject]]
EGE: list[Papers] = [("ЕГЭ", "", SUBJECTS)]
OGE: list[Papers] = [("ОГЭ", "9", OGE_SUBJECTS), ("ГВЭ", "", GVE_SUBJECTS)]


def write(world: World, landing: Landing) -> None:
    """The tasks of every paper, in its order."""
    for year in list(world.years)[1:] or list(world.years):
        sheet = _sheet(year, EGE)
        if year == world.last_year:
            sheet.faulty("unknown_code", ["ЕГЭ", year, "01", "", "", "28", "сочинение", "Раздел 9", SKILLS[LONG], "В", 1])
            sheet.faulty("out_of_range", ["ЕГЭ", year, "01", "", "", "29", LONG, "Раздел 9", SKILLS[LONG], "В", 0])
        landing.xlsx(f"kim_tasks/КИМ ЕГЭ {year}.xlsx", sheet, date(year, 2, 10))
        landing.csv(f"kim_tasks/КИМ ГИА-9 {year}.csv", _sheet(year, OGE, LETTERS), date(year, 2, 12), Csv("utf-8-sig"))
        if world.works:
            landing.xlsx(f"kim_tasks/КИМ ВПР {year}.xlsx", _of_vpr(world, year), date(year, 2, 14))


def _of_vpr(world: World, year: int) -> Sheet:
    """By the name of the subject: where ВПР has one that no exam has, there is no code."""
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for work in (work for work in world.works if work.year == year):
        for task, top in zip(TASKS, PAPER.maxima, strict=True):
            sheet.record(["ВПР", year, work.subject, work.grade, "", task, "", "", "", "П" if top > 1 else "Б", top])
    return sheet


def _sheet(year: int, papers: Iterable[Papers], spelled: dict[str, str] | None = None) -> Sheet:
    sheet = Sheet()
    sheet.text(*HEADER.split(";"))
    for procedure, grade, subjects in papers:
        for subject in subjects:
            for kind, row in _rows(subject):
                sheet.record([procedure, year, subject.code, grade, "", row[0], (spelled or {}).get(kind, kind), *row[1:]])
    return sheet


def _rows(subject: Subject) -> Iterator[tuple[str, list[Cell]]]:
    """The kind of answer of each task, its number, and what follows the kind."""
    for place, task in enumerate(subject.tasks):
        element = f"Раздел {1 + place // TASKS_OF_AN_ELEMENT}"
        yield task.answer_kind, [task.number, element, SKILLS[task.answer_kind], task.level, task.top]
