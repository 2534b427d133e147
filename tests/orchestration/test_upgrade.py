"""A home of the previous release under today's code: read, refreshed, backed up, restored; and its key changed.

The home is tests/data/previous_home/home.tar.xz (README.md there says how it was made); make.py wrote its files, and what they must give
is worked out here by hand. The tests share one home and run in the order in which they stand: a refresh is the dear part.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

import duckdb
import pytest
from dagster import DagsterInstance, DefaultScheduleStatus, Definitions

from ingest.settings import Settings, load_settings
from ingest.vault import Vault
from orchestration.backup import take_backup
from orchestration.backup_commands import rotate
from orchestration.build import build_definitions
from orchestration.home_format import HOME_FORMAT
from orchestration.night import FAULTS, run_night
from orchestration.published import fetch
from orchestration.restore import Proof, restore
from orchestration.status import print_status
from warehouse import manifest

PREVIOUS = Path(__file__).parents[1] / "data" / "previous_home" / "home.tar.xz"
FULL = bool(os.environ.get("OKO_TEST_FULL"))
LEFT = "ege/дополнительный день.csv"
# six people in 2023; in 2024 twelve, of whom an appeal gave the first 50 for 38, and one of a file that has left landing
FIRST_YEAR = mean([40, 50, 60, 72, 80, 88])
SECOND_YEAR = mean([50, 47, 52, 61, 66, 70, 74, 80, 83, 91, 95, 100, 64])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The unpacked home, named in the environment."""
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(PREVIOUS) as tar:
        tar.extractall(folder, filter="data")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HOME", str(folder / "home"))
        patched.setenv("OKO_AS_OF", "2024-12-30")
        patched.setenv("OKO_TARGET", "duckdb")
        # somebody may edit the code while its tests run
        for module in ("orchestration.state", "orchestration.refresh", "orchestration.intake"):
            patched.setattr(f"{module}.code_version", lambda *folders: "as it is")
        yield folder / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings()


def means(settings: Settings) -> dict[str, float]:
    sql = "SELECT period, value FROM marts.indicator_values WHERE indicator_code = 'ege_mean_score' AND level = 'region' ORDER BY period"
    return {str(period): float(value) for period, value in fetch(settings, sql)}


def people(settings: Settings) -> list[set[str]]:
    """The pseudonyms of teachers and of those who sat exams, in the core."""
    with duckdb.connect(str(settings.published / "oko_core.duckdb"), read_only=True) as core:
        tables = core.execute("SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = 'core' AND column_name = 'person_id'")
        names = sorted(name for (name,) in tables.fetchall())
        found = [{row[0] for row in core.execute(f"SELECT person_id FROM core.{name}").fetchall()} - {None} for name in names]
    assert max(map(len, found)) >= 2
    return found


def published(settings: Settings) -> manifest.Manifest:
    found = manifest.read(settings.published.resolve())
    assert found is not None
    return found


def test_what_the_previous_release_published_is_read_as_it_stands(settings: Settings) -> None:
    assert means(settings) == pytest.approx({"2023": FIRST_YEAR, "2024": SECOND_YEAR})


