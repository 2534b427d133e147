"""Who sees what, as files: effective grants, the row rules that follow, lists of users, the directory. Without a server."""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import access
import bundle
import directory
import duckdb
import openpyxl
import pytest
import users
import validate
import yaml
from access import AccessError, Grants
from home import ASSETS

CODES = {"school": {"001001": "Первая", "p-1a": "Временная"}, "municipality": {"m96-01": "Район"}}


@pytest.fixture(scope="module")
def content() -> access.Assets:
    return bundle.load(ASSETS)


@pytest.fixture(scope="module")
def roles(content: access.Assets) -> dict[str, Grants]:
    return access.load(content)


def database_of(content: access.Assets, dataset: str) -> str:
    uuid = content["datasets"][f"datasets/{dataset}.yaml"]["database_uuid"]
    return next(Path(name).stem for name, asset in content["databases"].items() if asset["uuid"] == uuid)


def test_only_analysts_have_sql_lab_and_whole_databases(roles: dict[str, Grants]) -> None:
    may = {name for name, grants in roles.items() if ("can_execute_sql_query", "SQLLab") in grants.permissions}
    assert may == {"analyst", "core_analyst"} == {name for name, grants in roles.items() if grants.databases}
    assert roles["analyst"].databases == {"oko"} and roles["core_analyst"].databases == {"oko", "oko_core"}


def test_nobody_but_the_administrator_writes_datasets_or_manages_people(roles: dict[str, Grants]) -> None:
    for grants in roles.values():
        for permission, view in grants.permissions:
            assert (permission, view) != ("can_write", "Dataset")
            assert not re.search("^all_|RowLevelSecurity|Role|List Users|UsersListView", f"{permission} {view}")
            assert view != "UserDBModelView" or permission in ("can_userinfo", "resetmypassword")


def test_the_core_is_open_to_its_analysts_and_by_scope_alone(content: access.Assets, roles: dict[str, Grants]) -> None:
    for name, grants in roles.items():
        core = {dataset: rows for dataset, rows in grants.datasets.items() if database_of(content, dataset) == "oko_core"}
        if name == "core_analyst":
            assert set(core.values()) == {"all"}
        else:
            assert all("{code}" in rows for rows in core.values())
            assert not core or grants.scope


def test_every_dataset_is_closed_by_a_base_rule(content: access.Assets, roles: dict[str, Grants]) -> None:
    datasets = [name.removeprefix("datasets/").removesuffix(".yaml") for name in content["datasets"]]
    base = [rule for rule in access.rules(roles.values(), datasets, []) if rule.is_base]
    assert sorted(dataset for rule in base for dataset in rule.datasets) == sorted(datasets)
    assert all("Admin" in rule.roles and len(rule.name) < 255 for rule in base)
    for rule in base:
        assert rule.clause == ("visibility = 'public'" if "Око: просмотр" not in rule.roles and _public(roles, rule) else "1 = 0")


def _public(roles: dict[str, Grants], rule: access.Rule) -> bool:
    return all(roles["viewer"].datasets.get(dataset) == "public" for dataset in rule.datasets)


@pytest.mark.parametrize(
    ("role", "code", "seen"),
    [
        ("school", "001001", {"001001", "001001/5", "001001/11"}),
        ("school", "00100", set()),
        ("municipality", "m96-01", {"001001", "0010012", "m96-01"}),
        ("municipality", "m96", set()),
    ],
)
def test_conditions_of_scopes(roles: dict[str, Grants], role: str, code: str, seen: set[str]) -> None:
    rows = [
        ("school", "001001", "m96-01"),
        ("school", "0010012", "m96-01"),
        ("class", "001001/5", ""),
        ("class", "001001/11", ""),
        ("class", "0010012/5", ""),
        ("school", "002001", "m96-02"),
        ("municipality", "m96-01", "m96-01"),
        ("municipality", "m96-02", "m96-02"),
        ("region", "96", ""),
    ]
    (rule,) = [each for each in access.rules([], [], [(roles[role], code)]) if "oko_core/own_readings" in each.datasets]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE readings (level text, entity_code text, municipality_code text)")
        connection.executemany("INSERT INTO readings VALUES (?, ?, ?)", rows)
        found = connection.execute(f"SELECT entity_code FROM readings WHERE (1 = 0) OR ({rule.clause})").fetchall()
    assert {code for (code,) in found} == seen
    assert not rule.is_base and rule.roles == {f"{roles[role].role} {code}"}


