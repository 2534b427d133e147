"""The fictional region looks like a region: codes that check, shares in the range of real ones, histories that hold together."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random
from statistics import correlation, mean

import pytest

from ingest.sample.model import World, build_world
from ingest.sample.model.network import connect
from ingest.sample.model.people import document, snils
from ingest.sample.model.places import School, build_places
from ingest.sample.model.staff import FIRST, HEAD, HIGHEST, OPEN_ENDED_SINCE, QUALITY_TOPIC, TEACHER, Job
from ingest.sample.model.subjects import BASE_MATHS, BY_CODE, PROFILE_MATHS, RUSSIAN, SUBJECTS, Subject
from ingest.sample.untidy import NBSP, quoted, spaced
from ingest.sample.untidy import snils as spelled


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(schools=90, years=3, seed=1, last_year=2026)


def shares(world: World, year: int, code: str) -> tuple[float, float, float]:
    """Mean, share below the minimum and share from ТБ2 on, by the last result of this year's graduates."""
    last = {}
    for attempt in world.exams[year]:
        if attempt.subject.code == code and attempt.score is not None and attempt.graduate.grade:
            last[attempt.graduate] = attempt.score
    scores, subject = list(last.values()), BY_CODE[code]
    below, high = (sum(score < subject.pass_score for score in scores), sum(score >= subject.high_score(year) for score in scores))
    return sum(scores) / len(scores), below / len(scores), high / len(scores)


def test_results_are_in_the_range_of_real_ones(world: World) -> None:
    for year in world.years:
        mean, below, high = shares(world, year, RUSSIAN)
        assert 50 < mean < 70 and below < 0.04 and 0.1 < high < 0.4
        mean, below, high = shares(world, year, PROFILE_MATHS)
        assert 45 < mean < 65 and 0.03 < below < 0.2 and 0.2 < high < 0.5


def test_most_graduates_pass_and_some_do_not(world: World) -> None:
    for attempts in world.exams.values():
        passed: dict[object, set[bool]] = {}
        sat = set()
        for attempt in attempts:
            if attempt.subject.code in {RUSSIAN, PROFILE_MATHS, BASE_MATHS} and attempt.graduate.grade and attempt.score is not None:
                sat.add(attempt.graduate)
                if attempt.is_passed:
                    passed.setdefault(attempt.graduate, set()).add(attempt.subject.code == RUSSIAN)
        assert 0.9 < sum(len(kinds) == 2 for kinds in passed.values()) / len(sat) < 0.99


def test_small_schools_exist(world: World) -> None:
    graduates = Counter(attempt.graduate.school for attempt in world.exams[2026] if attempt.subject.code == RUSSIAN)
    assert 3 <= sum(count < 5 for count in graduates.values()) < len(graduates) / 2


def test_vpr_marks_are_in_the_range_of_real_ones(world: World) -> None:
    for work in world.works:
        marked = [pupil for pupil in world.pupils(work) if pupil.mark]
        quality = sum((pupil.mark or 0) >= 4 for pupil in marked) / len(marked)
        success = sum((pupil.mark or 0) >= 3 for pupil in marked) / len(marked)
        compared = [pupil for pupil in marked if pupil.journal_mark]
        confirmed = sum(pupil.mark == pupil.journal_mark for pupil in compared) / len(compared)
        assert 0.3 < quality < 0.75 and 0.75 < success < 0.98 and 0.55 < confirmed < 0.75


def test_the_same_work_is_written_the_same_way_twice(world: World) -> None:
    first, second = world.pupils(world.works[0]), world.pupils(world.works[0])
    assert [(pupil.school.code, pupil.tasks, pupil.mark) for pupil in first] == [
        (pupil.school.code, pupil.tasks, pupil.mark) for pupil in second
    ]


def employed(world: World, group: str, day: date) -> set[str]:
    return {job.worker.snils for job in world.staff.jobs if job.group == group and job.is_main and at_work(job, day)}


def at_work(job: Job, day: date) -> bool:
    return job.start <= day and (job.end is None or job.end >= day)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2026, 9, 1)])
def test_qualification_is_in_the_range_of_real_ones(world: World, day: date) -> None:
    teachers, best = employed(world, TEACHER, day), {}
    for decision in world.staff.decisions:
        valid = decision.granted and decision.day <= day and (decision.until is None or decision.until >= day)
        if valid and decision.category in {HIGHEST, FIRST} and best.get(decision.worker.snils) != HIGHEST:
            best[decision.worker.snils] = decision.category
    counts = Counter(best.get(person) for person in teachers)
    assert 0.2 < counts[HIGHEST] / len(teachers) < 0.4
    assert 0.2 < counts[FIRST] / len(teachers) < 0.4
    since = day.replace(year=day.year - 3)
    trained = {course.worker.snils for course in world.staff.courses if since < course.end <= day and course.hours >= 16}
    assert 0.65 < len(teachers & trained) / len(teachers) < 0.92


