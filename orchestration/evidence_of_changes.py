"""Which of some files have rows behind which of some figures: for many figures at once what `oko explain` says of one.

Facts say of themselves which of their rows stand behind a number (lineage.py); their conditions are read from the publication, so they
are those that it was made by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from orchestration.explain import CUTS, TERRITORY, Row, literal
from orchestration.published import Pair

Side = Callable[[str], str]
_QUESTION = ("period", *CUTS)
# the day that stands for a period where a row names none (explain.py says the same of one period)
_DAYS = {
    "as_of": "{0}",
    "academic_year": "substring({0}, 6, 4) || '-04-01'",
    "wave": "substring({0}, 1, 7) || '-01'",
    "year": "substring({0}, 1, 4) || '-06-01'",
}


def files_behind(
    pair: Pair, side: Side, codes: Sequence[str], names: Sequence[str], figures: Callable[[str], str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The key of a figure and the name of a file that has rows behind it in this publication, in no order.

    `figures`: SQL of the figures of an indicator, by the columns of their key; `names`: the files that are asked about.
    """
    inside = ", ".join(literal(name) for name in names)
    touched = _touched_facts(pair, side, inside)
    wanted = ", ".join(literal(code) for code in codes)
    found = pair.ask(f"""
        SELECT i.indicator_code, i.period_kind, f.* FROM {side("core")}.bridge_indicator_basis AS b
        INNER JOIN {side("core")}.dim_fact AS f ON b.basis_name = f.fact_name
        INNER JOIN {side("core")}.dim_indicator AS i ON b.indicator_code = i.indicator_code
        WHERE b.basis_kind = 'fact' AND b.indicator_code IN ({wanted}) ORDER BY i.indicator_code, f.fact_name
    """)
    for fact in found:
        if fact["fact_name"] in touched:
            _, rows = pair.run(_behind(side, fact, inside, figures(fact["indicator_code"])))
            for *key, name in rows:
                yield tuple(key), name


def _touched_facts(pair: Pair, side: Side, inside: str) -> set[str]:
    """The facts that have rows of these files."""
    core = side("core")
    catalog, _, schema = core.replace('"', "").rpartition(".")
    where = f"column_name = 'file_name' AND table_schema = {literal(schema)}"
    where += f" AND table_catalog = {literal(catalog)}" if catalog else ""
    tables = [row["table_name"] for row in pair.ask(f"SELECT table_name FROM information_schema.columns WHERE {where}")]
    is_touched = "SELECT 1 AS one FROM {}.{} WHERE file_name IN ({}) LIMIT 1"
    return {table for table in tables if pair.ask(is_touched.format(core, table, inside))}


def _behind(side: Side, fact: Row, inside: str, figures: str) -> str:
    """The keys of the figures and the files whose rows of this fact stand behind them."""
    asked = ", ".join(f"p.asked_{name}" for name in _QUESTION)
    same_question = " AND ".join(f"c.{name} = p.asked_{name}" for name in _QUESTION)
    key = "c.indicator_code, c.period, c.level, c.entity_code, c.subject_code, c.grade, c.breakdown"
    hits = _hits(side, fact, inside, figures)
    if not fact["unit_expression"] and not fact["member_expression"]:
        return f"SELECT DISTINCT {key}, p.file_name FROM ({figures}) AS c INNER JOIN ({hits}) AS p ON {same_question}"
    members = _members_by_unit(side, fact, hits) if fact["unit_expression"] else _members(side, fact, hits)
    entities = f"""
        SELECT DISTINCT {asked}, m.level, m.entity_code, p.file_name
        FROM ({members}) AS p INNER JOIN {side("core")}.bridge_membership AS m
        ON p.member = m.member_code AND {_membership_day(side, fact)} BETWEEN m.valid_from AND m.valid_to
    """
    return f"""
        SELECT DISTINCT {key}, p.file_name FROM ({figures}) AS c
        INNER JOIN ({entities}) AS p ON {same_question} AND c.level = p.level AND c.entity_code = p.entity_code
    """