def test_two_scopes_are_roles_of_their_own(roles: dict[str, Grants]) -> None:
    rules = access.rules([], [], [(roles["school"], "001001"), (roles["school"], "p-1a")])
    assert {role for rule in rules for role in rule.roles} == {"Око: школа 001001", "Око: школа p-1a"}
    with pytest.raises(AccessError, match="не код области"):
        access.rules([], [], [(roles["school"], "1' OR '1' = '1")])


Edit = Callable[[dict[str, Any]], object]
DISORDER: dict[str, tuple[str, Edit, str]] = {
    "a dataset that is not there": ("viewer", lambda role: role["datasets"].update({"oko/none": "all"}), "oko/none: no such dataset"),
    "public rows without a column": (
        "viewer",
        lambda role: role["datasets"].update({"oko/certificates": "public"}),
        "public rows of a dataset without the column visibility",
    ),
    "a condition without a scope": ("viewer", lambda role: role["datasets"].update({"oko/audits": "1 = 1"}), "needs a scope"),
    "a template of Superset": (
        "school",
        lambda role: role["datasets"].update({"oko_core/own_readings": "x = {code} {{ url_param('x') }}"}),
        "no template of Superset",
    ),
    "SQL Lab under row rules": ("school", lambda role: role.update(permissions=["sql"]), "has no SQL Lab"),
    "a database under row rules": ("school", lambda role: role.update(databases=["oko"]), "has no SQL Lab and no whole database"),
    "a database that is not there": ("analyst", lambda role: role.update(databases=["x"]), "no database x"),
    "a dashboard with datasets of others": ("viewer", lambda role: role.update(dashboards=["my-school"]), "dashboard my-school"),
    "a dashboard that nobody sees": ("school", lambda role: role.update(dashboards=[]), "no role shows the dashboard my-school"),
    "an unknown key": ("viewer", lambda role: role.update(rows="all"), "unknown keys rows"),
    "an unknown set": ("viewer", lambda role: role.update(permissions=["all"]), "no set of permissions all"),
}


