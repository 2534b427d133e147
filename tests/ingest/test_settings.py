"""Settings: environment over oko.toml over defaults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.settings import REPOSITORY, Settings, SettingsError, load_settings


def home(tmp_path: Path, toml: str = "", **environment: str) -> Settings:
    (tmp_path / "oko.toml").write_text(toml, encoding="utf-8")
    return load_settings({"OKO_HOME": str(tmp_path), **environment})


def test_every_setting_has_a_default(tmp_path: Path) -> None:
    settings = load_settings({"OKO_HOME": str(tmp_path)})
    assert (settings.target, settings.time_zone, settings.schedule, settings.school_code_length) == (
        "duckdb",
        "Asia/Novosibirsk",
        "0 2 * * *",
        6,
    )
    assert (settings.region_code, settings.database_url) == (None, None)
    assert abs((settings.as_of - date.today()).days) <= 1
    assert load_settings({}).home == REPOSITORY / "data"


def test_the_home_folder(tmp_path: Path) -> None:
    settings = home(tmp_path, OKO_VAULT=str(tmp_path / "elsewhere"))
    assert settings.landing == tmp_path / "landing"
    assert settings.published == tmp_path / "published"
    assert (settings.archive, settings.vault) == (tmp_path / "archive", tmp_path / "elsewhere")


def test_the_environment(tmp_path: Path) -> None:
    settings = home(tmp_path, OKO_TARGET="postgres", OKO_DATABASE_URL="postgresql://u:secret@h/d", OKO_AS_OF="2024-12-30")
    assert (settings.target, settings.as_of) == ("postgres", date(2024, 12, 30))
    assert "secret" not in repr(settings)


def test_oko_toml(tmp_path: Path) -> None:
    toml = """
        region = {code = "54", name = "Новосибирская область"}
        schools = {code_length = 8}
        schedule = {time_zone = "Europe/Moscow", night = "30 1 * * *"}
        retention = {publications = 3, publications_months = 0, publications_years = 2, publications_pinned = ["p1"]}
        limits = {rows = 1000}
        backup = {folder = "/srv/backup", keep = 2, drill = "0 3 1 * *"}
    """
    settings = home(tmp_path, toml)
    assert (settings.region_code, settings.region_name, settings.school_code_length) == ("54", "Новосибирская область", 8)
    assert (settings.time_zone, settings.schedule, settings.keep_publications) == ("Europe/Moscow", "30 1 * * *", 3)
    assert (settings.keep_months, settings.keep_years, settings.pinned_publications) == (0, 2, ("p1",))
    assert settings.limits.rows == 1000
    assert (settings.backup_folder, settings.keep_backups, settings.drill_schedule) == ("/srv/backup", 2, "0 3 1 * *")


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[region", "TOML"),
        ('["регион"]\ncode = "54"', "раздел"),
        ('[region]\ncolour = "x"', "colour"),
        ("[region]\ncode = 54", "кавычках"),
        ("[schools]\ncode_length = 0", "больше нуля"),
        ('[schools]\ncode_length = "6"', "целое"),
        ('[schedule]\ntime_zone = "Луна"', "Луна"),
        ('[schedule]\nnight = "ночью"', "cron"),
        ("[retention]\npublications = 0", "больше нуля"),
        ("[retention]\npublications_months = -1", "не меньше нуля"),
        ("[retention]\npublications_years = true", "целое"),
        ('[retention]\npublications_pinned = "p1"', "список строк"),
        ("[retention]\npublications_pinned = [1]", "список строк"),
        ("limits = 5", "раздел"),
        ('[backup]\nfolder = "копии"', "полный путь"),
        ("[backup]\nkeep = 0", "больше нуля"),
        ('[backup]\ndrill = "по воскресеньям"', "cron"),
    ],
)
def test_a_setting_that_cannot_be_used_says_which(tmp_path: Path, toml: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        home(tmp_path, toml)


@pytest.mark.parametrize("environment", [{"OKO_AS_OF": "30.12.2024"}, {"OKO_TARGET": "oracle"}, {"OKO_TARGET": "postgres"}])
def test_an_environment_that_cannot_be_used(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        home(tmp_path, **environment)
