"""Lists of people by what they do besides their job (all are on the personnel lists), and what their pay and courses are planned by.

Sources: experts, group_members, checkers, staff_diagnostics, incentives, planned_courses, programme_topics.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import product

from ingest.sample.exports.plain import Row, doubled, in_numbers, named, plain
from ingest.sample.files import Csv, Landing
from ingest.sample.model import World
from ingest.sample.model.places import School
from ingest.sample.model.pupils import letters_of
from ingest.sample.model.staff import HEAD, HIGHEST, PROGRAMMES, QUALITY_PROGRAMMES, QUALITY_TOPIC, TEACHER, Job
from ingest.sample.untidy import any_case, quoted, spaced

PERSON = "СНИЛС;Фамилия;Имя;Отчество"
EXPERTS = f"{PERSON};Код ОО;ОКТМО;Специализация;Действует с;Действует по"
SPECIALISATIONS = ["Русский язык", "Математика", "Аудит систем УКО", "Экспертиза ООП", "Аттестация педагогических работников"]
MEMBERS = f"Группа;{PERSON};Код ОО;ОКТМО;Роль;Действует с;Действует по"
MEMBERS_OF_A_GROUP = 5

CHECKERS = f"Процедура;Дата проведения;Предмет;Код ОО;Класс;Роль;{PERSON};Код ОО места работы;Ведёт предмет в классе;Количество работ"

DIAGNOSTICS = f"Код диагностики;Дата;{PERSON};Код ОО;Группа должностей;Компетенция;Балл;Максимальный балл"
COMPETENCES = {TEACHER: ["предметная", "методическая", "оценочная"], HEAD: ["аналитическая", "управленческая"]}

INCENTIVES = "Код ОО;Период;Кому;Код критерия;Критерий;Код показателя;Количество педагогов;Балл;Максимальный балл"
CRITERIA = [
    ("руководитель", "Р1", "Результаты ГИА", "ege_pass_share_mandatory"), ("руководитель", "Р2", "Открытость", "site_openness_index"),
    ("руководитель", "Р3", "Исполнение корректирующих действий", "capa_on_time"),
    ("педагоги", "П1", "Квалификация", "staff_cat_high"), ("педагоги", "П2", "Участие в конкурсах", ""),
]  # fmt: skip
INCENTIVE_HIGHEST = 10

# A course of the plan is taught in groups one after another.
COURSE_LASTS, HEADS_OF_A_COURSE = timedelta(days=150), 25
COURSES = "Программа;Тема;Объём, ч;Категория слушателей;Дата начала;Дата окончания;План, чел."
TOPICS = "Программа как в файле;Тема;Дата решения о теме"


def write_experts(world: World, landing: Landing) -> None:
    """One row an expert and specialisation: teachers of the highest category; some terms are over."""
    rng = world.stream("export/experts")
    best = {decision.worker.snils for decision in world.staff.decisions if decision.category == HIGHEST and decision.granted}
    able = [job for job in _employed(world, TEACHER) if job.worker.snils in best]
    sheet = plain(EXPERTS, [], "Реестр экспертов в сфере оценки качества общего образования")
    for job in rng.sample(able, max(1, len(able) // 12)) if able else []:
        start = max(job.start, date(world.first_year - 1, 12, 1) + timedelta(days=rng.randrange(0, 300 * len(world.years))))
        end = start + timedelta(days=3 * 365) if rng.random() < 0.7 else None
        sheet.record([*named(rng, job.worker), job.school.code, "", spaced(rng, rng.choice(SPECIALISATIONS)), start, end])
    row: Row = [*named(rng, _employed(world, TEACHER)[0].worker), "", "", "Математика"]
    sheet.faulty("conflicting_value", [*row, date(2024, 9, 1), date(2023, 9, 1)])
    sheet.faulty("bad_date", [*row, "с прошлого года", None])
    landing.xlsx("experts/Реестр экспертов.xlsx", in_numbers(sheet, 0, 4), date(world.last_year, 9, 8))


def write_group_members(world: World, landing: Landing) -> None:
    """One row a member: a project group in every other municipality, led by a head of a school."""
    rng = world.stream("export/group_members")
    start = date(world.first_year - 1, 11, 1)
    sheet = plain(MEMBERS, [], "Муниципальные проектные группы")
    homes: dict[int, list[Job]] = defaultdict(list)
    for job in [*_employed(world, HEAD), *_employed(world, TEACHER)]:
        homes[job.school.municipality.number].append(job)
    for jobs in list(homes.values())[::2]:
        home = jobs[0].school.municipality
        name = f"Проектная группа МСОКО, {home.on(world.last_day).name}"
        roles = ["председатель", "секретарь", *["член группы"] * MEMBERS_OF_A_GROUP]
        for role, job in zip(roles, [jobs[0], *rng.sample(jobs[1:], min(len(jobs) - 1, MEMBERS_OF_A_GROUP))], strict=False):
            place: Row = [job.school.code, home.on(start).oktmo]
            sheet.record([name, *named(rng, job.worker), *place, any_case(rng, role), max(start, job.start), None])
    row: Row = ["Проектная группа МСОКО", *named(rng, _employed(world, HEAD)[0].worker), "", ""]
    sheet.faulty("unknown_code", [*row, "наблюдатель", start, None])
    sheet.faulty("missing_value", ["", *row[1:], "", start, None])
    landing.csv("group_members/Проектные группы.csv", sheet, date(world.last_year, 4, 2), Csv("utf-8-sig"))


def write_checkers(world: World, landing: Landing) -> None:
    """One row a checker: for every third school somebody of another school, or, against the rule, of its own."""
    rng = world.stream("export/checkers")
    sheet = plain(CHECKERS, [], "Лица, привлекаемые к проверке работ")
    teachers: dict[School, list[Job]] = defaultdict(list)
    for job in _employed(world, TEACHER, date(world.last_year, 4, 1)):
        teachers[job.school].append(job)
    strangers = [job for jobs in teachers.values() for job in jobs]
    for work, school in product([work for work in world.works if work.year == world.last_year], list(teachers)[::3]):
        pupils = world.enrolment.get((school, work.year - 1), {}).get(str(work.grade))
        if pupils:
            own = rng.random() < 0.3
            job = rng.choice(teachers[school] if own else strangers)
            teaches = any_case(rng, rng.choice(("да", "нет"))) if own and rng.random() < 0.6 else ""
            letter = rng.choice(letters_of(pupils))
            there = job.school.code if rng.random() < 0.4 else ""
            head: Row = ["ВПР", work.day, work.subject, school.code, f"{work.grade}{letter}", rng.choice(("эксперт", "проверяющий"))]
            sheet.record([*head, *named(rng, job.worker), there, teaches, min(pupils, 28)])
    row: Row = ["ВПР", date(world.last_year, 4, 16), "Математика"]
    person = named(rng, strangers[0].worker)
    sheet.faulty("unknown_school", [*row, "989898", "5А", "эксперт", *person, "", "", 20])
    sheet.faulty("unknown_code", [*row, world.places.schools[0].code, "5А", "дежурный", *person, "", "", 20])
    landing.csv("checkers/Состав комиссий.csv", sheet, date(world.last_year, 5, 20))


def write_staff_diagnostics(world: World, landing: Landing) -> None:
    """One row a person and competence: every twentieth teacher and half of the heads, once in the last year."""
    rng = world.stream("export/staff_diagnostics")
    sheet, day = plain(DIAGNOSTICS, []), date(world.last_year, 3, 12)
    for (group, competences), share in zip(COMPETENCES.items(), (20, 2), strict=True):
        for job in _employed(world, group, day)[::share]:
            person = [f"ДПК-{world.last_year}-{group[0].upper()}", day, *named(rng, job.worker), job.school.code, group]
            for competence in competences:
                score = "не явился" if rng.random() < 0.02 else min(100, max(0, round(rng.gauss(64 + 9 * job.worker.drive, 11))))
                sheet.record([*person, competence, score, 100])
    row: Row = ["ДПК-Х", day, *named(rng, _employed(world, TEACHER)[0].worker), "", TEACHER, "предметная"]
    sheet.faulty("conflicting_value", [*row, 120, 100])
    sheet.faulty("missing_value", [*row, 80, ""])
    landing.xlsx("staff_diagnostics/Диагностика компетенций.xlsx", in_numbers(doubled(sheet), 4, 12), date(world.last_year, 4, 4))


def write_incentives(world: World, landing: Landing) -> None:
    """One row a school, half-year and criterion: heads by themselves, teachers as the school's mean."""
    rng = world.stream("export/incentives")
    sheet = plain(INCENTIVES, [], "Показатели для установления выплат стимулирующего характера")
    teachers: dict[School, int] = defaultdict(int)
    for job in _employed(world, TEACHER):
        teachers[job.school] += 1
    for school, half, (recipient, code, criterion, indicator) in product(list(teachers), (1, 2), CRITERIA):
        people = teachers[school] if recipient == "педагоги" else ""
        score = round(min(INCENTIVE_HIGHEST, max(0.0, rng.gauss(6 + 2 * school.quality, 1.5))), 1)
        period = f"{half} полугодие {world.last_year}"
        sheet.record([school.code, period, recipient, code, criterion, indicator, people, score, INCENTIVE_HIGHEST])
    row: Row = [world.places.schools[0].code, "2030"]
    sheet.faulty("unknown_code", [*row, "завуч", "Р1", "", "", "", 5, INCENTIVE_HIGHEST])
    sheet.faulty("conflicting_value", [*row, "руководитель", "Р1", "", "", "", 15, INCENTIVE_HIGHEST])
    landing.csv("incentives/Стимулирующие выплаты.csv", sheet, date(world.last_year, 9, 5), Csv("cp1251", ";"))


