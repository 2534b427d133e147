"""The list of users that `superset/tools/users.py` accepted, for those who ask who may see what outside of the dashboards.

The list is taken there, with its checks; nothing is changed here.
"""

from __future__ import annotations

import json

from ingest.settings import Settings, SettingsError

LIST = "users.json"
# the role whose scope is a municipality: the name of its file in superset/access/
MUNICIPALITY = "municipality"


def municipal_logins(settings: Settings) -> dict[str, str]:
    """login → permanent code of the municipality; empty where no list was taken. Raises SettingsError where it cannot be read."""
    path = settings.superset / LIST
    if not path.exists():
        return {}
    try:
        users = json.loads(path.read_text(encoding="utf-8"))
        return {login: str(user["scope"]) for login, user in users.items() if user["role"] == MUNICIPALITY and user["scope"]}
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise SettingsError(f"Список доступа {path} не читается: примите список пользователей ещё раз (docs/access.md)") from error
