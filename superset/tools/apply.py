"""Bring Superset to what the files say: assets, roles, row rules; what Oko once brought and the files no longer have is removed.

`superset/.venv/bin/python superset/tools/apply.py [--dry-run]` prints every difference, one a line: `+` comes, `~` changes, `-` goes.
A second run finds none. What people made themselves is never touched: Oko knows its own by OKO_HOME/superset/managed.json.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from access import GROUP, AccessError, Grants, Rule, load, parse_role, rules, scope_role
from audit import record
from bundle import KINDS, bundle_for, digest, read_text
from bundle import load as load_assets
from directory import directory_groups
from home import ASSETS, oko_home
from session import say, superset_app

ACCOUNT = "admin"
_METADATA = "metadata.yaml"


@dataclass
class State:
    """What Oko brought: asset file → its identifier, its text and how it stood in Superset afterwards; names of roles and rules."""

    assets: dict[str, dict[str, str]] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


def _state_file(home: Path) -> Path:
    return home / "superset" / "managed.json"


def _read_state(home: Path) -> State:
    path = _state_file(home)
    return State(**json.loads(path.read_text())) if path.exists() else State()


def _write_state(home: Path, state: State) -> None:
    draft = _state_file(home).with_suffix(".new")
    draft.write_text(json.dumps(vars(state), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    draft.replace(_state_file(home))


def listed_users(home: Path) -> dict[str, dict[str, str | None]]:
    """login → role and scope, as the list of users that users.py took last says."""
    path = home / "superset" / "users.json"
    return json.loads(path.read_text()) if path.exists() else {}


def inputs(home: Path) -> str:
    """A digest of everything that decides what Superset should be."""
    files = [*sorted((ASSETS.parent / "access").glob("*.yaml")), home / "superset" / "users.json", home / "oko.toml"]
    return digest(bundle_for(ASSETS, home) | {str(path): path.read_text() for path in files if path.exists()})


def _scopes(home: Path, roles: dict[str, Grants]) -> list[tuple[Grants, str]]:
    """Every scope that somebody may have: of the list of users and of the groups of the directory."""
    said = [(roles[user["role"]], user["scope"]) for user in listed_users(home).values() if user["role"] in roles]
    said += [parse_role(roles, text) for text in directory_groups(home).values()]
    found = {scope_role(grants, scope): (grants, scope) for grants, scope in said if scope and grants.scope}
    return [found[name] for name in sorted(found)]


# --- assets ------------------------------------------------------------------------------------------------------------


def _models() -> dict[str, Any]:
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    return dict(zip(KINDS, (Database, SqlaTable, Slice, Dashboard), strict=True))


_SHOWN = {
    "databases": (
        "database_name",
        "sqlalchemy_uri",
        "extra",
        "expose_in_sqllab",
        "allow_dml",
        "allow_ctas",
        "allow_cvas",
        "allow_run_async",
    ),
    "datasets": ("table_name", "schema", "sql", "description", "database_id", "filter_select_enabled"),
    "charts": ("slice_name", "viz_type", "params", "query_context", "description", "datasource_id"),
    "dashboards": ("dashboard_title", "slug", "css", "position_json", "description", "published"),
}
_ITEM = ("expression", "verbose_name", "description")


def _standing(kind: str, item: Any) -> str:
    """A digest of an object as it stands in Superset: differs once somebody has edited it in the browser."""
    shown: dict[str, Any] = {name: getattr(item, name) for name in _SHOWN[kind]}
    if kind == "datasets":
        shown["columns"] = sorted([each.column_name, each.is_active, *(getattr(each, name) for name in _ITEM)] for each in item.columns)
        shown["metrics"] = sorted([each.metric_name, each.d3format, *(getattr(each, name) for name in _ITEM)] for each in item.metrics)
    if kind == "dashboards":
        shown["metadata"] = json.loads(item.json_metadata or "{}")
        shown["charts"] = sorted(str(each.uuid) for each in item.slices)
    return hashlib.sha256(json.dumps(shown, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _found(kind: str, uuids: Iterable[str]) -> dict[str, Any]:
    from superset import db

    model, wanted = _models()[kind], set(uuids)
    return {str(item.uuid): item for item in db.session.query(model).all() if str(item.uuid) in wanted}


def _kind(name: str) -> str:
    return name.split("/", 1)[0]


def _objects(uuid_of: dict[str, str]) -> dict[str, Any]:
    """asset file → object in Superset, for those that are there."""
    by_kind = {kind: _found(kind, (uuid for name, uuid in uuid_of.items() if _kind(name) == kind)) for kind in KINDS}
    return {name: by_kind[_kind(name)][uuid] for name, uuid in uuid_of.items() if uuid in by_kind[_kind(name)]}


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class AssetPlan:
    """The files to import, with a line for each, and the objects to remove."""

    texts: dict[str, str]
    uuid_of: dict[str, str]
    lines: dict[str, str]
    gone: dict[str, Any]

    @property
    def to_import(self) -> dict[str, str]:
        return {name: self.texts[name] for name in self.lines}


def _plan_assets(contents: dict[str, str], state: State) -> AssetPlan:
    texts = {name: text for name, text in contents.items() if name != _METADATA}
    remembered = state.assets
    changed = {name for name, text in texts.items() if remembered.get(name, {}).get("text") != _text_digest(text)}
    uuid_of = {name: read_text(texts[name])["uuid"] if name in changed else remembered[name]["uuid"] for name in texts}
    present = _objects(uuid_of)
    lines = {}
    for name in texts:
        if name not in present:
            lines[name] = f"+ {name}"
        elif name in changed:
            lines[name] = f"~ {name}"
        elif _standing(_kind(name), present[name]) != remembered[name]["standing"]:
            lines[name] = f"~ {name}: изменён в браузере, возвращается к файлу"
    gone = _objects({name: entry["uuid"] for name, entry in remembered.items() if name not in texts})
    return AssetPlan(texts, uuid_of, lines, {name: item for name, item in gone.items() if str(item.uuid) not in uuid_of.values()})


def _refuse_taken_addresses(plan: AssetPlan) -> None:
    """A person may have taken the address of a dashboard of ours: theirs stays, and we say so."""
    from superset import db

    for name in plan.lines:
        if _kind(name) == "dashboards":
            slug = read_text(plan.texts[name])["slug"]
            other = db.session.query(_models()["dashboards"]).filter_by(slug=slug).one_or_none()
            if other is not None and str(other.uuid) != plan.uuid_of[name]:
                raise AccessError(f"адрес «{slug}» занят дашбордом пользователя «{other.dashboard_title}»: смените его адрес и повторите")


def _import(files: dict[str, str], metadata: str) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.utils.core import override_user

    from superset import security_manager

    with override_user(security_manager.find_user(username=ACCOUNT)):
        ImportAssetsCommand({_METADATA: metadata} | files, sparse=True).run()


def _used_by_people(kind: str, item: Any, removed: set[int]) -> str | None:
    """What of people's own stands on an object that is to go; such an object stays."""
    from superset import db

    models = _models()
    if kind == "charts":
        users = [each.dashboard_title for each in item.dashboards if id(each) not in removed]
    elif kind == "datasets":
        users = [each.slice_name for each in db.session.query(models["charts"]).filter_by(datasource_id=item.id) if id(each) not in removed]
    elif kind == "databases":
        users = [each.table_name for each in db.session.query(models["datasets"]).filter_by(database_id=item.id) if id(each) not in removed]
    else:
        users = []
    return ", ".join(sorted(users)) or None