def write_planned_courses(world: World, landing: Landing) -> None:
    """One row a group of listeners: what the institute plans for every year."""
    rng = world.stream("export/planned_courses")
    sheet = plain(COURSES, [], "План курсов повышения квалификации")
    for year, (programme, topic) in product(world.years, _programmes()):
        start = date(year, rng.choice((1, 2, 9)), rng.randrange(8, 28))
        listeners, people = ("Руководители", HEADS_OF_A_COURSE) if topic == QUALITY_TOPIC else ("педагоги", 25 * rng.randrange(2, 7))
        sheet.record([programme, topic, rng.choice((16, 36, 72)), listeners, start, start + COURSE_LASTS, people])
    sheet.faulty("bad_number", ["Первая помощь", "", 16, "педагоги", date(2030, 2, 1), None, "по заявкам"])
    sheet.faulty("conflicting_value", ["Первая помощь", "", 16, "педагоги", date(2030, 2, 1), date(2030, 1, 1), 25])
    landing.xlsx("planned_courses/План курсов.xlsx", sheet, date(world.last_year - 1, 12, 1))


def write_programme_topics(world: World, landing: Landing) -> None:
    """One row a programme with a topic, as course lists spell the programme."""
    rng = world.stream("export/programme_topics")
    topics = [(programme, topic) for programme, topic in _programmes() if topic]
    sheet = plain(TOPICS, [[quoted(rng, programme), topic, date(world.first_year, 1, 12)] for programme, topic in topics])
    sheet.faulty("missing_value", ["Первая помощь", "", date(world.first_year, 1, 12)])
    sheet.faulty("out_of_range", ["Первая помощь", "ОБЖ", date(2131, 1, 12)])
    landing.csv("programme_topics/Темы программ.csv", sheet, date(world.first_year, 1, 20), Csv("utf-8"))


def _programmes() -> list[tuple[str, str]]:
    return [*((programme, QUALITY_TOPIC) for programme in QUALITY_PROGRAMMES), *PROGRAMMES]


def _employed(world: World, group: str, day: date | None = None) -> list[Job]:
    """Who has this as the main job on the day (without one, on the last)."""
    day = day or world.last_day
    return [job for job in world.staff.jobs if job.group == group and job.is_main and job.start <= day and (not job.end or job.end >= day)]
