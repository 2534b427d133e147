"""Who was asked what, and what they answered: parents and pupils about their schools, nodes of the network about those above them.

Better schools please a little more, every year a little more than the last; no two people see a school alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from ingest.sample.model.network import CENTRE, MEMBER, METHODICAL, Node
from ingest.sample.model.places import School

PARENTS, PUPILS, CENTRE_SURVEY, METHODICAL_SURVEY = "УП-РОД", "УП-УЧ", "УП-КЦ", "УП-УМЦ"
GROUPS = {PARENTS: "родители", PUPILS: "обучающиеся", CENTRE_SURVEY: METHODICAL, METHODICAL_SURVEY: MEMBER}
# The month and the days of a wave.
WAVES = {PARENTS: (2, 5, 25), PUPILS: (2, 5, 25), CENTRE_SURVEY: (5, 14, 30), METHODICAL_SURVEY: (5, 14, 30)}
SHARE_OF_SCHOOLS, SHARE_WITHOUT_ANSWER = 0.7, 0.03
STEP_OF_A_YEAR = 0.07


@dataclass(frozen=True)
class Question:
    """A question on a scale of five; `lean` is how much higher than others it is answered. Of a reversed one more is worse."""

    code: str
    text: str
    lean: float = 0.0
    is_reversed: bool = False


@dataclass(frozen=True)
class Questionnaire:
    """What one respondent answered, question by question; None: could not say."""

    number: str
    moment: datetime
    school: School | None
    rater: str
    rated: str
    answers: list[int | None]


ABOUT_A_SCHOOL = [
    Question("В01", "Качество преподавания", 0.2),
    Question("В02", "Отношение педагогов к детям", 0.3),
    Question("В03", "Организация питания", -0.6),
    Question("В04", "Безопасность в школе", 0.1),
    Question("В05", "Кружки и секции", -0.2),
    Question("В06", "Сайт школы и сведения о её работе", -0.1),
    Question("В07", "Как часто Ваш ребёнок жалуется на перегрузку?", -0.3, is_reversed=True),
]
ABOUT_A_NODE = [
    Question("В01", "Консультации по системе управления качеством", 0.3),
    Question("В02", "Семинары и стажировки", 0.2),
    Question("В03", "Методические материалы"),
    Question("В04", "Помощь при внутреннем аудите", -0.3),
]


def ask_about_schools(rng: Random, survey: str, schools: list[School], year: int, years_on: int) -> Iterator[Questionnaire]:
    """Parents or pupils of most schools; of some only a few answer."""
    serial = 0
    month, first, last = WAVES[survey]
    for school in schools:
        # somebody always answers, if only at the first school
        if not school.is_open(date(year, month, first)) or (serial and rng.random() > SHARE_OF_SCHOOLS):
            continue
        liking = 3.7 + 0.3 * school.quality + STEP_OF_A_YEAR * years_on + rng.gauss(0, 0.15)
        for _ in range(rng.choice((3, 6, 8, 10, 12, 14, 16, 18, 20, 22))):
            serial += 1
            moment = _moment(rng, year, month, first, last)
            yield Questionnaire(f"{survey}-{year}-{serial:06d}", moment, school, "", "", _answers(rng, ABOUT_A_SCHOOL, liking))


def ask_about_nodes(rng: Random, survey: str, network: list[Node], year: int, years_on: int) -> Iterator[Questionnaire]:
    """Every node of one role about the node above it."""
    month, first, last = WAVES[survey]
    day, role = date(year, month, first), GROUPS[survey]
    liking = {node.code: 3.8 + STEP_OF_A_YEAR * years_on + rng.gauss(0, 0.3) for node in network if node.role in (CENTRE, METHODICAL)}
    raters = [node for node in network if node.role == role and node.upper and node.is_valid(day)]
    for serial, node in enumerate(raters, start=1):
        moment = _moment(rng, year, month, first, last)
        answers = _answers(rng, ABOUT_A_NODE, liking[node.upper])
        yield Questionnaire(f"{survey}-{year}-{serial:04d}", moment, None, node.code, node.upper, answers)


def _moment(rng: Random, year: int, month: int, first: int, last: int) -> datetime:
    return datetime(year, month, rng.randint(first, last), 8) + timedelta(seconds=rng.randrange(14 * 3600))


def _answers(rng: Random, questions: list[Question], liking: float) -> list[int | None]:
    own = liking + rng.gauss(0, 0.6)
    answers: list[int | None] = []
    for question in questions:
        answer = min(5, max(1, round(own + question.lean + rng.gauss(0, 0.6))))
        answers.append(None if rng.random() < SHARE_WITHOUT_ANSWER else 6 - answer if question.is_reversed else answer)
    return answers