def _hits(side: Side, fact: Row, inside: str, figures: str) -> str:
    """Rows of the fact that speak of a question (an indicator in a period and a cut), whoever they are about."""
    cuts = ", ".join(f"{name} AS asked_{name}" for name in _QUESTION)
    day = _DAYS[fact["period_kind"]].format("period")
    questions = f"SELECT DISTINCT {cuts}, cast({day} AS date) AS asked_day FROM ({figures}) AS f"

    def say(text: str) -> str:
        return _asked(side, fact, text)

    conditions = [f"fact.file_name IN ({inside})"]
    if fact["in_period_condition"]:
        conditions.append(f"({say(fact['in_period_condition'])})")
    if fact["period_expression"]:
        conditions.append(f"{say(fact['period_expression'])} = q.asked_period")
    for expression, cut in (("subject_expression", "subject_code"), ("grade_expression", "grade")):
        if fact[expression]:
            conditions.append(f"(q.asked_{cut} = '' OR {say(fact[expression])} = q.asked_{cut})")
    if fact["applies_condition"]:
        conditions.append(f"({say(fact['applies_condition'])})")
    unit, member = (say(fact[name]) if fact[name] else "cast(NULL AS text)" for name in ("unit_expression", "member_expression"))
    row_day = say(fact["day_expression"]) if fact["day_expression"] else "q.asked_day"
    asked = ", ".join(f"q.asked_{name}" for name in _QUESTION)
    return f"""
        SELECT DISTINCT {asked}, fact.file_name, {unit} AS unit, {member} AS member, {row_day} AS row_day
        FROM ({questions}) AS q INNER JOIN {side("core")}.{fact["fact_name"]} AS fact ON {" AND ".join(conditions)}
    """


def _members_by_unit(side: Side, fact: Row, hits: str) -> str:
    """The members that the counted units of these rows count for."""
    asked = ", ".join(f"h.asked_{name}" for name in _QUESTION)
    same = " AND ".join(f"u.{name} = h.asked_{name}" for name in _QUESTION)
    return f"""
        SELECT DISTINCT {asked}, h.file_name, u.member_code AS member, u.event_date AS row_day
        FROM ({hits}) AS h INNER JOIN {side("intermediate")}.indicator_units AS u
        ON u.unit_id = h.unit AND u.indicator_code = {literal(fact["indicator_code"])} AND u.is_current AND {same}
    """


def _members(side: Side, fact: Row, hits: str) -> str:
    """The members of the rows; what happens at a closed school on the asked day is its successor's."""
    if not fact["in_period_condition"]:
        return hits
    asked = ", ".join(f"h.asked_{name}" for name in _QUESTION)
    return f"""
        SELECT {asked}, h.file_name, coalesce(a.attributed_code, h.member) AS member, h.row_day
        FROM ({hits}) AS h LEFT JOIN {side("core")}.bridge_school_attribution AS a
        ON h.member = a.school_code AND h.row_day BETWEEN a.valid_from AND a.valid_to
    """


def _membership_day(side: Side, fact: Row) -> str:
    """The day on which the roll-up looks for the entity: of a network or cluster, within the school year of the exam."""
    if fact["period_kind"] != "year":
        return "p.row_day"
    last = f"SELECT parameter_value FROM {side('core')}.dim_parameter WHERE parameter_code = 'network_last_day'"
    territory = ", ".join(literal(level) for level in TERRITORY)
    within = f"least(p.row_day, cast(substring(p.asked_period, 1, 4) || '-' || ({last}) AS date))"
    return f"CASE WHEN m.level IN ({territory}) THEN p.row_day ELSE {within} END"


def _asked(side: Side, fact: Row, text: str) -> str:
    """A condition with the indicator in its place, columns of the question for the rest, and values of parameters for `{code}`."""
    text = re.sub(r"\basked\.indicator_code\b", lambda _: literal(fact["indicator_code"]), text)
    text = re.sub(r"\basked\.(\w+)", r"q.asked_\1", text)
    value = f"(SELECT cast(parameter_value AS double precision) FROM {side('core')}.dim_parameter WHERE parameter_code = '{{}}')"
    return re.sub(r"\{(\w+)\}", lambda match: value.format(match[1]), text)
