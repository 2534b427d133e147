"""A small landing folder written by hand, and the ways to run a refresh on it.

The region: two municipalities, three schools, one Russian exam, one appeal, a few teachers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.settings import load_settings
from orchestration.home import prepare_home
from orchestration.intake import Options
from orchestration.refresh import Refresh
from warehouse.engine import Warehouse

MUNICIPALITIES = "ОКТМО;Наименование;Тип;Код региона;Постоянный код;Действует с"
SCHOOLS = "Код ОО;Логин ФИС ОКО;Полное наименование;ИНН;ОКТМО;Действует с"
STAFF = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Группа должностей;Основное место работы;Дата с;Дата по"
EXAM = (
    "01 - Русский язык {day}",
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
    "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл",
)
APPEALS = (
    "01 - Русский язык {day}",
    "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
    "Дата отправки на обработку;Дата изменений;Балл до изменения;Текущие;;Разница",
    ";;;;;;;;;;;;;;;;Первичный балл;Балл;",
)
EXAM_DAY = "2024.05.28"

M1 = "54701000;город Заречный;городской округ;54;m1;01.01.2006"
M2 = "54601000;Моховой район;муниципальный район;54;m2;01.01.2006"


def school(code: str, oktmo: str = "54701000", name: str = "Школа") -> str:
    return f"{code};edu{code};{name} № {code[-2:]};54{code}0000;{oktmo};01.09.2008"


def teacher(snils: str, school_code: str, group: str = "педагог", start: str = "01.09.2020") -> str:
    return f"{snils};Лукашин;Ефим;Ильич;{school_code};учитель;{group};да;{start};"


def result(school_code: str, number: int, score: int) -> str:
    return f"{number};001;{school_code};11;0001;0001;Лукашин;Ефим;Ильич;0401;{number:06};++;1(2);{score // 2};{score}"


def appeal(school_code: str, number: int, before: int, after: int) -> str:
    who = f"{school_code};11;0001;0001;Лукашин;Ефим;;Ильич;0401 {number:06}"
    return f"1;{who};апелляция;удовлетворена;;05.06.2024 09:00:00;06.06.2024 10:00:00;{before};{after // 2};{after};{after - before}"


class Landing:
    """Writes files into landing/ with times of their own: each later file is a day younger."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._day = 1_700_000_000

    def write(self, name: str, header: str | Sequence[str], *rows: str, day: str = EXAM_DAY) -> Path:
        path = self.home / "landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [header] if isinstance(header, str) else [line.format(day=day) for line in header]
        path.write_text("\n".join([*lines, *rows, ""]), encoding="utf-8")
        self._day += 86_400
        os.utime(path, (self._day, self._day))
        return path

    def write_registers(self) -> None:
        self.write("municipalities/МО.csv", MUNICIPALITIES, M1, M2)
        self.write("schools/ОО.csv", SCHOOLS, school("540101"), school("540102"), school("540201", "54601000"))


def read_landing(
    *, full: bool = False, sources: tuple[str, ...] = (), look: Callable[[Warehouse], None] = lambda warehouse: None
) -> Refresh:
    """The part of a refresh before dbt, in the order of the night; `look` sees the warehouse at its end."""
    settings = load_settings()
    prepare_home(settings)
    with Refresh(settings) as refresh:
        refresh.land(Options(full=full, sources=sources))
        first = [name for name, source in refresh.sources.items() if source.provides]
        for source in [*first, *[name for name in refresh.sources if name not in first]]:
            refresh.read_source(source)
        refresh.read_unsorted()
        refresh.judge_waiting()
        look(refresh.warehouse)
        return refresh