def _prune(gone: dict[str, Any]) -> tuple[list[str], set[str], list[Any]]:
    """Lines, the files whose objects stay because people use them, and the objects to delete, dashboards first."""
    lines, kept, doomed, removed = [], set(), [], set()
    for kind in reversed(KINDS):
        for name, item in gone.items():
            if _kind(name) != kind:
                continue
            if users := _used_by_people(kind, item, removed):
                lines.append(f"= {name}: остаётся, на нём стоит своё у пользователей: {users}")
                kept.add(name)
            else:
                lines.append(f"- {name}")
                doomed.append(item)
                removed.add(id(item))
    return lines, kept, doomed


# --- roles -------------------------------------------------------------------------------------------------------------


def _wanted_roles(roles: dict[str, Grants], scopes: list[tuple[Grants, str]], objects: dict[str, Any]) -> dict[str, set[tuple[str, str]]]:
    """name of the role → its permissions; an object that a dry run does not find yet stands under the name of its file."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for grants in roles.values():
        if not grants.builtin:
            databases = {("database_access", _perm(objects, f"databases/{name}.yaml")) for name in grants.databases}
            datasets = {("datasource_access", _perm(objects, f"datasets/{name}.yaml")) for name in grants.datasets}
            wanted[grants.role] = {*grants.permissions, *databases, *datasets}
    return wanted | {scope_role(grants, code): set() for grants, code in scopes}


def _perm(objects: dict[str, Any], name: str) -> str:
    return objects[name].perm if name in objects else name


def _new_roles(names: Iterable[str], dry: bool) -> Iterator[str]:
    """Roles that are not there yet, empty: rules close before permissions open."""
    from superset import security_manager as manager

    for name in names:
        if manager.find_role(name) is None:
            yield f"+ роль «{name}»"
            if not dry:
                manager.add_role(name, commit=False)


def _grant_changes(wanted: dict[str, set[tuple[str, str]]], new: set[str], dry: bool) -> Iterator[str]:
    from superset import security_manager as manager

    for name, pairs in wanted.items():
        role = manager.find_role(name)
        present = {(each.permission.name, each.view_menu.name) for each in role.permissions} if role else set()
        if present == pairs:
            continue
        signs = [f"+{permission} on {view}" for permission, view in sorted(pairs - present)]
        signs += [f"-{permission} on {view}" for permission, view in sorted(present - pairs)]
        yield f"~ роль «{name}»: {f'права, {len(signs)}' if name in new else ', '.join(signs)}"
        if not dry:
            role.permissions = [_permission(*pair) for pair in sorted(pairs)]


def _lost_roles(names: Iterable[str], dry: bool) -> Iterator[str]:
    from superset import security_manager as manager

    for name in names:
        if role := manager.find_role(name):
            yield f"- роль «{name}»"
            if not dry:
                role.permissions = []
                manager.session.delete(role)


def _permission(permission: str, view: str) -> Any:
    from superset import security_manager as manager

    found = manager.find_permission_view_menu(permission, view)
    if found is None:
        raise AccessError(f"права «{permission} on {view}» в этой версии Superset нет (access/permissions.yaml)")
    return found


def _dashboard_changes(roles: dict[str, Grants], plan: AssetPlan, objects: dict[str, Any], ours: set[str], dry: bool) -> Iterator[str]:
    """Who sees a dashboard: our roles as the files say; a role that a person added stays."""
    from superset import security_manager as manager

    for name, text in plan.texts.items():
        if _kind(name) != "dashboards":
            continue
        slug = read_text(text)["slug"]
        wanted = {grants.role for grants in roles.values() if slug in grants.dashboards and not grants.builtin}
        present = {role.name for role in objects[name].roles} if name in objects else set()
        if wanted == present & ours:
            continue
        signs = [f"+{role}" for role in sorted(wanted - present)] + [f"-{role}" for role in sorted((present & ours) - wanted)]
        yield f"~ {name}: видят: {', '.join(signs)}"
        if not dry:
            others = [role for role in objects[name].roles if role.name not in ours]
            objects[name].roles = others + [manager.find_role(role) for role in sorted(wanted)]


# --- row rules ---------------------------------------------------------------------------------------------------------


def _rule_changes(wanted: list[Rule], gone: Iterable[str], objects: dict[str, Any], dry: bool) -> Iterator[str]:
    from superset.connectors.sqla.models import RowLevelSecurityFilter

    from superset import db
    from superset import security_manager as manager

    present = {each.name: each for each in db.session.query(RowLevelSecurityFilter).all()}
    file_of = {item.id: name for name, item in objects.items() if _kind(name) == "datasets"}
    for rule in wanted:
        kind = "Base" if rule.is_base else "Regular"
        tables = {f"datasets/{name}.yaml" for name in rule.datasets}
        filed = present.get(rule.name)
        if filed is None:
            yield f"+ правило строк «{rule.name}»: {rule.clause}"
        else:
            standing = (filed.filter_type, filed.group_key, filed.clause, {role.name for role in filed.roles})
            on = {file_of.get(table.id, f"#{table.id}") for table in filed.tables}
            if standing == (kind, GROUP, rule.clause, set(rule.roles)) and on == tables:
                continue
            yield f"~ правило строк «{rule.name}»: {rule.clause}"
        if not dry:
            filed = filed or RowLevelSecurityFilter(name=rule.name)
            filed.filter_type, filed.group_key, filed.clause = kind, GROUP, rule.clause
            filed.roles = [manager.find_role(role) for role in sorted(rule.roles)]
            filed.tables = [objects[name] for name in sorted(tables)]
            db.session.add(filed)
    for name in gone:
        if name in present:
            yield f"- правило строк «{name}»"
            if not dry:
                db.session.delete(present[name])


# --- all of it ---------------------------------------------------------------------------------------------------------


def apply(home: Path, dry: bool = False) -> list[str]:
    """Inside an application context: the differences, made good unless `dry`."""
    from superset import db

    contents, state = bundle_for(ASSETS, home), _read_state(home)
    roles = load(load_assets(ASSETS))
    scopes = _scopes(home, roles)
    plan = _plan_assets(contents, state)
    _refuse_taken_addresses(plan)
    if plan.lines and not dry:
        _import(plan.to_import, contents[_METADATA])
    pruned, kept, doomed = _prune(plan.gone)
    objects = _objects(plan.uuid_of)
    access_lines = list(_access_changes(roles, scopes, plan, objects, state, dry))
    lines = [*plan.lines.values(), *pruned, *access_lines]
    if dry:
        db.session.rollback()
        return lines
    for item in doomed:
        db.session.delete(item)
    db.session.commit()
    state.assets = {name: _entry(name, plan, objects) for name in plan.texts} | {name: state.assets[name] for name in kept}
    _write_state(home, state)
    if lines:
        record(home, "access_changed", changed=access_lines, assets=len(lines) - len(access_lines))
    return lines


def _access_changes(
    roles: dict[str, Grants], scopes: list[tuple[Grants, str]], plan: AssetPlan, objects: dict[str, Any], state: State, dry: bool
) -> Iterator[str]:
    """Roles, row rules and who sees which dashboard; `state` remembers the names that are ours from now on."""
    wanted = _wanted_roles(roles, scopes, objects)
    datasets = [name.removeprefix("datasets/").removesuffix(".yaml") for name in plan.texts if _kind(name) == "datasets"]
    wanted_rules = rules(roles.values(), sorted(datasets), scopes)
    rule_names = [rule.name for rule in wanted_rules]
    created = list(_new_roles(wanted, dry))
    yield from created
    yield from _rule_changes(wanted_rules, [name for name in state.rules if name not in rule_names], objects, dry)
    yield from _grant_changes(wanted, {name for name in wanted if f"+ роль «{name}»" in created}, dry)
    yield from _dashboard_changes(roles, plan, objects, {*wanted, *state.roles}, dry)
    yield from _lost_roles([name for name in state.roles if name not in wanted], dry)
    state.roles, state.rules = sorted(wanted), sorted(rule_names)


def _entry(name: str, plan: AssetPlan, objects: dict[str, Any]) -> dict[str, str]:
    return {"uuid": plan.uuid_of[name], "text": _text_digest(plan.texts[name]), "standing": _standing(_kind(name), objects[name])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    dry = parser.parse_args().dry_run
    home = oko_home()
    if not (home / "superset" / "superset.db").exists():
        say("Superset ещё не настроен: сначала provision.py (или oko serve)")
        sys.exit(1)
    with superset_app(home):
        lines = apply(home, dry)
    for line in lines:
        say(line)
    say("Superset: без изменений" if not lines else f"Superset: {'изменилось бы' if dry else 'изменено'}: {len(lines)}")


if __name__ == "__main__":
    main()
