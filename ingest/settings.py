"""The installation's settings: `oko.toml`, the environment, and a default for everything else.

Only what several parts need. Passwords and keys are no settings: they come from the environment or from files of mode 0600.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

REPOSITORY = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")


class SettingsError(ValueError):
    """A setting that cannot be used; the message is Russian, for the person who set it."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before it is `too_large`."""

    file_bytes: int = 1024**3
    unpacked_bytes: int = 2 * 1024**3
    unpacked_ratio: int = 300
    rows: int = 20_000_000
    columnar_rows: int = 1_000_000
    columns: int = 2_000
    cells: int = 400_000_000
    sheets: int = 500
    reader_memory_bytes: int = 4 * 1024**3
    reader_seconds: int = 300


@dataclass(frozen=True)
class Alerts:
    """Whom to tell that something is wrong, and how. Passwords are files of secrets/ or the environment (orchestration/alerts.py)."""

    mail_to: str = ""
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    webhook_url: str = ""
    ca_file: str = ""
    timeout_seconds: int = 10
    grace_hours: int = 4


@dataclass(frozen=True)
class Settings:
    """One installation. Paths are absolute; nothing is created here."""

    home: Path = REPOSITORY / "data"
    archive: Path = REPOSITORY / "data" / "archive"
    vault: Path = REPOSITORY / "data" / "vault"
    target: str = "duckdb"
    database_url: str | None = field(default=None, repr=False)
    as_of: date = field(default_factory=date.today)
    region_code: str | None = None
    region_name: str | None = None
    time_zone: str = "Asia/Novosibirsk"
    schedule: str = "0 2 * * *"
    school_code_length: int = 6
    keep_publications: int = 7
    keep_months: int = 12
    keep_years: int = 5
    pinned_publications: tuple[str, ...] = ()
    backup_folder: str | None = None
    keep_backups: int = 4
    drill_schedule: str = "0 4 * * 0"
    personal_years: int | None = None
    log_days: int = 365
    limits: Limits = Limits()
    alerts: Alerts = Alerts()

    @property
    def landing(self) -> Path:
        """Files as people drop them; read-only for the pipeline."""
        return self.home / "landing"

    @property
    def quarantine(self) -> Path:
        """Reports of rejected rows, without personal data."""
        return self.home / "quarantine"

    @property
    def warehouse(self) -> Path:
        """The build database."""
        return self.home / "warehouse"

    @property
    def publications(self) -> Path:
        """One folder a publication."""
        return self.home / "publications"

    @property
    def published(self) -> Path:
        """The symbolic link to the current publication."""
        return self.home / "published"

    @property
    def dagster(self) -> Path:
        """Storage of the Dagster instance."""
        return self.home / "dagster"

    @property
    def superset(self) -> Path:
        """Storage of Superset."""
        return self.home / "superset"

    @property
    def logs(self) -> Path:
        """Logs of the servers and of refreshes."""
        return self.home / "logs"

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys, mode 0600."""
        return self.home / "secrets"


# oko.toml: section → key → the field of Settings
_KEYS = {
    "region": {"code": "region_code", "name": "region_name"},
    "schools": {"code_length": "school_code_length"},
    "schedule": {"time_zone": "time_zone", "night": "schedule"},
    "retention": {
        "publications": "keep_publications",
        "publications_months": "keep_months",
        "publications_years": "keep_years",
        "publications_pinned": "pinned_publications",
        "personal_years": "personal_years",
        "log_days": "log_days",
    },
    "backup": {"folder": "backup_folder", "keep": "keep_backups", "drill": "drill_schedule"},
}
# sections that others read: how people log in (superset/tools/directory.py)
_ELSEWHERE = ("ldap",)
# numbers that may be none at all
_MAY_BE_ZERO = ("publications_months", "publications_years")
_LISTS = ("publications_pinned",)
# sections that are a dataclass of their own: each key is a field of it
_NESTED: dict[str, Any] = {"limits": Limits, "alerts": Alerts}
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})|\\s")


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process: environment over oko.toml over defaults."""
    home = Path(environment.get("OKO_HOME") or REPOSITORY / "data").expanduser().resolve()
    values = _read_toml(home / "oko.toml")
    nested = {section: kind(**values.pop(section, {})) for section, kind in _NESTED.items()}
    settings = Settings(
        home=home,
        archive=_path(environment.get("OKO_ARCHIVE"), home / "archive"),
        vault=_path(environment.get("OKO_VAULT"), home / "vault"),
        target=environment.get("OKO_TARGET") or "duckdb",
        database_url=environment.get("OKO_DATABASE_URL") or None,
        as_of=_as_of(environment.get("OKO_AS_OF"), str(values.get("time_zone", Settings.time_zone))),
        **nested,
        **values,
    )
    _validate(settings)
    return settings


def _path(given: str | None, default: Path) -> Path:
    return Path(given).expanduser().resolve() if given else default


def _as_of(given: str | None, time_zone: str) -> date:
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError as error:
            raise SettingsError(f"OKO_AS_OF: «{given}» — не дата вида 2024-12-30") from error
    try:
        return datetime.now(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"oko.toml: часовой пояс «{time_zone}» неизвестен") from error


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: не читается как TOML: {error}") from error
    known = _KEYS | {section: {name: name for name in kind.__dataclass_fields__} for section, kind in _NESTED.items()}
    values: dict[str, Any] = {}
    for section, entries in document.items():
        if section in _ELSEWHERE:
            continue
        if section not in known or not isinstance(entries, dict):
            raise SettingsError(f"{path}: неизвестный раздел [{section}]; есть {', '.join(known)}")
        for key, value in entries.items():
            if key not in known[section]:
                raise SettingsError(f"{path}: [{section}] не знает «{key}»; есть {', '.join(known[section])}")
            place = values.setdefault(section, {}) if section in _NESTED else values
            place[known[section][key]] = _typed(path, section, key, value)
    return values