def test_its_next_night_is_an_ordinary_one(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_night(settings, full=False, sources=()) == FAULTS
    said = capfd.readouterr().err
    # nothing was read anew but the file with a teacher whose school nobody knows
    assert "Прочитано файлов: 0;" in said and "Сейчас отклонено: 1." in said
    assert means(settings) == pytest.approx({"2023": FIRST_YEAR, "2024": SECOND_YEAR})
    assert fetch(settings, "SELECT file_name, row_number, reason_code FROM quality.rejections") == [("staff/ещё.csv", 2, "unknown_school")]
    assert fetch(settings, "SELECT DISTINCT entity_name FROM marts.indicator_values WHERE level = 'region'") == [("Вымышленный край",)]
    with duckdb.connect(str(settings.published / "oko_core.duckdb"), read_only=True) as core:
        sql = """SELECT value, n FROM core.indicator_values
            WHERE indicator_code = 'pd_share_3y' AND level = 'region' AND period = '2024-09-01'"""
        assert core.execute(sql).fetchall() == [(0.5, 2)]
    assert LEFT in {file.name for file in published(settings).files}
    assert (settings.home / "format").read_text(encoding="utf-8") == f"{HOME_FORMAT}\n"


def test_status_tells_of_both_releases(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    print_status(settings)
    said = capsys.readouterr().out
    assert "ege/протокол 2023.csv" in said and published(settings).id in said


def test_restored_with_another_key_it_publishes_the_same(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore onto an empty home, and between it and its refresh a new key: no number depends on what pseudonyms are."""
    take_backup(settings, tmp_path / "b.tar.gz")
    before = people(settings)

    def with_a_new_key(restored: Settings) -> bool:
        Vault(restored.vault).rotate()
        return run_night(restored, full=True, sources=()) == FAULTS

    monkeypatch.setenv("OKO_HOME", str(tmp_path / "new"))
    proof, _ = restore(load_settings(), tmp_path / "b.tar.gz", with_a_new_key)
    assert proof is Proof.SAME
    restored = load_settings()
    assert means(restored) == means(settings)
    after = people(restored)
    assert list(map(len, after)) == list(map(len, before))
    assert not set().union(*before) & set().union(*after)
    # the file that had left landing was behind the publication, and is in landing no more
    assert LEFT in {file.name for file in published(restored).files}
    landed = {path.relative_to(restored.landing): path.stat().st_mtime_ns for path in restored.landing.rglob("*") if path.is_file()}
    assert landed == {path.relative_to(settings.landing): path.stat().st_mtime_ns for path in settings.landing.rglob("*") if path.is_file()}


def test_the_drill_is_scheduled_where_a_folder_is_named(settings: Settings, tmp_path: Path) -> None:
    with _backups_into(settings, tmp_path) as definitions:
        schedule = definitions.resolve_schedule_def("backup_drill")
    assert schedule.cron_schedule == "30 3 1 * *" and schedule.default_status is DefaultScheduleStatus.RUNNING
    # of itself Dagster has a job of all assets
    assert {job.name for job in build_definitions(settings).resolve_all_job_defs()} - {"__ASSET_JOB"} == {"night"}


@contextmanager
def _backups_into(settings: Settings, folder: Path) -> Iterator[Definitions]:
    """Definitions of an installation whose oko.toml names a folder for backups, for the time of the block."""
    toml = settings.home / "oko.toml"
    before = toml.read_text(encoding="utf-8")
    toml.write_text(f'{before}[backup]\nfolder = "{folder}"\ndrill = "30 3 1 * *"\n', encoding="utf-8")
    try:
        yield build_definitions(load_settings())
    finally:
        toml.write_text(before, encoding="utf-8")


@pytest.mark.skipif(not FULL, reason="two more refreshes: make test-full")
def test_the_drill_itself_proves_the_backup(settings: Settings, tmp_path: Path) -> None:
    before = published(settings)
    with _backups_into(settings, tmp_path) as definitions, DagsterInstance.ephemeral() as instance:
        outcome = definitions.resolve_job_def("backup_drill").execute_in_process(instance=instance, raise_on_error=False)
    assert outcome.success, [str(event.step_failure_data.error) for event in outcome.all_events if event.is_step_failure]
    assert published(settings) == before and not (settings.warehouse / "drill").exists()


@pytest.mark.skipif(not FULL, reason="one more refresh: make test-full")
def test_after_a_rotation_every_pseudonym_is_new_and_no_mart(settings: Settings) -> None:
    before, hashed = people(settings), published(settings)
    assert rotate(settings) == FAULTS
    after = people(settings)
    assert published(settings).id != hashed.id and published(settings).hash == hashed.hash
    assert list(map(len, after)) == list(map(len, before))
    assert not set().union(*before) & set().union(*after)
