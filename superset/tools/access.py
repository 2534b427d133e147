"""Who sees what, as the files of access/ say: roles with their effective grants, and the row rules that follow from them.

Everything here is computed from files; bringing Superset to it is apply.py. Deny by default: every dataset of Oko has one base rule, which
closes it (or opens its public rows) to everyone but the roles that hold it whole; a scope (one school, one municipality) is a role of its
own whose rule, in the same group, opens its rows again. A user without a scope, or with none of our roles, sees nothing of the core.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from bundle import Asset
from home import SUPERSET

ACCESS = SUPERSET / "access"
PREFIX = "Око: "
ADMIN = "Admin"
GROUP = "oko"
PUBLIC_ROWS = "visibility = 'public'"
NO_ROWS = "1 = 0"
SCOPES = {"school": "школа", "municipality": "муниципалитет"}
_CODE = re.compile(r"[0-9A-Za-zА-Яа-яЁё_-]{1,40}")
_KEYS = {"title", "role", "permissions", "includes", "scope", "databases", "datasets", "dashboards", "builtin"}
Assets = dict[str, dict[str, Asset]]


class AccessError(ValueError):
    """A file of access/ that cannot be used."""


@dataclass(frozen=True)
class Grants:
    """What a role has in effect, with what it includes. Datasets and dashboards by the name of their file."""

    title: str
    role: str
    builtin: bool = False
    scope: str | None = None
    permissions: frozenset[tuple[str, str]] = frozenset()
    databases: frozenset[str] = frozenset()
    datasets: dict[str, str] = field(default_factory=dict)  # file → all, public, or the condition of a scope
    dashboards: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A row rule of Superset: a base rule holds for everyone but its roles, a regular one for its roles."""

    name: str
    is_base: bool
    clause: str
    roles: frozenset[str]
    datasets: frozenset[str]


def scope_role(grants: Grants, code: str) -> str:
    """«Око: школа 001001»."""
    return f"{grants.role} {code}"


def _read(folder: Path) -> tuple[dict[str, list[str]], dict[str, dict[str, Any]]]:
    files = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yaml"))}
    return files.pop("permissions"), files


def named(folder: Path = ACCESS) -> dict[str, Grants]:
    """The roles by name alone, without what they have: enough to read «школа 001001»."""
    files = _read(folder)[1]
    return {name: Grants(title=given["title"], role=given["role"], scope=given.get("scope")) for name, given in files.items()}


def _pair(text: str) -> tuple[str, str]:
    permission, view = text.split(" on ", 1)
    return permission, view


def load(content: Assets, folder: Path = ACCESS) -> dict[str, Grants]:
    """file name of the role → what it has; raises AccessError where a file speaks of what is not there."""
    sets, files = _read(folder)
    datasets = {name.removeprefix("datasets/").removesuffix(".yaml"): asset for name, asset in content["datasets"].items()}
    databases = {asset["uuid"]: Path(name).stem for name, asset in content["databases"].items()}
    boards = {asset["slug"]: _datasets_of(asset, content) for asset in content["dashboards"].values()}

    def say(role: str, text: str) -> AccessError:
        return AccessError(f"access/{role}.yaml: {text}")

    @cache
    def grants(name: str) -> Grants:
        given = files[name]
        if unknown := given.keys() - _KEYS:
            raise say(name, f"unknown keys {', '.join(sorted(unknown))}")
        if given.get("includes", name) not in files:
            raise say(name, f"includes {given['includes']}, which is not there")
        base = grants(given["includes"]) if "includes" in given else Grants("", "")
        if missing := [each for each in given.get("permissions", []) if each not in sets]:
            raise say(name, f"no set of permissions {missing[0]}")
        own_databases = frozenset(given.get("databases", []))
        if missing := sorted(own_databases - set(databases.values())):
            raise say(name, f"no database {missing[0]}")
        rows = base.datasets | given.get("datasets", {})
        rows |= {each: "all" for each, asset in datasets.items() if databases[asset["database_uuid"]] in own_databases}
        for each, what in rows.items():
            if problem := _problem(datasets.get(each), what, given.get("scope")):
                raise say(name, f"{each}: {problem}")
        wanted = given.get("dashboards", [])
        covered = {slug for slug, needs in boards.items() if needs <= rows.keys()}
        shown = covered if wanted == "covered" else set(wanted)
        if uncovered := sorted(shown - covered):
            raise say(name, f"dashboard {uncovered[0]} is not there or shows datasets that the role has not")
        pairs = frozenset(_pair(text) for each in given.get("permissions", []) for text in sets[each])
        if given.get("scope") and ("sql" in given.get("permissions", []) or own_databases):
            raise say(name, "a role with a scope has no SQL Lab and no whole database: row rules do not hold there")
        return Grants(
            title=given["title"],
            role=given["role"],
            builtin=bool(given.get("builtin")),
            scope=given.get("scope"),
            permissions=base.permissions | pairs,
            databases=base.databases | own_databases,
            datasets=rows,
            dashboards=base.dashboards | shown,
        )

    roles = {name: grants(name) for name in files}
    if unseen := sorted(boards.keys() - {slug for each in roles.values() for slug in each.dashboards}):
        raise AccessError(f"access/: no role shows the dashboard {unseen[0]}")
    return roles