@pytest.mark.parametrize("name", list(DISORDER))
def test_disorder_is_found(tmp_path: Path, content: access.Assets, name: str) -> None:
    role, edit, message = DISORDER[name]
    folder = tmp_path / "access"
    shutil.copytree(access.ACCESS, folder)
    if "nobody" in name:  # whom a dashboard of the core is shown besides
        (folder / "core_analyst.yaml").unlink()
    changed = yaml.safe_load((folder / f"{role}.yaml").read_text())
    edit(changed)
    (folder / f"{role}.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True))
    found = list(validate.check_access(content, folder))
    assert len(found) == 1 and message in found[0]


def test_two_assets_of_one_identifier_are_found(content: access.Assets) -> None:
    twice = copy.deepcopy(content)
    twice["datasets"]["datasets/oko_core/x.yaml"] = next(iter(content["datasets"].values()))
    assert any("the same identifier" in found for found in validate.check_identity(twice))


# --- lists of users ----------------------------------------------------------------------------------------------------


def book(path: Path, *rows: tuple[object, ...], header: tuple[str, ...] = users.COLUMNS) -> Path:
    made = openpyxl.Workbook()
    for row in (header, *rows):
        made.active.append(row)
    made.save(path)
    return path


def test_a_list_is_read_with_the_zeros_that_excel_drops(tmp_path: Path, roles: dict[str, Grants]) -> None:
    file = book(tmp_path / "u.xlsx", ("a.b", "Ж", "Я", "a@b.example", "школа", 1001), ("cc", "Ж", "Я", None, "Просмотр", None))
    found = users.parse(users.read_rows(file), roles, CODES)
    assert found == [
        users.User("a.b", "Ж", "Я", "a@b.example", "school", "001001"),
        users.User("cc", "Ж", "Я", "cc@localhost", "viewer", None),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("ab", "Ж", "Я", "", "директор", ""), "строка 2: роли «директор» нет; есть"),
        (("ab", "Ж", "Я", "", "школа", ""), "строка 2: у роли «школа» должна быть область"),
        (("ab", "Ж", "Я", "", "школа", "009999"), "строка 2: кода «009999» (школа) нет в хранилище"),
        (("ab", "Ж", "Я", "", "муниципалитет", "001001"), "строка 2: кода «001001» (муниципалитет) нет"),
        (("ab", "Ж", "Я", "", "аналитик", "001001"), "строка 2: у роли «аналитик» не бывает области"),
        (("а б", "Ж", "Я", "", "просмотр", ""), "строка 2: логин «а б»"),
        (("admin", "Ж", "Я", "", "просмотр", ""), "занят администратором"),
        (("ab", "", "Я", "", "просмотр", ""), "нет фамилии или имени"),
        (("ab", "Ж", "Я", "почта", "просмотр", ""), "почта «почта»"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, roles: dict[str, Grants], row: tuple[str, ...], message: str) -> None:
    with pytest.raises(AccessError, match=re.escape(message)):
        users.parse(users.read_rows(book(tmp_path / "u.xlsx", row)), roles, CODES)


def test_all_wrong_rows_are_named_at_once(tmp_path: Path, roles: dict[str, Grants]) -> None:
    row = ("ab", "Ж", "Я", "", "просмотр", "")
    file = book(tmp_path / "u.xlsx", row, row, ("cd", "Ж", "Я", "", "школа", ""))
    with pytest.raises(AccessError) as error:
        users.parse(users.read_rows(file), roles, CODES)
    assert "строка 3: «ab» уже есть в строке 2" in str(error.value) and "строка 4" in str(error.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="строка 1: нет столбца «Область»"):
        users.read_rows(book(tmp_path / "u.xlsx", ("a",), header=users.COLUMNS[:-1]))


# --- the directory -----------------------------------------------------------------------------------------------------

LDAP = """
[ldap]
server = "ldaps://dc.example.ru"
search = "ou=people,dc=example,dc=ru"
login_field = "sAMAccountName"
bind_user = "cn=oko,dc=example,dc=ru"
"""
GROUPS = """
[ldap.groups]
"cn=schools-1,dc=example,dc=ru" = "школа 001001"
"cn=core,dc=example,dc=ru" = "аналитик ядра"
"cn=admins,dc=example,dc=ru" = "администратор"
"""
SECRET = {"OKO_LDAP_BIND_PASSWORD": "secret"}


def test_no_directory_no_settings(tmp_path: Path) -> None:
    assert directory.directory_settings(tmp_path, {}) == {}


def test_groups_of_the_directory_become_roles(tmp_path: Path) -> None:
    (tmp_path / "oko.toml").write_text(LDAP + GROUPS)
    found = directory.directory_settings(tmp_path, SECRET)
    assert found["AUTH_TYPE"] == 2 and found["AUTH_LDAP_UID_FIELD"] == "sAMAccountName" and found["AUTH_LDAP_BIND_PASSWORD"] == "secret"
    assert found["AUTH_ROLES_MAPPING"] == {
        "cn=schools-1,dc=example,dc=ru": ["Око: школа", "Око: школа 001001"],
        "cn=core,dc=example,dc=ru": ["Око: аналитик ядра"],
        "cn=admins,dc=example,dc=ru": ["Admin"],
    }
    assert found["AUTH_ROLES_SYNC_AT_LOGIN"] and found["AUTH_USER_REGISTRATION_ROLE"] == "Public"
    assert directory.directory_groups(tmp_path, {})["cn=schools-1,dc=example,dc=ru"] == "школа 001001"


def test_without_groups_only_the_list_lets_in(tmp_path: Path) -> None:
    (tmp_path / "oko.toml").write_text(LDAP)
    found = directory.directory_settings(tmp_path, SECRET)
    assert not found["AUTH_USER_REGISTRATION"] and not found["AUTH_ROLES_SYNC_AT_LOGIN"] and "AUTH_ROLES_MAPPING" not in found


def test_passwords_again_when_the_directory_is_away(tmp_path: Path) -> None:
    (tmp_path / "oko.toml").write_text(LDAP)
    assert directory.directory_settings(tmp_path, SECRET | {"OKO_AUTH": "password"}) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LDAP.replace("ldaps:", "ldap:"), "пароли пошли бы открыто"),
        (LDAP.replace("search =", "searches ="), "не знает «searches»"),
        ('[ldap]\nserver = "ldaps://x"\n', "без «search»"),
        (LDAP + '[ldap.groups]\n"x" = "директор"\n', "роли «директор» нет"),
        (LDAP + '[ldap.groups]\n"x" = "школа"\n', "должна быть область"),
    ],
)
def test_a_wrong_section_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "oko.toml").write_text(text)
    with pytest.raises((directory.DirectoryError, AccessError), match=message):
        directory.directory_settings(tmp_path, SECRET)


def test_a_bind_password_is_needed(tmp_path: Path) -> None:
    (tmp_path / "oko.toml").write_text(LDAP)
    with pytest.raises(directory.DirectoryError, match="ldap_bind_password"):
        directory.directory_settings(tmp_path, {})
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "ldap_bind_password").write_text("kept\n")
    assert directory.directory_settings(tmp_path, {})["AUTH_LDAP_BIND_PASSWORD"] == "kept"
