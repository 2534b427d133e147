"""Users from a directory (LDAP, Active Directory): the section [ldap] of OKO_HOME/oko.toml as settings of Superset.

The directory says who a person is. What the person sees is said either by groups ([ldap.groups]: group → «школа 001001», read anew at
every login) or, without that section, by the list of users (users.py): then only people of the list can log in.
`OKO_AUTH=password` goes back to passwords, if the directory is out of reach.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from access import role_names

# Numbers of flask_appbuilder.security.manager
AUTH_LDAP = 2
_TEXTS = {
    "server": "AUTH_LDAP_SERVER",
    "search": "AUTH_LDAP_SEARCH",
    "search_filter": "AUTH_LDAP_SEARCH_FILTER",
    "login_field": "AUTH_LDAP_UID_FIELD",
    "bind_user": "AUTH_LDAP_BIND_USER",
    "append_domain": "AUTH_LDAP_APPEND_DOMAIN",
    "login_format": "AUTH_LDAP_USERNAME_FORMAT",
    "group_field": "AUTH_LDAP_GROUP_FIELD",
    "first_name_field": "AUTH_LDAP_FIRSTNAME_FIELD",
    "last_name_field": "AUTH_LDAP_LASTNAME_FIELD",
    "mail_field": "AUTH_LDAP_EMAIL_FIELD",
    "ca_file": "AUTH_LDAP_TLS_CACERTFILE",
}
_PASSWORD = "ldap_bind_password"


class DirectoryError(ValueError):
    """A section [ldap] that cannot be used; the message is Russian."""


def _section(home: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    path = home / "oko.toml"
    section = dict(tomllib.loads(path.read_text(encoding="utf-8")).get("ldap", {})) if path.exists() else {}
    if server := environment.get("OKO_LDAP_SERVER"):
        section["server"] = server
    if environment.get("OKO_AUTH") == "password":
        return {}
    if unknown := section.keys() - _TEXTS.keys() - {"start_tls", "groups"}:
        raise DirectoryError(f"oko.toml: [ldap] не знает «{min(unknown)}»; есть {', '.join([*_TEXTS, 'start_tls', 'groups'])}")
    return section


def directory_groups(home: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Group of the directory → role with its scope, as a person wrote them."""
    groups: dict[str, str] = _section(home, environment).get("groups", {})
    return groups


def directory_settings(home: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Superset's settings; empty where no directory is set."""
    section = _section(home, environment)
    if not section:
        return {}
    if missing := [key for key in ("server", "search") if not section.get(key)]:
        raise DirectoryError(f"oko.toml: [ldap] без «{missing[0]}»")
    if not section["server"].startswith("ldaps://") and not section.get("start_tls"):
        raise DirectoryError("oko.toml: [ldap]: пароли пошли бы открыто: нужен сервер ldaps://… или start_tls = true")
    settings: dict[str, Any] = {"AUTH_TYPE": AUTH_LDAP, "AUTH_LDAP_TLS_DEMAND": True}
    settings |= {_TEXTS[key]: value for key, value in section.items() if key in _TEXTS}
    settings["AUTH_LDAP_USE_TLS"] = bool(section.get("start_tls"))
    if section.get("bind_user"):
        settings["AUTH_LDAP_BIND_PASSWORD"] = _bind_password(home, environment)
    groups = section.get("groups", {})
    if groups:
        # Roles are read at every login; who is in no group gets in with the role that sees nothing.
        settings |= {"AUTH_USER_REGISTRATION": True, "AUTH_USER_REGISTRATION_ROLE": "Public", "AUTH_ROLES_SYNC_AT_LOGIN": True}
        settings["AUTH_ROLES_MAPPING"] = {group: role_names(text) for group, text in groups.items()}
    else:
        settings |= {"AUTH_USER_REGISTRATION": False, "AUTH_ROLES_SYNC_AT_LOGIN": False}
    return settings


def _bind_password(home: Path, environment: Mapping[str, str]) -> str:
    if given := environment.get("OKO_LDAP_BIND_PASSWORD"):
        return given
    path = home / "secrets" / _PASSWORD
    if not path.exists():
        raise DirectoryError(f"oko.toml: [ldap] bind_user без пароля: нужен файл {path} (режим 0600) или OKO_LDAP_BIND_PASSWORD")
    return path.read_text(encoding="utf-8").strip()
