"""Bring Superset of an installation up to date: metadata schema, roles, the administrator, connections and dashboards.

Run in Superset's environment: `superset/.venv/bin/python superset/tools/provision.py`. Safe to repeat: what was done is remembered in
OKO_HOME/superset/provisioned.json, and when nothing changed Superset is not even imported. It never serves and never builds data.
"""

import argparse
import importlib.metadata
import json
import os
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bundle import bundle_for, digest
from home import ASSETS, environment, oko_home

ADMIN = "admin"


def say(text: str) -> None:
    """To the person, also while the library's own output goes to the log."""
    os.write(_TERMINAL, f"{text}\n".encode())


_TERMINAL = os.dup(1)


@contextmanager
def _library_output_in(log: Path) -> Iterator[None]:
    """The migrations of Superset print pages of warnings; they are kept, elsewhere."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        try:
            yield
        except Exception as error:
            traceback.print_exc()
            say(f"Superset: не удалось настроить ({type(error).__name__}: {error}). Подробности: {log}")
            sys.exit(1)


def _wanted(contents: dict[str, str]) -> dict[str, str]:
    return {"superset": importlib.metadata.version("apache-superset"), "assets": digest(contents)}


def _done(stamp: Path, password: Path) -> dict[str, str]:
    if not (stamp.exists() and password.exists() and stamp.with_name("superset.db").exists()):
        return {}
    done: dict[str, str] = json.loads(stamp.read_text())
    return done


def _new_password(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password + "\n")
    return password


def _ensure_admin(security_manager: Any, password_file: Path) -> None:
    """Make the administrator once; a lost password file means a new password, never a second account."""
    user = security_manager.find_user(username=ADMIN)
    if user and password_file.exists():
        return
    password = _new_password(password_file)
    if user:
        security_manager.reset_password(user.id, password)
    else:
        role = security_manager.find_role("Admin")
        security_manager.add_user(ADMIN, "Администратор", "Око", "admin@localhost", role, password=password)
    say(f"Superset: вход «{ADMIN}», пароль «{password}» (показан один раз, хранится в {password_file})")


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


def _import(contents: dict[str, str]) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.utils.core import override_user

    from superset import security_manager

    say(f"Superset: подключение, наборы данных, диаграммы и дашборды (файлов: {len(contents) - 1})")
    with override_user(security_manager.find_user(username=ADMIN)):
        ImportAssetsCommand(contents).run()


def provision(force: bool = False) -> None:
    home = oko_home()
    stamp, password_file = home / "superset" / "provisioned.json", home / "secrets" / "superset_admin_password"
    contents = bundle_for(ASSETS, home)
    wanted, done = _wanted(contents), {} if force else _done(stamp, password_file)
    if done == wanted:
        say("Superset: без изменений")
        return
    os.umask(0o077)
    os.environ.update(environment())
    with _library_output_in(home / "logs" / "superset-provision.log"):
        from superset.app import create_app

        with create_app().app_context():
            if done.get("superset") != wanted["superset"]:
                _upgrade(password_file)
            _import(contents)
    stamp.write_text(json.dumps(wanted, indent=2) + "\n")
    say("Superset: готово")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="do everything again")
    provision(**vars(parser.parse_args()))