def test_more_and_more_heads_know_quality_management(world: World) -> None:
    def share(day: date) -> float:
        heads = employed(world, HEAD, day)
        trained = {
            course.worker.snils
            for course in world.staff.courses
            if course.topic == QUALITY_TOPIC and course.end <= day and course.hours >= 16
        }
        return len(heads & trained) / len(heads)

    assert 0.05 < share(date(2024, 1, 1)) < share(date(2026, 9, 1)) < 0.7


def test_about_two_schools_in_five_have_had_a_certificate(world: World) -> None:
    holders = {event.school for event in world.certificates}
    assert 0.25 < len(holders) / len(world.places.schools) < 0.5
    assert {event.status for event in world.certificates} == {"действует", "приостановлен", "возобновлён", "прекращён"}


def test_nothing_happens_after_the_last_day(world: World) -> None:
    days = [attempt.day for attempts in world.exams.values() for attempt in attempts]
    days += [event.day for event in world.certificates] + [decision.day for decision in world.staff.decisions]
    days += [course.end for course in world.staff.courses] + [work.day for work in world.works]
    assert max(days) <= world.last_day


def test_nobody_works_at_a_school_before_it_opens(world: World) -> None:
    assert not [job for job in world.staff.jobs if job.school.opened.year > 2008 and job.start < job.school.opened]


def test_categories_have_no_end_since_the_order_of_2023(world: World) -> None:
    granted = [decision for decision in world.staff.decisions if decision.granted]
    assert all((decision.until is None) == (decision.day >= OPEN_ENDED_SINCE or "педагог" in decision.category) for decision in granted)


def test_registers_have_histories(world: World) -> None:
    schools = world.places.schools
    assert any(len(municipality.versions) == 2 for municipality in world.places.municipalities)
    closed = [school for school in schools if school.closed]
    assert closed and all(school.successor and school.successor.is_open(world.last_day) for school in closed)
    assert any(school.renamed for school in schools) and any(school.opened.year > 2008 for school in schools)


def test_codes_are_unique_and_check(world: World) -> None:
    schools = world.places.schools
    for codes in ([s.code for s in schools], [s.login for s in schools], [s.inn for s in schools], [s.ogrn for s in schools]):
        assert len(set(codes)) == len(schools)
    assert all(inn_holds(school) and int(school.ogrn[:12]) % 11 % 10 == int(school.ogrn[12]) for school in schools)
    oktmo = [version.oktmo for municipality in world.places.municipalities for version in municipality.versions]
    assert len(set(oktmo)) == len(oktmo) and all(len(code) == 8 and code.startswith("09") for code in oktmo)


def inn_holds(school: School) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(school.inn, (2, 4, 10, 3, 5, 9, 4, 6, 8), strict=False))
    return weighted % 11 % 10 == int(school.inn[9])


def test_a_known_snils_checks_by_hand() -> None:
    """Serial 1: 900000000 + 61195301 = 961195301; 9·9+6·8+1·7+1·6+9·5+5·4+3·3+0·2+1·1 = 217; 217 mod 101 = 15."""
    assert snils(1) == "96119530115"


def test_numbers_of_people_do_not_repeat() -> None:
    serials = range(1, 50_000)
    assert len({snils(serial) for serial in serials}) == len(serials)
    assert len({document(serial) for serial in serials}) == len(serials)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_scales_rise_from_nothing_to_everything(subject: Subject) -> None:
    scale = subject.scale
    assert list(scale) == sorted(scale)
    assert (scale[0], scale[-1]) == ((2, 5) if subject.code == BASE_MATHS else (0, 100))


def test_the_scale_of_russian_by_hand() -> None:
    """Knots (0, 0), (15, 36), (40, 73), (50, 100): 10 points are the certificate's 24, 45 are halfway to 100."""
    scale = BY_CODE[RUSSIAN].scale
    assert (scale[10], scale[15], scale[40], scale[45]) == (24, 36, 73, 86)


def test_blemishes_leave_the_value_what_it_is() -> None:
    rng = Random(1)
    name = "МБОУ «СОШ № 1»"
    variants = {quoted(rng, name) for _ in range(2000)}
    assert {variant.replace(NBSP, " ").replace("  ", " ").replace('"СОШ', "«СОШ").replace('1"', "1»").strip() for variant in variants} == {
        name
    }
    assert any(NBSP in variant for variant in variants) and any('"' in variant for variant in variants)
    assert {spaced(rng, "Учитель физики").split() == ["Учитель", "физики"] for _ in range(500)} == {True}
    assert {spelled(rng, "96119530115") for _ in range(100)} == {"96119530115", "961-195-301 15", "961-195-301-15"}


