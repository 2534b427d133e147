"""Bring Superset of an installation up to date: metadata schema, the administrator, and by apply.py everything that the files say.

Run in Superset's environment: `superset/.venv/bin/python superset/tools/provision.py`. Safe to repeat: what was done is remembered in
OKO_HOME/superset/provisioned.json, and when nothing changed Superset is not even imported. It never serves and never builds data.
"""

import argparse
import importlib.metadata
import json
import os
import secrets
from pathlib import Path
from typing import Any

from apply import ACCOUNT, apply, inputs
from home import oko_home
from session import on_terminal, say, superset_app


def _wanted(home: Path) -> dict[str, str]:
    return {"superset": importlib.metadata.version("apache-superset"), "inputs": inputs(home)}


def _done(stamp: Path, password: Path) -> dict[str, str]:
    if not (stamp.exists() and password.exists() and stamp.with_name("superset.db").exists()):
        return {}
    done: dict[str, str] = json.loads(stamp.read_text())
    return done


def _new_password(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(16)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password + "\n")
    return password


def _ensure_admin(security_manager: Any, password_file: Path) -> None:
    """Make the administrator once; a lost password file means a new password, never a second account."""
    user = security_manager.find_user(username=ACCOUNT)
    if user and password_file.exists():
        return
    password = _new_password(password_file)
    if user:
        security_manager.reset_password(user.id, password)
    else:
        role = security_manager.find_role("Admin")
        security_manager.add_user(ACCOUNT, "Администратор", "Око", "admin@localhost", role, password=password)
    # a service has no terminal but a log, which more people read than may log in
    shown = f"пароль «{password}» (показан один раз, хранится" if on_terminal() else "пароль (хранится"
    say(f"Superset: вход «{ACCOUNT}», {shown} в {password_file})")


def _upgrade(password_file: Path) -> None:
    from flask_migrate import upgrade
    from superset.extensions import appbuilder

    from superset import security_manager

    say("Superset: схема метаданных и роли (при первом запуске до минуты)")
    upgrade()
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    # Without it the page that asks for the password cannot read the Russian texts and falls back to English.
    security_manager.add_permission_role(
        security_manager.find_role("Public"), security_manager.add_permission_view_menu("can_language_pack", "Superset")
    )
    _ensure_admin(security_manager, password_file)


def provision(force: bool = False) -> None:
    home = oko_home()
    stamp, password_file = home / "superset" / "provisioned.json", home / "secrets" / "superset_admin_password"
    wanted, done = _wanted(home), {} if force else _done(stamp, password_file)
    if done == wanted:
        say("Superset: без изменений")
        return
    with superset_app(home):
        if done.get("superset") != wanted["superset"]:
            _upgrade(password_file)
        say("Superset: подключения, наборы данных, диаграммы, дашборды, роли и правила строк")
        changes = apply(home)
    stamp.write_text(json.dumps(wanted, indent=2) + "\n")
    say(f"Superset: готово, изменений: {len(changes)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="do everything again")
    provision(**vars(parser.parse_args()))
