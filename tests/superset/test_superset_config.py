"""The settings of Superset, read as Superset reads them but without it: secrets, what may leave the machine, language."""

from __future__ import annotations

import runpy
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from passwords import refusal

CONFIG = Path(__file__).resolve().parents[2] / "superset" / "superset_config.py"
Settings = dict[str, Any]


@pytest.fixture
def read(make_home: Callable[[str], Path]) -> Callable[[], tuple[Settings, Path]]:
    home = make_home("home")
    return lambda: (runpy.run_path(str(CONFIG)), home)


def test_secret_key_is_made_once_and_kept_to_the_owner(read: Callable[[], tuple[Settings, Path]]) -> None:
    first, home = read()
    again, _ = read()
    file = home / "secrets" / "superset_secret_key"
    assert first["SECRET_KEY"] == again["SECRET_KEY"] == file.read_text()
    assert len(first["SECRET_KEY"]) >= 48
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_other_secrets_follow_from_it_and_differ(read: Callable[[], tuple[Settings, Path]]) -> None:
    settings, home = read()
    names = ("SECRET_KEY", "GUEST_TOKEN_JWT_SECRET", "GLOBAL_ASYNC_QUERIES_JWT_SECRET")
    assert len({settings[name] for name in names}) == 3
    (home / "secrets" / "superset_secret_key").unlink()
    renewed, _ = read()
    assert all(settings[name] != renewed[name] for name in names)


@pytest.mark.parametrize("known", ["CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "thisISaSECRET_1234", "short", ""])
def test_known_and_short_keys_are_refused(read: Callable[[], tuple[Settings, Path]], known: str) -> None:
    _, home = read()
    (home / "secrets" / "superset_secret_key").write_text(known)
    with pytest.raises(RuntimeError, match="publicly known or too short"):
        read()


def test_everything_it_writes_is_in_the_home(read: Callable[[], tuple[Settings, Path]]) -> None:
    settings, home = read()
    state = home / "superset"
    assert settings["SQLALCHEMY_DATABASE_URI"].startswith(f"sqlite:///{state}/superset.db")
    assert settings["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"] == {"timeout": 30}
    caches = [value for name, value in settings.items() if name.endswith("CACHE_CONFIG") and value["CACHE_TYPE"] != "NullCache"]
    assert len(caches) == 3 and all(Path(cache["CACHE_DIR"]).is_relative_to(state) for cache in caches)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_content_security_policy_names_no_other_host(read: Callable[[], tuple[Settings, Path]]) -> None:
    settings, _ = read()
    policy = settings["TALISMAN_CONFIG"]["content_security_policy"]
    allowed = {"'self'", "'none'", "'unsafe-inline'", "'strict-dynamic'", "blob:", "data:"}
    words = {word for value in policy.values() for word in ([value] if isinstance(value, str) else value)}
    assert settings["TALISMAN_ENABLED"] is True
    assert words <= allowed
    assert not any("unsafe" in word for word in policy["script-src"])
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", ["'none'"], ["'self'"])
    assert settings["APP_ICON"].startswith("data:image/svg+xml")


def test_sessions(read: Callable[[], tuple[Settings, Path]], monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = read()
    assert (settings["SESSION_COOKIE_HTTPONLY"], settings["SESSION_COOKIE_SAMESITE"], settings["WTF_CSRF_ENABLED"]) == (True, "Lax", True)
    assert (settings["SESSION_COOKIE_SECURE"], settings["SESSION_COOKIE_NAME"]) == (False, "oko_session")
    monkeypatch.setenv("OKO_HTTPS", "1")
    settings, _ = read()
    assert (settings["SESSION_COOKIE_SECURE"], settings["SESSION_COOKIE_NAME"]) == (True, "__Host-oko_session")


@pytest.mark.parametrize("password", ["короткий", "123456789012", "пароль123456", "admin2024admin", "aaaaaaaaaaaaaa", "ОкоШкола2024!!"])
def test_a_password_that_is_tried_first_is_refused(read: Callable[[], tuple[Settings, Path]], password: str) -> None:
    settings, _ = read()
    assert settings["FAB_PASSWORD_COMPLEXITY_ENABLED"] is True and callable(settings["FAB_PASSWORD_COMPLEXITY_VALIDATOR"])
    assert "не меньше 12 знаков" in refusal(password)


@pytest.mark.parametrize("password", ["зонт лампа ветер", "correct horse battery", "x" * 58 + "!yzuvw", "Рж4-пкL9_zz7"])
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    assert refusal(password) == ""


def test_speaks_russian(read: Callable[[], tuple[Settings, Path]]) -> None:
    settings, _ = read()
    assert settings["BABEL_DEFAULT_LOCALE"] == "ru" and next(iter(settings["LANGUAGES"])) == "ru"
    assert (settings["D3_FORMAT"]["decimal"], settings["D3_FORMAT"]["thousands"]) == (",", "\u00a0")
    assert len(settings["D3_TIME_FORMAT"]["months"]) == len(settings["D3_TIME_FORMAT"]["shortMonths"]) == 12
    assert len(settings["D3_TIME_FORMAT"]["days"]) == 7
    assert settings["CSV_EXPORT"] == {"encoding": "utf-8-sig", "sep": ";", "decimal": ","}