def test_the_network_has_the_control_totals_where_schools_suffice() -> None:
    """The founding news: 9 КЦ and 29 УМЦ on 28.09.2017."""
    places = build_places(Random(1), 150, 2024, 2026)
    network = connect(Random(1), places.schools, 2024, 2026)
    day = date(2017, 9, 28)
    roles = Counter(node.role for node in network if node.is_valid(day))
    assert (roles["КЦ"], roles["УМЦ"]) == (9, 29)
    codes = {node.code for node in network}
    assert all(node.upper in codes for node in network if node.role != "КЦ")
    looked_after = Counter(node.upper for node in network if node.role == "ОО" and node.is_valid(day))
    assert len(looked_after) == 29 and max(looked_after.values()) - min(looked_after.values()) <= 1


def test_a_cohort_moves_up_and_grade_11_graduates(world: World) -> None:
    graduates = defaultdict(set)
    for year, attempts in world.exams.items():
        for attempt in attempts:
            if attempt.graduate.grade:
                graduates[attempt.graduate.school, year].add(attempt.graduate)
    assert all(0 <= pupils["12" if school.is_evening else "11"] - len(graduates[school, autumn + 1]) <= 1
               for (school, autumn), pupils in world.enrolment.items() if autumn < world.last_year)  # fmt: skip
    moved = [
        (pupils[str(grade)], world.enrolment[school, autumn + 1][str(grade + 1)])
        for (school, autumn), pupils in world.enrolment.items()
        for grade in range(1, 9)
        if (school, autumn + 1) in world.enrolment and not school.is_evening
    ]
    assert len(moved) > 1000 and all(before == after for before, after in moved)


def test_passports_go_with_results_but_do_not_tell_them(world: World) -> None:
    """So that there is something left to explain: good results in hard circumstances, and the reverse."""
    scores = defaultdict(list)
    for attempt in world.exams[world.last_year]:
        if attempt.subject.code == RUSSIAN and attempt.score is not None and attempt.graduate.grade == "11":
            scores[attempt.graduate.school].append(attempt.score)
    passports = [passport for passport in world.passports if passport.autumn == world.last_year - 1 and len(scores[passport.school]) >= 4]
    results = [mean(scores[passport.school]) for passport in passports]

    def shares(name: str) -> list[float]:
        return [passport.shares[name] for passport in passports]

    assert 0.3 < correlation(results, shares("Доля семей с высшим образованием")) < 0.9
    assert -0.9 < correlation(results, shares("Доля малообеспеченных семей")) < -0.3
    assert correlation(shares("Доля семей с высшим образованием"), shares("Доля семей в благоустроенном жилье")) > 0.5


def test_better_schools_win_olympiads(world: World) -> None:
    by_school = defaultdict(list)
    for entry in world.olympiads:
        if entry.stage.name == "школьный":
            by_school[entry.contestant.school].append(entry.points)
    schools = list(by_school)
    assert correlation([school.quality for school in schools], [mean(by_school[school]) for school in schools]) > 0.6
    stages = Counter(entry.stage.name for entry in world.olympiads)
    assert stages["школьный"] > 3 * stages["муниципальный"] > 6 * stages["региональный"] > 0


def test_nodes_get_better_at_managing_quality(world: World) -> None:
    """Seen from outside; a node's own view is a little kinder."""
    external: dict[int, list[float]] = defaultdict(list)
    for audit in world.audits:
        if audit.kind == "внешний":
            external[audit.day.year] += [score for score in audit.scores.values() if score is not None]
    assert mean(external[2024]) < mean(external[2026])
    due = [(action.due, action.done) for action in world.actions if action.due and action.due <= world.last_day]
    in_time = sum(bool(done and done <= day) for day, done in due) / len(due)
    assert 0.6 < in_time < 0.9
    assert all(day is None or day <= world.last_day for action in world.actions for day in (action.done, action.verified))


def test_what_is_made_late_does_not_depend_on_what_was_made_before() -> None:
    one, other = (build_world(schools=9, years=1, seed=1, last_year=2026) for _ in range(2))
    assert one.actions and other.olympiads
    assert [entry.code for entry in one.olympiads] == [entry.code for entry in other.olympiads]
    assert [action.code for action in one.actions] == [action.code for action in other.actions]
    assert [list(one.results(work)) != [] for work in one.diagnostics] == [list(other.results(work)) != [] for work in other.diagnostics]
