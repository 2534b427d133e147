"""Where a published number comes from: the number, the units that were counted, the rows of facts behind them and those left out.

Everything is read from the restricted publication, so it needs its permissions; what is said of people are counts, files and row numbers.
How a fact says which of its rows stand behind a number: lineage.py. How the answer looks: explain_report.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ingest.settings import Settings
from orchestration.published import Ask, from_core

Row = dict[str, Any]
TERRITORY = ("school", "municipality", "region")
CUTS = ("subject_code", "grade", "breakdown")
NEAREST = 8
UNITS = "intermediate.indicator_units"


class NotUnderstood(Exception):
    """The question names nothing, or several things; the message is Russian and says what there is."""


@dataclass(frozen=True)
class Question:
    """What a person asked: words as they were given."""

    indicator: str
    entity: str
    period: str
    level: str | None = None
    subject: str | None = None
    grade: str | None = None
    breakdown: str | None = None


@dataclass(frozen=True)
class Units:
    """The counted units of the number, added up again."""

    rows: int
    n: int
    numerator: float | None
    denominator: float | None
    members: list[Row]

    def reproduce(self, value: Row) -> bool:
        """Whether they give the number that is published."""
        pairs = ((self.numerator, value["numerator"]), (self.denominator, value["denominator"]), (self.n, value["n"]))
        return all((ours is None) == (theirs is None) and (ours is None or _near(ours, theirs)) for ours, theirs in pairs)


@dataclass(frozen=True)
class FileRows:
    """The rows of one file: how many, and the numbers of the first of them."""

    file_name: str | None
    count: int
    numbers: list[int]


@dataclass(frozen=True)
class Evidence:
    """The rows of one fact: those that count, and those that do not by reason."""

    fact: str
    title: str
    counted: list[FileRows]
    excluded: list[tuple[str, list[FileRows]]]


@dataclass(frozen=True)
class Answer:
    """Everything that is known of one number."""

    indicator: Row
    value: Row
    shown: Row | None
    subject_name: str
    before: str | None
    before_row: Row | None
    breaks: list[Row]
    versions: list[Row]
    parameters: list[Row]
    common_parameters: list[Row]
    thresholds: list[Row]
    seeds: list[str]
    units: Units | None
    evidence: list[Evidence]
    rejections: list[Row] = field(default_factory=list)


def explain(settings: Settings, question: Question, most: int | None) -> Answer:
    """The answer; `most` row numbers of a file, or all of them. Raises NotUnderstood, QueryRefused."""
    return from_core(settings, lambda ask: _answer(ask, question, most))


def _answer(ask: Ask, question: Question, most: int | None) -> Answer:
    indicator = _indicator(ask, question.indicator)
    entity = _entity(ask, indicator, question)
    value = _value(ask, indicator, entity, question)
    evidence = [_evidence(ask, indicator, value, fact, most) for fact in _facts(ask, indicator)]
    files = {rows.file_name for found in evidence for rows in _all_rows(found) if rows.file_name}
    before = period_before(value["period"], indicator["period_kind"])
    return Answer(
        indicator=indicator,
        value=value,
        shown=_one(ask(f"SELECT is_suppressed, suppression FROM marts.indicator_values AS v WHERE {_same_cell(value)}")),
        subject_name=_subject(ask, value["subject_code"]),
        before=before,
        before_row=_one(ask(f"SELECT value, n FROM core.indicator_values AS v WHERE {_same_cell({**value, 'period': before})}")),
        breaks=_breaks(ask, value),
        versions=ask(f"SELECT * FROM core.indicator_values_alt AS v WHERE {_same_cell(value)} ORDER BY methodology_version, structure"),
        parameters=_parameters(ask, indicator, "parameter"),
        common_parameters=_parameters(ask, indicator, "common_parameter"),
        thresholds=_thresholds(ask, indicator, value),
        seeds=[row["basis_name"] for row in _basis(ask, indicator, "seed")],
        units=_units(ask, indicator, value) if indicator["kind"] == "units" else None,
        evidence=evidence,
        rejections=_rejections(ask, files),
    )


def _all_rows(found: Evidence) -> Iterable[FileRows]:
    return [*found.counted, *(rows for _, excluded in found.excluded for rows in excluded)]


# ---- what is asked ---------------------------------------------------------------------------------------------------------------


def _indicator(ask: Ask, code: str) -> Row:
    found = ask(f"SELECT * FROM core.dim_indicator WHERE indicator_code = {literal(code.lower())}")
    if found:
        return found[0]
    names = {row["indicator_code"]: row["indicator_name"] for row in ask("SELECT indicator_code, indicator_name FROM core.dim_indicator")}
    near = get_close_matches(code.lower(), names, NEAREST, 0.4)
    near += [known for known, name in names.items() if plain(code) in plain(name) and known not in near]
    raise NotUnderstood(f"Показателя «{code}» нет. " + _listed("Похожие", [f"{known}: {names[known]}" for known in near[:NEAREST]]))


def _entity(ask: Ask, indicator: Row, question: Question) -> Row:
    levels = indicator["levels"].split(", ")
    if question.level and question.level not in levels:
        raise NotUnderstood(f"Уровня «{question.level}» у показателя нет; есть: {indicator['levels']}.")
    asked = [question.level] if question.level else levels
    if "class" in asked and "/" in question.entity:
        school, _, label = question.entity.partition("/")
        return {"level": "class", "entity_code": f"{school}/{label.upper()}", "entity_name": question.entity}
    entities = ask(f"""
        SELECT DISTINCT level, entity_code, entity_name FROM core.dim_entity
        WHERE level IN ({", ".join(literal(level) for level in asked)}) ORDER BY level, entity_code, entity_name
    """)
    found = [row for row in entities if row["entity_code"].lower() == question.entity.lower()]
    found = found or [row for row in entities if plain(row["entity_name"]) == plain(question.entity)]
    places = {(row["level"], row["entity_code"]): row for row in found}
    if len(places) > 1:
        places = {place: row for place, row in places.items() if _has_values(ask, indicator, *place)} or places
    if len(places) == 1:
        return next(iter(places.values()))
    if places:
        names = [f"{code}, {level}: {row['entity_name']}" for (level, code), row in sorted(places.items())]
        raise NotUnderstood(f"«{question.entity}» — не один объект. " + _listed("Назовите код или добавьте --level", names))
    like = [row for row in entities if plain(question.entity) in plain(row["entity_name"])]
    codes = get_close_matches(question.entity, sorted({row["entity_code"] for row in entities}), NEAREST, 0.6)
    like += [row for row in entities if row["entity_code"] in codes]
    names = list(dict.fromkeys(f"{row['entity_code']}, {row['level']}: {row['entity_name']}" for row in like))
    raise NotUnderstood(f"Объекта «{question.entity}» нет. " + _listed("Похожие", names[:NEAREST]))


def _has_values(ask: Ask, indicator: Row, level: str, code: str) -> bool:
    return bool(ask(f"SELECT 1 AS found FROM core.indicator_values AS v WHERE {_of_entity(indicator, level, code)} LIMIT 1"))


def _of_entity(indicator: Row, level: str, code: str) -> str:
    return f"v.indicator_code = {literal(indicator['indicator_code'])} AND v.level = {literal(level)} AND v.entity_code = {literal(code)}"


def _value(ask: Ask, indicator: Row, entity: Row, question: Question) -> Row:
    """The one row that the question means."""
    where = _of_entity(indicator, entity["level"], entity["entity_code"])
    periods = [row["period"] for row in ask(f"SELECT DISTINCT period FROM core.indicator_values AS v WHERE {where} ORDER BY period")]
    name = f"«{entity['entity_name']}» ({entity['entity_code']}, {entity['level']})"
    if not periods:
        raise NotUnderstood(f"Значений {indicator['indicator_code']} для {name} нет ни за один период.")
    if question.period not in periods:
        raise NotUnderstood(f"За период «{question.period}» значения для {name} нет. " + _listed("Есть за", periods))
    rows = ask(f"SELECT * FROM core.indicator_values AS v WHERE {where} AND v.period = {literal(question.period)}")
    subject = _subject_code(ask, question.subject)
    wanted = {"subject_code": subject, "grade": question.grade, "breakdown": question.breakdown}
    found = [row for row in rows if all(want is None or plain(row[name]) == plain(want) for name, want in wanted.items())]
    if len(found) > 1:
        # a row without a cut is the answer to a question without one
        found = [row for row in found if all(row[name] == "" for name in CUTS if wanted[name] is None)] or found
    if len(found) == 1:
        return found[0]
    cuts = sorted({_cut_words(row) for row in found or rows})
    ask_more = "Значений несколько" if found else "Такого разреза нет"
    raise NotUnderstood(f"{ask_more}. " + _listed("Есть", cuts))


def _cut_words(row: Row) -> str:
    words = (("--subject", row["subject_code"]), ("--grade", row["grade"]), ("--breakdown", row["breakdown"]))
    return " ".join(f"{option} «{value}»" for option, value in words if value) or "без разреза"


def _subject_code(ask: Ask, subject: str | None) -> str | None:
    """A subject may be named as well."""
    if not subject:
        return subject
    for row in ask("SELECT subject_code, subject_name, subject_short_name FROM core.dim_subject"):
        if plain(subject) in (plain(row["subject_name"]), plain(row["subject_short_name"] or "")):
            return str(row["subject_code"])
    return subject.lstrip("0")


def _subject(ask: Ask, code: str) -> str:
    found = ask(f"SELECT subject_name FROM core.dim_subject WHERE subject_code = {literal(code)}")
    return str(found[0]["subject_name"]) if found else ""


def _listed(title: str, items: Sequence[str]) -> str:
    return f"{title}: " + "; ".join(items) + "." if items else "Похожих нет."


# ---- the number ------------------------------------------------------------------------------------------------------------------


def period_before(period: str, period_kind: str) -> str | None:
    """The same period a year before, as the roll-up compares them; a wave has none."""
    if period_kind == "wave":
        return None
    if period_kind == "academic_year":
        return "/".join(str(int(year) - 1) for year in period.split("/"))
    return f"{int(period[:4]) - 1}{period[4:]}"


def _same_cell(row: Row) -> str:
    keys = ("indicator_code", "period", "level", "entity_code", *CUTS)
    return " AND ".join(f"v.{name} = {literal(row[name])}" if row[name] is not None else "1 = 0" for name in keys)


def _breaks(ask: Ask, value: Row) -> list[Row]:
    return ask(f"""
        SELECT reason, evidence FROM core.dim_comparability_break AS b
        WHERE {literal(value["indicator_code"])} LIKE b.indicator_pattern AND b.period = {literal(value["period"])}
    """)


def _basis(ask: Ask, indicator: Row, kind: str) -> list[Row]:
    return ask(f"""
        SELECT basis_name FROM core.bridge_indicator_basis
        WHERE indicator_code = {literal(indicator["indicator_code"])} AND basis_kind = {literal(kind)} ORDER BY basis_name
    """)


def _parameters(ask: Ask, indicator: Row, kind: str) -> list[Row]:
    return ask(f"""
        SELECT p.* FROM core.bridge_indicator_basis AS b INNER JOIN core.dim_parameter AS p ON b.basis_name = p.parameter_code
        WHERE b.indicator_code = {literal(indicator["indicator_code"])} AND b.basis_kind = {literal(kind)} ORDER BY p.parameter_code
    """)


def _thresholds(ask: Ask, indicator: Row, value: Row) -> list[Row]:
    """Those of the year and subject; of an indicator without a subject, those of the two mandatory ones."""
    if not _basis(ask, indicator, "thresholds"):
        return []
    procedure = "ОГЭ" if indicator["indicator_code"].startswith("oge_") else "ЕГЭ"
    subjects = ", ".join(literal(code) for code in ([value["subject_code"]] if value["subject_code"] else ["1", "2"]))
    return ask(f"""
        SELECT t.*, s.subject_name FROM core.dim_threshold AS t LEFT JOIN core.dim_subject AS s ON t.subject_code = s.subject_code
        WHERE t.procedure_name = {literal(procedure)} AND t.threshold_year = {int(value["period"][:4])} AND t.subject_code IN ({subjects})
        ORDER BY t.subject_code, t.threshold_kind
    """)


# ---- what was counted ------------------------------------------------------------------------------------------------------------


def _membership_day(value: Row, indicator: Row, day: str) -> str:
    """The day on which the roll-up looks for the entity of a row: of a network or cluster, within the school year of the exam."""
    if value["level"] in TERRITORY or indicator["period_kind"] != "year":
        return day
    last = "SELECT parameter_value FROM core.dim_parameter WHERE parameter_code = 'network_last_day'"
    return f"least({day}, cast('{value['period'][:4]}-' || ({last}) AS date))"


def _units(ask: Ask, indicator: Row, value: Row) -> Units:
    """The units of the entity, added up as the roll-up adds them."""
    placed = _placed_units(indicator, value)
    per_unit = "max" if indicator["has_distinct_units"] else "sum"
    key = "unit_id" if indicator["has_distinct_units"] else "member_code, unit_id, event_date"
    counted = f"""
        SELECT {per_unit}(units) AS units, {per_unit}(numerator) AS numerator, {per_unit}(denominator) AS denominator
        FROM ({placed}) AS placed GROUP BY {key}
    """
    total = ask(
        f"SELECT count(*) AS rows, sum(units) AS n, sum(numerator) AS numerator, sum(denominator) AS denominator FROM ({counted}) AS c"
    )
    members = ask(f"""
        SELECT member_code, cast(sum(units) AS bigint) AS n, sum(numerator) AS numerator, sum(denominator) AS denominator
        FROM ({placed}) AS placed GROUP BY member_code ORDER BY member_code
    """)
    row = total[0]
    # a count of an entity without any member is 0, and no unit says so
    zero = 0.0 if value["unit"] == "count" else None
    return Units(
        rows=int(row["rows"]),
        n=int(row["n"] or 0),
        numerator=zero if row["numerator"] is None else float(row["numerator"]),
        denominator=None if row["denominator"] is None else float(row["denominator"]),
        members=members,
    )


def _placed_units(indicator: Row, value: Row) -> str:
    names = ("indicator_code", "period", *CUTS)
    where = " AND ".join(f"u.{name} = {literal(value[name])}" for name in names)
    columns = "u.unit_id, u.member_code, u.event_date, u.units, u.numerator, u.denominator"
    if value["level"] == "class":
        at = f"u.member_code || '/' || u.class_name = {literal(value['entity_code'])}"
        return f"SELECT {columns} FROM {UNITS} AS u WHERE {where} AND u.is_current AND {at}"
    return f"""
        SELECT {columns} FROM {UNITS} AS u INNER JOIN core.bridge_membership AS m
        ON u.member_code = m.member_code AND {_membership_day(value, indicator, "u.event_date")} BETWEEN m.valid_from AND m.valid_to
        WHERE {where} AND u.is_current AND m.level = {literal(value["level"])} AND m.entity_code = {literal(value["entity_code"])}
    """


# ---- the facts behind it ---------------------------------------------------------------------------------------------------------


def _facts(ask: Ask, indicator: Row) -> list[Row]:
    return ask(f"""
        SELECT f.* FROM core.bridge_indicator_basis AS b INNER JOIN core.dim_fact AS f ON b.basis_name = f.fact_name
        WHERE b.indicator_code = {literal(indicator["indicator_code"])} AND b.basis_kind = 'fact' ORDER BY f.fact_name
    """)


def _evidence(ask: Ask, indicator: Row, value: Row, fact: Row, most: int | None) -> Evidence:
    rules = ask(
        f"SELECT place, condition, reason FROM core.dim_fact_exclusion WHERE fact_name = {literal(fact['fact_name'])} ORDER BY place"
    )
    found = _fact_rows(indicator, value, fact, rules, _columns(ask, fact["fact_name"]))
    counts = ask(f"SELECT place, file_name, count(*) AS rows FROM ({found}) AS r GROUP BY place, file_name ORDER BY place, file_name")
    numbered = f"""
        SELECT place, file_name, row_number, row_number() OVER (PARTITION BY place, file_name ORDER BY row_number) AS number
        FROM ({found}) AS r WHERE row_number IS NOT NULL
    """
    limit = "" if most is None else f" WHERE number <= {most}"
    numbers: dict[tuple[int, str | None], list[int]] = {}
    for row in ask(f"SELECT place, file_name, row_number FROM ({numbered}) AS n{limit} ORDER BY place, file_name, row_number"):
        numbers.setdefault((row["place"], row["file_name"]), []).append(row["row_number"])
    by_place: dict[int, list[FileRows]] = {}
    for row in counts:
        rows = FileRows(row["file_name"], int(row["rows"]), numbers.get((row["place"], row["file_name"]), []))
        by_place.setdefault(row["place"], []).append(rows)
    excluded = [(str(rule["reason"]), by_place[rule["place"]]) for rule in rules if rule["place"] in by_place]
    return Evidence(fact["fact_name"], fact["fact_title"], by_place.get(0, []), excluded)


def _columns(ask: Ask, table: str) -> set[str]:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'core' AND table_name = "
    return {row["column_name"] for row in ask(sql + literal(table))}


def _fact_rows(indicator: Row, value: Row, fact: Row, rules: list[Row], columns: set[str]) -> str:
    """SQL of the rows of a fact that speak of the entity: file, row, and the place of the reason why a row does not count (0: it does)."""

    def say(text: str) -> str:
        return _asked(text, indicator, value)

    origin = ", ".join(
        f"fact.{name}" if name in columns else f"cast(NULL AS {kind}) AS {name}"
        for name, kind in (("file_name", "text"), ("row_number", "bigint"))
    )
    reasons = " ".join(f"WHEN {say(rule['condition'])} THEN {rule['place']}" for rule in rules)
    place = f"CASE {reasons} ELSE 0 END" if reasons else "0"
    conditions = [f"({say(fact['in_period_condition'])})"] if fact["in_period_condition"] else []
    if fact["period_expression"]:
        conditions.append(f"{say(fact['period_expression'])} = {literal(value['period'])}")
    for expression, cut in ((fact["subject_expression"], value["subject_code"]), (fact["grade_expression"], value["grade"])):
        if expression and cut:
            conditions.append(f"{say(expression)} = {literal(cut)}")
    if fact["applies_condition"]:
        conditions.append(f"({say(fact['applies_condition'])})")
    if fact["unit_expression"]:
        conditions.append(f"{say(fact['unit_expression'])} IN (SELECT unit_id FROM ({_placed_units(indicator, value)}) AS placed)")
    rows = f"SELECT {origin}, {place} AS place, {_member(say, fact)} FROM core.{fact['fact_name']} AS fact WHERE {' AND '.join(conditions)}"
    if fact["unit_expression"] or not fact["member_expression"]:
        return rows
    return _of_members(indicator, value, fact, rows)


def _member(say: Callable[[str], str], fact: Row) -> str:
    member = say(fact["member_expression"]) if fact["member_expression"] else "cast(NULL AS text)"
    day = say(fact["day_expression"]) if fact["day_expression"] else say("asked.day")
    return f"{member} AS asked_member, {day} AS asked_day"


def _of_members(indicator: Row, value: Row, fact: Row, rows: str) -> str:
    """Those of the rows whose member belongs to the entity; what happens at a closed school on the asked day is its successor's."""
    member = "r.asked_member"
    if fact["in_period_condition"]:
        rows = f"""
            SELECT r.file_name, r.row_number, r.place, r.asked_day, coalesce(a.attributed_code, r.asked_member) AS asked_member
            FROM ({rows}) AS r LEFT JOIN core.bridge_school_attribution AS a
            ON r.asked_member = a.school_code AND r.asked_day BETWEEN a.valid_from AND a.valid_to
        """
    if value["level"] == "class":
        # a fact does not say its class in one way: the rows of the school are shown
        return f"SELECT r.* FROM ({rows}) AS r WHERE {member} = {literal(value['entity_code'].split('/')[0])}"
    return f"""
        SELECT r.* FROM ({rows}) AS r INNER JOIN core.bridge_membership AS m
        ON {member} = m.member_code AND {_membership_day(value, indicator, "r.asked_day")} BETWEEN m.valid_from AND m.valid_to
        WHERE m.level = {literal(value["level"])} AND m.entity_code = {literal(value["entity_code"])}
    """


