"""How the nodes of the network manage quality: audits of every kind, nonconformities, the actions that follow, openness of school sites.

Who audits whom follows the network: КЦ → УМЦ → ОО. What a node is worth grows from year to year, more where the school is good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from ingest.sample.model.network import CENTRE, MEMBER, METHODICAL, Node
from ingest.sample.model.places import School

CRITERIA = ["К1", "К2", "К3", "К4", "К5"]
PROGRAMME_CRITERIA = ["ООП1", "ООП2", "ООП3"]
HIGHEST = 3
SELF, INTERNAL, EXTERNAL, REVIEW, VISIT = "самооценка", "внутренний", "внешний", "экспертиза", "визит"
NONE, MAJOR, MINOR, REMARK = "нет", "значительное", "незначительное", "наблюдение"
# (kind, month and day, whose nodes, every how many of them a year, what is looked at)
YEARLY = [
    (SELF, (9, 20), (CENTRE, METHODICAL, MEMBER), 1, "УКО"),
    (INTERNAL, (11, 15), (CENTRE, METHODICAL), 1, "УКО"),
    (VISIT, (2, 10), (CENTRE,), 1, "УКО"),
    (EXTERNAL, (3, 20), (METHODICAL,), 1, "УКО"),
    (EXTERNAL, (5, 12), (MEMBER,), 2, "УКО"),
    (REVIEW, (4, 5), (METHODICAL, MEMBER), 4, "ООП"),
]

CORRECTIVE, PREVENTIVE, RISK = "корректирующее", "предупреждающее", "риск"

SITE_CRITERIA = ["С1", "С2", "С3", "С4", "С5", "С6", "С7", "С8"]
SITE_HIGHEST = 2


@dataclass(frozen=True)
class Audit:
    """An audit of a node; the auditor is blank where the node looks at itself or the region at a centre. Scores by criterion."""

    code: str
    kind: str
    auditor: str
    node: Node
    day: date
    subject_matter: str
    scores: dict[str, float | None]

    def nonconformity(self, criterion: str) -> str:
        """What the score means to an auditor; a node's own view names none."""
        score = self.scores[criterion]
        if self.kind == SELF or score is None:
            return ""
        return MAJOR if score < 1 else MINOR if score < 2 else REMARK if score < 2.5 else NONE


@dataclass(frozen=True)
class Action:
    """What a node does about a nonconformity, or (no audit) against a risk."""

    code: str
    node: Node
    audit: str
    kind: str
    description: str
    due: date | None
    done: date | None
    verified: date | None
    is_effective: bool | None


@dataclass(frozen=True)
class SiteCheck:
    """A look at a school's site: the score of each criterion, None where it does not apply."""

    school: School
    day: date
    scores: dict[str, int | None]


def audit(rng: Random, network: list[Node], first_year: int, last_day: date) -> list[Audit]:
    """Every audit up to the last day, beginning with the self-assessment of the autumn before the first year."""
    worth = {node.code: rng.gauss(1.55, 0.35) + 0.3 * node.school.quality for node in network}
    serial = count(1)
    audits = []
    for year in range(first_year - 1, last_day.year + 1):
        for kind, day_of_year, roles, every, matter in YEARLY:
            day = date(year, *day_of_year)
            nodes = [node for node in network if node.role in roles and node.is_valid(day)]
            if date(first_year - 1, 9, 1) <= day <= last_day:
                grown = 0.14 * (year - first_year + 1)
                audits += [_audit(rng, serial, kind, node, day, matter, worth[node.code] + grown) for node in nodes[year % every :: every]]
    return audits


def act(rng: Random, audits: list[Audit], network: list[Node], last_day: date) -> list[Action]:
    """Most nonconformities lead to an action; centres work against a risk every year."""
    serial = count(1)
    actions = [
        _action(rng, serial, found.node, found.code, CORRECTIVE, f"Устранить несоответствие по критерию {criterion}", found.day, last_day)
        for found in audits
        for criterion in found.scores
        if found.nonconformity(criterion) in {MAJOR, MINOR} and rng.random() < 0.8
    ]
    for day in sorted({found.day for found in audits if found.kind == INTERNAL}):
        for node in (node for node in network if node.role != MEMBER and node.is_valid(day)):
            kind = rng.choice((PREVENTIVE, RISK))
            actions.append(_action(rng, serial, node, "", kind, "Снизить риск неприятия модели коллективом", day, last_day))
    return actions


def check_sites(rng: Random, schools: list[School], first_year: int, last_year: int) -> list[SiteCheck]:
    """Two schools in three are looked at in a spring; sites get better."""
    checks = []
    for school in schools:
        care = rng.gauss(0, 0.5) + 0.3 * school.quality
        for years_on in range(last_year - first_year + 1):
            day = date(first_year + years_on, 3, rng.randrange(11, 29))
            if rng.random() < 2 / 3 and school.is_open(day):
                scores = {criterion: _site_score(rng, care + 0.15 * years_on) for criterion in SITE_CRITERIA}
                checks.append(SiteCheck(school, day, scores))
    return checks


def _audit(rng: Random, serial: Iterator[int], kind: str, node: Node, day: date, matter: str, worth: float) -> Audit:
    # Who looks at himself sees a little more than an auditor does.
    seen = worth + (0.25 if kind == SELF else 0.0)
    scores = {criterion: _score(rng, seen) for criterion in (PROGRAMME_CRITERIA if matter == "ООП" else CRITERIA)}
    auditor = node.upper if kind == EXTERNAL else ""
    return Audit(f"АУД-{next(serial):05d}", kind, auditor, node, day + timedelta(days=rng.randrange(10)), matter, scores)


def _score(rng: Random, worth: float) -> float | None:
    """Halves from 0 to 3; now and then a criterion does not apply."""
    return None if rng.random() < 0.01 else min(HIGHEST, max(0.0, round(2 * rng.gauss(worth, 0.5)) / 2))


def _site_score(rng: Random, care: float) -> int | None:
    return None if rng.random() < 0.03 else min(SITE_HIGHEST, max(0, round(rng.gauss(1.3 + care, 0.6))))


def _action(rng: Random, serial: Iterator[int], node: Node, audit: str, kind: str, description: str, found: date, last_day: date) -> Action:
    due = found + timedelta(days=rng.randrange(45, 120)) if rng.random() > 0.03 else None
    # Three of four in time, most others late, a few never.
    chance = rng.random()
    delay = -rng.randrange(0, 25) if chance < 0.75 else rng.randrange(5, 60) if chance < 0.93 else None
    done = None if delay is None else (due or found + timedelta(days=90)) + timedelta(days=delay)
    done = done if done and done <= last_day else None
    verified = done + timedelta(days=rng.randrange(7, 40)) if done and rng.random() < 0.85 else None
    verified = verified if verified and verified <= last_day else None
    is_effective = rng.random() < 0.85 if verified else None
    return Action(f"КД-{next(serial):05d}", node, audit, kind, description, due, done, verified, is_effective)
