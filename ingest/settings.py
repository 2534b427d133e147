"""The installation's settings: `oko.toml`, the environment, and a default for everything else.

Only what several parts need. Passwords and keys are no settings: they come from the environment or from files of mode 0600.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

REPOSITORY = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting that cannot be used; the message is Russian, for the person who set it."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before it is `too_large`."""

    file_bytes: int = 1024**3
    unpacked_bytes: int = 2 * 1024**3
    unpacked_ratio: int = 300
    rows: int = 20_000_000
    columns: int = 2_000
    cells: int = 400_000_000
    sheets: int = 500
    reader_memory_bytes: int = 4 * 1024**3
    reader_seconds: int = 300


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
    limits: Limits = Limits()

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
    "retention": {"publications": "keep_publications"},
}
# sections that others read: how people log in (superset/tools/directory.py)
_ELSEWHERE = ("ldap",)
_LIMITS = {name: f"limits.{name}" for name in Limits.__dataclass_fields__}


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process: environment over oko.toml over defaults."""
    home = Path(environment.get("OKO_HOME") or REPOSITORY / "data").expanduser().resolve()
    values = _read_toml(home / "oko.toml")
    limits = {name.removeprefix("limits."): values.pop(name) for name in list(values) if name.startswith("limits.")}
    settings = Settings(
        home=home,
        archive=_path(environment.get("OKO_ARCHIVE"), home / "archive"),
        vault=_path(environment.get("OKO_VAULT"), home / "vault"),
        target=environment.get("OKO_TARGET") or "duckdb",
        database_url=environment.get("OKO_DATABASE_URL") or None,
        as_of=_as_of(environment.get("OKO_AS_OF"), str(values.get("time_zone", Settings.time_zone))),
        limits=Limits(**limits),
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
    known = _KEYS | {"limits": _LIMITS}
    values: dict[str, Any] = {}
    for section, entries in document.items():
        if section in _ELSEWHERE:
            continue
        if section not in known or not isinstance(entries, dict):
            raise SettingsError(f"{path}: неизвестный раздел [{section}]; есть {', '.join(known)}")
        for key, value in entries.items():
            if key not in known[section]:
                raise SettingsError(f"{path}: [{section}] не знает «{key}»; есть {', '.join(known[section])}")
            values[known[section][key]] = _typed(path, section, key, value)
    return values


def _typed(path: Path, section: str, key: str, value: Any) -> Any:
    is_number = section in ("limits", "retention") or key == "code_length"
    if is_number and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise SettingsError(f"{path}: [{section}] {key}: нужно целое число больше нуля")
    if not is_number and not isinstance(value, str):
        raise SettingsError(f'{path}: [{section}] {key}: нужна строка в кавычках, например "54"')
    return value


def _validate(settings: Settings) -> None:
    if settings.target not in ("duckdb", "postgres"):
        raise SettingsError(f"OKO_TARGET: «{settings.target}» — не duckdb и не postgres")
    if settings.target == "postgres" and not settings.database_url:
        raise SettingsError("OKO_TARGET=postgres: не задан OKO_DATABASE_URL")
    if len(settings.schedule.split()) != 5:
        raise SettingsError(f"oko.toml: расписание «{settings.schedule}» — не пять полей cron")