def _asked(text: str, indicator: Row, value: Row) -> str:
    """A condition of a fact with the question in the places of `asked.…`, and values of parameters in those of `{code}`."""
    words = {name: literal(value[name]) for name in ("indicator_code", "period", "level", "entity_code", *CUTS)}
    words["day"] = f"cast({literal(_day(value['period'], indicator['period_kind']))} AS date)"
    text = re.sub(r"\basked\.(\w+)", lambda match: words[match[1]], text)
    value_of = "(SELECT cast(parameter_value AS double precision) FROM core.dim_parameter WHERE parameter_code = '{}')"
    return re.sub(r"\{(\w+)\}", lambda match: value_of.format(match[1]), text)


def _day(period: str, period_kind: str) -> str:
    """The day that stands for a period where a row names none."""
    if period_kind == "as_of":
        return period
    if period_kind == "academic_year":
        return f"{period[5:9]}-04-01"
    return f"{period[:7]}-01" if period_kind == "wave" else f"{period[:4]}-06-01"


def _rejections(ask: Ask, files: set[str]) -> list[Row]:
    """What stands rejected of the files that the number was made of."""
    if not files:
        return []
    names = ", ".join(literal(name) for name in sorted(files))
    return ask(f"""
        SELECT file_name, row_number, reason_code, message_ru FROM quality.rejections
        WHERE file_name IN ({names}) ORDER BY file_name, row_number
    """)


# ---- words -----------------------------------------------------------------------------------------------------------------------


def literal(value: Any) -> str:
    """A text as SQL has it."""
    return "'" + str(value).replace("'", "''") + "'"


def plain(text: str) -> str:
    """A name as people type it: no case, no ё, no doubled spaces, no quotes."""
    return " ".join(re.sub(r"[«»\"']", " ", text.lower().replace("ё", "е")).split())


def _near(ours: float, theirs: float) -> bool:
    return abs(float(ours) - float(theirs)) <= 1e-9 * max(1.0, abs(float(theirs)))


def _one(rows: list[Row]) -> Row | None:
    return rows[0] if rows else None
