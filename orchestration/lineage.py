"""What stands behind an indicator, read from the dbt project as text: facts whose rows prove it, parameters and seeds of its models.

`make generate` writes it into a macro, of which core.dim_fact and its kin are made, so that `oko explain` finds it in the publication;
the data dictionary says the same. Which rows of a fact stand behind a number is said in the `explain` of the fact's properties:

    period      SQL of the period that a row belongs to, or in its place
    in_period   the condition under which a row speaks of the as-of date `asked.day`; or `from` and `to`, the first and the last such day
    subject, grade  SQL of the subject and the class; absent: rows of all of them
    member      the member of core.bridge_membership that the row counts for, and `day` the day of its membership (absent: the asked one)
    unit        in place of a member: the counted unit that the row is about (`person` says the same of people); neither: everybody's
    applies     which rows are about the indicator at all; absent: all; or `only`, {beginning of codes: which rows}
    excluded    [{when, reason_ru}]: which of these rows do not count, and why; the first that holds is the reason

Conditions know the row as `fact` and the question as `asked` (indicator_code, subject_code, grade, breakdown, day); `{code}` is a
parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PLACES = ("period", "in_period", "subject", "grade", "member", "day", "unit", "applies")
_REF = re.compile(r"ref\(\s*'(\w+)'")
_PARAMETER = re.compile(r"parameter\(\s*'(\w+)'")
_FILE = re.compile(r"\bfile_name\b")
# what a fact without a file may be made of
_FACTS = ("fct_", "int_", "dim_document", "dim_procedure")
_STAGING = re.compile(r"stg_(?!oko__)(\w+?)__")
_CALL = re.compile(r"\b(\w+)\(")
_MACRO = re.compile(r"{%-?\s*macro (?:\w+__)?(\w+)\(.*?{%-?\s*endmacro", re.DOTALL)


@dataclass(frozen=True)
class Fact:
    """A fact whose rows can be shown behind a number."""

    name: str
    title: str
    places: dict[str, str]
    excluded: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Basis:
    """What stands behind an indicator: facts whose rows name their file, and the data of rules, codes of parameters and names of seeds."""

    dated_facts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    has_thresholds: bool = False


@dataclass(frozen=True)
class Project:
    """The texts of a dbt project."""

    models: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    seeds: frozenset[str] = frozenset()


def read_project(folder: Path) -> Project:
    """Models, macros and seeds as they are on disk."""
    macros = "\n".join(path.read_text(encoding="utf-8") for path in sorted((folder / "macros").rglob("*.sql")))
    return Project(
        models={path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "models").rglob("*.sql"))},
        macros={match[1]: match[0] for match in _MACRO.finditer(macros)},
        seeds=frozenset(path.stem for path in (folder / "seeds").glob("*.csv")),
    )


def model_properties(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """The properties of models in the yml files of this pattern."""
    paths = sorted((folder / "models").glob(pattern))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [model for text in texts for model in yaml.load(text, Loader=yaml.CSafeLoader).get("models", [])]


def explained_facts(folder: Path) -> list[Fact]:
    """Every fact that says which of its rows stand behind a number."""
    found = []
    for model in model_properties(folder, "core/*.yml"):
        explain = model.get("config", {}).get("meta", {}).get("explain")
        if explain:
            excluded = tuple((rule["when"], rule["reason_ru"]) for rule in explain.get("excluded", []))
            found.append(Fact(model["name"], model["description"], _places(explain), excluded))
    return sorted(found, key=lambda fact: fact.name)


def _places(explain: Mapping[str, Any]) -> dict[str, str]:
    """The short ways of saying a thing, said at length."""
    places = {name: str(explain.get(name, "")) for name in PLACES}
    if "from" in explain:
        last = explain.get("to")
        places["in_period"] = f"{explain['from']} <= asked.day" + (f" and {last} >= asked.day" if last else "")
    if "person" in explain and not places["member"]:
        places["unit"] = explain["person"]
    if "only" in explain:
        cases = " ".join(f"when asked.indicator_code like '{start}%' then {condition}" for start, condition in explain["only"].items())
        places["applies"] = " and ".join(f"({part})" for part in (f"case {cases} else true end", places["applies"]) if part)
    return places


def basis_of(entry: Mapping[str, Any], project: Project) -> Basis:
    """The parameters and seeds of the indicator's own model, of what it reads and of the facts behind it."""
    model = f"ind_{entry['code']}"
    read = {model, *_refs(model, project), *entry["evidence"]}
    read |= {origin for name in read if (origin := _chosen_from(name, project))}
    texts = [with_macros(project.models[name], project) for name in sorted(read) if name in project.models]
    refs = {name for text in texts for name in _REF.findall(text)}
    return Basis(
        dated_facts=tuple(sorted(_dated(entry["evidence"], project))),
        parameters=tuple(sorted({code for text in texts for code in _PARAMETER.findall(text)})),
        seeds=tuple(sorted((refs & project.seeds) - {"parameters"})),
        has_thresholds="dim_threshold" in read,
    )


def _dated(facts: Iterable[str], project: Project) -> set[str]:
    """The facts, and in the place of one whose rows come from no single file those of the core that it is made of."""
    found, waiting, seen = set(), list(facts), set()
    while waiting:
        fact = waiting.pop()
        text = with_macros(project.models.get(fact, ""), project)
        if fact in seen or not text:
            continue
        seen.add(fact)
        if _FILE.search(project.models[fact]):
            found.add(fact)
        else:
            waiting += [name for name in _REF.findall(text) if name.startswith(_FACTS)]
    return found


def _chosen_from(model: str, project: Project) -> str | None:
    """The one other dimension that a dimension is a choice from: the minimum of a subject from all thresholds."""
    read = _refs(model, project)
    return read[0] if len(read) == 1 and model.startswith("dim_") and read[0].startswith("dim_") else None


def _refs(model: str, project: Project) -> list[str]:
    return _REF.findall(with_macros(project.models.get(model, ""), project))


def sources_of(code: str, facts: Iterable[str], project: Project) -> frozenset[str]:
    """The sources whose staging models the indicator's model and its facts are made of, however far."""
    waiting, seen = [f"ind_{code}", *facts], set[str]()
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen.add(model)
            waiting += _refs(model, project)
    return frozenset(match[1] for name in seen if (match := _STAGING.match(name)))


def common_parameters(project: Project, results: Iterable[str]) -> list[str]:
    """The parameters of the roll-up and the suppression, which are the same for every indicator."""
    texts = [with_macros(project.models[name], project) for name in results]
    return sorted({code for text in texts for code in _PARAMETER.findall(text)})


def with_macros(text: str, project: Project) -> str:
    """The text of a model and of every macro that it calls, however far."""
    parts, waiting, seen = [text], [text], {"parameter", "ref", "indicator_registry"}
    while waiting:
        called = {name for name in _CALL.findall(waiting.pop()) if name in project.macros} - seen
        seen |= called
        parts += [project.macros[name] for name in sorted(called)]
        waiting += [project.macros[name] for name in sorted(called)]
    return "\n".join(parts)
