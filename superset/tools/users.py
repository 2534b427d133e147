"""Users from a list: `superset/.venv/bin/python superset/tools/users.py FILE.xlsx [--dry-run]`.

Columns Логин, Фамилия, Имя, Почта, Роль, Область. Who is new gets a random password, written once to a file of mode 0600 in
OKO_HOME/secrets; who is known is changed where the list differs; who is no longer listed is deactivated, if the list brought the account.
A list with an error changes nothing.
"""

import argparse
import json
import os
import re
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import access
from access import AccessError, Grants
from apply import ACCOUNT, apply, listed_users
from audit import record
from bundle import load as load_assets
from home import ASSETS, oko_home
from session import say, superset_app
from target import asked

COLUMNS = ("Логин", "Фамилия", "Имя", "Почта", "Роль", "Область")
_LOGIN = re.compile(r"[0-9A-Za-z._@-]{2,60}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
Codes = dict[str, dict[str, str]]


@dataclass(frozen=True)
class User:
    """A row of the list; `role` is the name of its file in access/."""

    login: str
    last_name: str
    first_name: str
    mail: str
    role: str
    scope: str | None


def read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(number of the row in the file, column → text) of the first sheet, empty rows left out."""
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except Exception as error:
        raise AccessError(f"{path.name}: не читается как XLSX: {error}") from error
    rows = [(number, [_text(value) for value in values]) for number, values in enumerate(sheet.iter_rows(values_only=True), 1)]
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise AccessError(f"{path.name}: пустой лист")
    number, header = filled[0]
    if missing := [column for column in COLUMNS if column not in header]:
        raise AccessError(f"{path.name}, строка {number}: нет столбца «{missing[0]}»; нужны {', '.join(COLUMNS)}")
    places = {column: header.index(column) for column in COLUMNS}
    return [(number, {column: cells[place] for column, place in places.items()}) for number, cells in filled[1:]]


def _text(value: object) -> str:
    """A code that Excel keeps as a number stays without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def parse(rows: Iterable[tuple[int, dict[str, str]]], roles: dict[str, Grants], codes: Codes) -> list[User]:
    """The users of the list; raises AccessError with every problem, a line each, with its row."""
    users: list[User] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        try:
            user = _user(row, roles, codes)
            for key in (user.login.lower(), user.mail.lower()):
                if key in seen:
                    raise AccessError(f"«{key}» уже есть в строке {seen[key]}")
            seen |= {user.login.lower(): number, user.mail.lower(): number}
            users.append(user)
        except AccessError as error:
            problems.append(f"строка {number}: {error}")
    if problems:
        raise AccessError("список не принят, ничего не изменено:\n" + "\n".join(problems))
    return users


def _user(row: dict[str, str], roles: dict[str, Grants], codes: Codes) -> User:
    login = row["Логин"]
    if not _LOGIN.fullmatch(login):
        raise AccessError(f"логин «{login}»: нужны латинские буквы, цифры и знаки . _ @ -, от 2 до 60")
    if login.lower() == ACCOUNT:
        raise AccessError(f"логин «{login}» занят администратором установки")
    if not row["Фамилия"] or not row["Имя"]:
        raise AccessError("нет фамилии или имени")
    mail = row["Почта"] or f"{login.split('@')[0]}@localhost"
    if not _MAIL.fullmatch(mail):
        raise AccessError(f"почта «{mail}» не похожа на адрес")
    by_title = {grants.title: name for name, grants in roles.items()}
    name = by_title.get(row["Роль"].lower())
    if name is None:
        raise AccessError(f"роли «{row['Роль']}» нет; есть {', '.join(by_title)}")
    grants, scope = access.check_scope(roles[name], row["Область"] or None)
    if scope and grants.scope:
        scope = _known(scope, codes[grants.scope], access.SCOPES[grants.scope])
    return User(login, row["Фамилия"], row["Имя"], mail, name, scope)


def _known(code: str, known: dict[str, str], what: str) -> str:
    """The code as the warehouse has it; Excel drops the zeros that codes begin with."""
    found = [each for each in known if each == code] or [each for each in known if each.lstrip("0") == code.lstrip("0")]
    if len(found) != 1:
        raise AccessError(f"кода «{code}» ({what}) нет в хранилище")
    return found[0]


def known_codes(home: Path) -> Codes:
    """The codes of schools and municipalities in the publication, with their names."""
    try:
        schools = asked(home, "oko_core", "SELECT school_code, school_name FROM core.dim_school WHERE is_current AND NOT is_provisional")
        places = asked(home, "oko_core", "SELECT municipality_code, municipality_name FROM core.dim_municipality")
    except FileNotFoundError as error:
        raise AccessError("нет публикации, по которой проверяют области: сначала oko refresh") from error
    return {"school": dict(schools), "municipality": dict(places)}


# --- accounts ----------------------------------------------------------------------------------------------------------


def _role_names(user: User, roles: dict[str, Grants]) -> set[str]:
    grants = roles[user.role]
    return {grants.role} | ({access.scope_role(grants, user.scope)} if user.scope else set())


def _check_accounts(users: list[User], listed: Iterable[str]) -> None:
    """An account that a person made is not taken over, and a mail stands for one account."""
    from superset import security_manager as manager

    listed = set(listed)
    for user in users:
        if user.login not in listed and manager.find_user(username=user.login):
            raise AccessError(f"логин «{user.login}» занят учётной записью, заведённой не из списка: удалите её или выберите другой логин")
        other = manager.find_user(email=user.mail)
        if other and other.username != user.login:
            raise AccessError(f"почта «{user.mail}» уже у учётной записи «{other.username}»")


def _sync(users: list[User], roles: dict[str, Grants], listed: Iterable[str], dry: bool) -> tuple[list[str], dict[str, str]]:
    """Lines of what changes, and the passwords of new accounts."""
    from superset import db
    from superset import security_manager as manager

    lines, passwords = [], {}
    for user in users:
        wanted = {"first_name": user.first_name, "last_name": user.last_name, "email": user.mail, "active": True}
        names = _role_names(user, roles)
        account: Any = manager.find_user(username=user.login)
        if account is None:
            lines.append(f"+ пользователь «{user.login}»: {', '.join(sorted(names))}")
            if not dry:
                passwords[user.login] = secrets.token_urlsafe(16)
                given = [manager.find_role(name) for name in sorted(names)]
                manager.add_user(user.login, user.first_name, user.last_name, user.mail, given, password=passwords[user.login])
            continue
        changes = [name for name, value in wanted.items() if getattr(account, name) != value]
        if {role.name for role in account.roles} != names:
            changes.append("roles")
        if changes:
            lines.append(f"~ пользователь «{user.login}»: {', '.join(_WORDS[each] for each in changes)}")
        if changes and not dry:
            for name, value in wanted.items():
                setattr(account, name, value)
            account.roles = [manager.find_role(name) for name in sorted(names)]
    for login in sorted(set(listed) - {user.login for user in users}):
        account = manager.find_user(username=login)
        if account and account.active:
            lines.append(f"- пользователь «{login}»: отключён, в списке его нет")
            if not dry:
                account.active = False
    if not dry:
        db.session.commit()
    return lines, passwords


_WORDS = {"first_name": "имя", "last_name": "фамилия", "email": "почта", "active": "снова включён", "roles": "роль или область"}


def _write_passwords(home: Path, passwords: dict[str, str]) -> Path:
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"superset_passwords_{datetime.now():%Y%m%dT%H%M%S}.csv"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig") as file:
        file.write("Логин;Пароль\n" + "".join(f"{login};{password}\n" for login, password in passwords.items()))
    return path


def _remember(home: Path, users: list[User], listed: dict[str, dict[str, str | None]]) -> None:
    """Whom the list has, and whom it had: a deactivated account stays the list's."""
    entries = {login: {"role": None, "scope": None} for login in listed}
    entries |= {user.login: {"role": user.role, "scope": user.scope} for user in users}
    path = home / "superset" / "users.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    draft.replace(path)


def take(path: Path, dry: bool = False) -> None:
    """The whole way of one list."""
    home = oko_home()
    if not (home / "superset" / "superset.db").exists():
        raise AccessError("ещё не настроен: сначала provision.py (или oko serve)")
    roles = access.load(load_assets(ASSETS))
    users = parse(read_rows(path), roles, known_codes(home))
    listed = listed_users(home)
    with superset_app(home):
        _check_accounts(users, listed)
        if not dry:
            _remember(home, users, listed)
            apply(home)
        lines, passwords = _sync(users, roles, listed, dry)
        if lines and not dry:
            # logins and roles; no names of people
            record(home, "users_changed", changed=lines)
        if passwords:
            file = _write_passwords(home, passwords)
            lines.append(f"Пароли новых пользователей (раздайте и удалите файл): {file}")
    for line in lines:
        say(line)
    say("Пользователи: без изменений" if not lines else f"Пользователи: {'изменилось бы' if dry else 'готово'}, в списке {len(users)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    options = parser.parse_args()
    try:
        take(options.file, options.dry_run)
    except AccessError as error:
        say(f"Superset: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