def _typed(path: Path, section: str, key: str, value: Any) -> Any:
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise SettingsError(f'{path}: [{section}] {key}: нужен список строк, например ["20260901T020000000000Z"]')
        return tuple(value)
    is_number = section in ("limits", "retention") or key in ("code_length", "keep", "smtp_port", "timeout_seconds", "grace_hours")
    least = 0 if key in _MAY_BE_ZERO else 1
    if is_number and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise SettingsError(f"{path}: [{section}] {key}: нужно целое число {'не меньше' if least == 0 else 'больше'} нуля")
    if not is_number and not isinstance(value, str):
        raise SettingsError(f'{path}: [{section}] {key}: нужна строка в кавычках, например "54"')
    return value


def _validate(settings: Settings) -> None:
    if settings.target not in ("duckdb", "postgres"):
        raise SettingsError(f"OKO_TARGET: «{settings.target}» — не duckdb и не postgres")
    if settings.target == "postgres" and not settings.database_url:
        raise SettingsError("OKO_TARGET=postgres: не задан OKO_DATABASE_URL")
    if settings.database_url:
        _validate_url(settings.database_url)
    for schedule in (settings.schedule, settings.drill_schedule):
        if len(schedule.split()) != 5:
            raise SettingsError(f"oko.toml: расписание «{schedule}» — не пять полей cron")
    if settings.backup_folder is not None and not Path(settings.backup_folder).is_absolute():
        raise SettingsError(f"oko.toml: [backup] folder: «{settings.backup_folder}» — не полный путь")
    _validate_alerts(settings.alerts)


def _validate_alerts(alerts: Alerts) -> None:
    """What is half said would send nothing, and nobody would know."""
    for name in ("mail_to", "mail_from", "smtp_host", "smtp_user", "webhook_url", "ca_file"):
        if any(ord(letter) < 32 for letter in getattr(alerts, name)):
            raise SettingsError(f"oko.toml: [alerts] {name}: перевод строки и управляющие знаки недопустимы")
    for address in (*recipients(alerts), *filter(None, [alerts.mail_from])):
        if not _ADDRESS.fullmatch(address):
            raise SettingsError(f"oko.toml: [alerts]: «{address}» — не адрес почты вида name@oko.example")
    if bool(recipients(alerts)) != bool(alerts.smtp_host):
        raise SettingsError("oko.toml: [alerts]: для почты нужны и mail_to (кому), и smtp_host (через какой сервер)")
    if alerts.smtp_security not in ("starttls", "tls", "none"):
        raise SettingsError(f"oko.toml: [alerts] smtp_security: «{alerts.smtp_security}» — не starttls, не tls и не none")
    if alerts.smtp_security == "none" and alerts.smtp_host and not _is_this_machine(alerts.smtp_host):
        raise SettingsError("oko.toml: [alerts] smtp_security: без шифрования (none) — только к серверу на этой же машине")
    if alerts.smtp_port > 65535:
        raise SettingsError(f"oko.toml: [alerts] smtp_port: {alerts.smtp_port} больше 65535")
    if alerts.timeout_seconds > 15:
        raise SettingsError("oko.toml: [alerts] timeout_seconds: не больше 15, иначе оповещение задержит обновление")
    if alerts.webhook_url:
        _validate_webhook(alerts.webhook_url)
    if alerts.ca_file and not Path(alerts.ca_file).is_file():
        raise SettingsError(f"oko.toml: [alerts] ca_file: файла «{alerts.ca_file}» нет")


def _validate_webhook(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"oko.toml: [alerts] webhook_url: «{url}» — не адрес") from error
    if not host or parts.scheme not in ("https", "http"):
        raise SettingsError(f"oko.toml: [alerts] webhook_url: «{url}» — не адрес вида https://oko.example/hook")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise SettingsError("oko.toml: [alerts] webhook_url: без шифрования (http) — только к серверу на этой же машине, иначе https")
    if parts.username or parts.password:
        raise SettingsError("oko.toml: [alerts] webhook_url: пароль в адресе недопустим; подпись — в secrets/webhook_secret")


def recipients(alerts: Alerts) -> list[str]:
    """The addresses of `mail_to`, which stand between commas or semicolons."""
    return [address.strip() for address in re.split("[,;]", alerts.mail_to) if address.strip()]


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _validate_url(url: str) -> None:
    """Judged here, before a library quotes the whole of it, password included, in an error."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("postgresql", "postgres") and bool(parts.hostname) and (parts.port or 1) > 0 and bool(parts.path[1:])
        is_whole &= not _BAD_ESCAPE.search(url) and all("=" in pair for pair in parts.query.split("&") if pair) and not parts.fragment
    except ValueError:
        is_whole = False
    if not is_whole:
        raise SettingsError(
            "OKO_DATABASE_URL: нужен адрес вида postgresql://имя:пароль@сервер:5432/база; знаки вроде @ : / # % в имени и пароле "
            "записываются кодами (%40 %3A %2F %23 %25). Сам адрес здесь не показан: в нём пароль"
        )