def _datasets_of(dashboard: Asset, content: Assets) -> set[str]:
    by_uuid = {asset["uuid"]: name.removeprefix("datasets/").removesuffix(".yaml") for name, asset in content["datasets"].items()}
    charts = {asset["uuid"]: asset for asset in content["charts"].values()}
    places = [place for place in dashboard["position"].values() if isinstance(place, dict) and place["type"] == "CHART"]
    shown = {charts[place["meta"]["uuid"]]["dataset_uuid"] for place in places}
    natives = dashboard["metadata"]["native_filter_configuration"]
    return {by_uuid[uuid] for uuid in shown | {target["datasetUuid"] for native in natives for target in native["targets"]}}


def _problem(dataset: Asset | None, rows: str, scope: str | None) -> str | None:
    if dataset is None:
        return "no such dataset"
    if rows == "public" and "visibility" not in {column["column_name"] for column in dataset["columns"]}:
        return "public rows of a dataset without the column visibility"
    if rows in ("all", "public"):
        return None
    if scope not in SCOPES:
        return f"a condition of rows needs a scope ({', '.join(SCOPES)})"
    if "{code}" not in rows or "{{" in rows or "{%" in rows:
        return "the condition of a scope names {code} and is no template of Superset"
    return None


def rules(roles: Iterable[Grants], datasets: Iterable[str], scopes: Iterable[tuple[Grants, str]]) -> list[Rule]:
    """The row rules: of every dataset its base rule, and of every scope its own."""
    roles = list(roles)
    alike: dict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for dataset in datasets:
        clause = PUBLIC_ROWS if any(each.datasets.get(dataset) == "public" for each in roles) else NO_ROWS
        whole = frozenset(each.role for each in roles if each.builtin or each.datasets.get(dataset) == "all")
        alike[clause, whole].add(dataset)
    found = [
        Rule(_base_name(clause, whole), is_base=True, clause=clause, roles=whole, datasets=frozenset(tables))
        for (clause, whole), tables in alike.items()
    ]
    return found + [rule for grants, code in scopes for rule in _scope_rules(grants, code)]


def _base_name(clause: str, whole: frozenset[str]) -> str:
    what = "только открытые строки всем" if clause == PUBLIC_ROWS else "закрыто всем"
    return f"{PREFIX}{what}, кроме: {', '.join(sorted(role.removeprefix(PREFIX) for role in whole))}"


def _scope_rules(grants: Grants, code: str) -> Iterator[Rule]:
    if not _CODE.fullmatch(code):
        raise AccessError(f"«{code}» — не код области")
    alike: dict[str, set[str]] = defaultdict(set)
    for dataset, rows in grants.datasets.items():
        if rows not in ("all", "public"):
            alike[rows.format(code=f"'{code}'")].add(dataset)
    role = scope_role(grants, code)
    for clause, tables in alike.items():
        name = f"{role}: {', '.join(sorted(tables))}"
        yield Rule(name, is_base=False, clause=clause, roles=frozenset({role}), datasets=frozenset(tables))


def parse_role(roles: dict[str, Grants], text: str) -> tuple[Grants, str | None]:
    """«школа 001001» → the role and its scope; raises AccessError with a Russian message."""
    title, scope = text.strip(), None
    by_title = {each.title: each for each in roles.values()}
    if title not in by_title and " " in title:
        title, scope = title.rsplit(" ", 1)
    if title not in by_title:
        raise AccessError(f"роли «{text.strip()}» нет; есть {', '.join(by_title)}")
    return check_scope(by_title[title], scope)


def role_names(text: str) -> list[str]:
    """«школа 001001» → «Око: школа», «Око: школа 001001»."""
    grants, scope = parse_role(named(), text)
    return [grants.role] + ([scope_role(grants, scope)] if scope else [])


def check_scope(grants: Grants, scope: str | None) -> tuple[Grants, str | None]:
    """A role with a scope has one, others have none."""
    if grants.scope and not scope:
        raise AccessError(f"у роли «{grants.title}» должна быть область: код ({SCOPES[grants.scope]})")
    if scope and not grants.scope:
        raise AccessError(f"у роли «{grants.title}» не бывает области, а указана «{scope}»")
    if scope and not _CODE.fullmatch(scope):
        raise AccessError(f"«{scope}» — не код области")
    return grants, scope
