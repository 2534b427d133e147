"""What the machine does to a refresh: disks that fill up, power that is cut, clocks. No dbt here: whole refreshes are in test_kills_*."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from region import check_archive, check_raw, drafts
from small_landing import STAFF, Landing, read_landing, teacher

from ingest.archive import Archive, scan
from ingest.settings import load_settings
from ingest.vault import KEY_FILE, Vault
from orchestration import night
from orchestration.progress import Summary, observer
from orchestration.refresh import Refresh
from warehouse.engine import Warehouse

SNILS = "112-233-445 95"
KILOBYTE = 1024
YEARS = range(1960, 2020)


class Disk:
    """A disk of a size of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, kilobytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", self.folder], check=True)


@pytest.fixture
def make_disk() -> Iterator[Callable[[Path, int], Disk]]:
    """Mounts a disk of so many kilobytes at a folder."""
    mounted: list[Path] = []

    def make(folder: Path, kilobytes: int) -> Disk:
        folder.mkdir(parents=True, exist_ok=True)
        options = ["-o", f"size={kilobytes}k,mode=700"]
        done = subprocess.run(["mount", "-t", "tmpfs", *options, "oko-test", folder], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return Disk(folder)

    yield make
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def landing(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Landing:
    """Registers and two teachers, in a home of its own."""
    landing = Landing(make_home())
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    landing.write_registers()
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS, "540101"), teacher("087-654-303 00", "540102"))
    return landing


def _read() -> tuple[int, int]:
    """A refresh as far as raw: how many people and how many rejections there are, after a look that nothing is torn."""
    seen: list[tuple[int, int]] = []

    def look(warehouse: Warehouse) -> None:
        check_raw(warehouse)
        seen.append((warehouse.query("SELECT 1 FROM raw.staff").height, warehouse.rejections().height))

    read_landing(look=look)
    return seen[0]


# ---- disks that are full -----------------------------------------------------------------------------------------------------


def test_a_full_archive_is_no_fault_of_the_file(landing: Landing, make_disk: Callable[[Path, int], Disk]) -> None:
    landing.write("staff/много.csv", STAFF, *[teacher(SNILS, "540101", start=f"{day:02}.09.2020") for day in range(1, 31)] * 40)
    disk = make_disk(landing.home / "archive", 64)
    with pytest.raises(OSError, match="No space left"):
        _read()
    check_archive(landing.home)
    assert drafts(landing.home / "archive") == []
    disk.resize(4096)
    people, rejected = _read()
    # thirty rows of the many are the others' duplicates
    assert (people, rejected) == (32, 30 * 39)
    check_archive(landing.home)


def test_a_full_warehouse_tears_no_file(landing: Landing, make_disk: Callable[[Path, int], Disk]) -> None:
    disk = make_disk(landing.home / "warehouse", 400 * KILOBYTE)
    assert _read() == (2, 0)
    years = [
        teacher(SNILS, "540101", start=f"{day:02}.{month:02}.{year}") for day in range(1, 29) for month in range(1, 13) for year in YEARS
    ]
    landing.write("staff/много.csv", STAFF, *years)
    landing.write("staff/ещё.csv", STAFF, teacher(SNILS, "540102"))
    usage = os.statvfs(disk.folder)
    disk.resize((usage.f_blocks - usage.f_bfree) * usage.f_frsize // KILOBYTE + 256)
    with pytest.raises((duckdb.Error, OSError)):
        _read()
    disk.resize(400 * KILOBYTE)
    assert _read() == (3 + len(years), 0)


def test_the_exit_code_says_that_nothing_is_published_though_no_trace_can_be_written(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fill_up(*_: object, **__: object) -> None:
        (landing.home / "logs" / "refresh-error.log").mkdir()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(night, "_execute", fill_up)
    assert night.run_night(load_settings(), full=False, sources=()) == 3
    said = capfd.readouterr().err
    assert "прежняя публикация осталась" in said and "На диске нет места" in said and "Traceback" in said


def test_what_breaks_after_readers_were_shown_the_publication_does_not_unpublish_it(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_late(*_: object, **__: object) -> None:
        observer().summary(Summary(publication_id="p1"))
        _publish_by_hand(landing.home, "p1")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(night, "_execute", break_late)
    assert night.run_night(load_settings(), full=False, sources=()) == 1
    said = capfd.readouterr().err
    assert "Опубликовано; сбой случился после публикации." in said and "Публикация: p1" in said and "Сейчас отклонено: 1" in said


def _publish_by_hand(home: Path, name: str) -> None:
    folder = home / "publications" / name
    folder.mkdir(parents=True)
    for file in ("oko.duckdb", "oko_core.duckdb"):
        with duckdb.connect(str(folder / file)) as connection:
            connection.execute("CREATE SCHEMA quality")
            connection.execute(f"CREATE TABLE quality.publication AS SELECT '{name}' AS publication_id")
            connection.execute("CREATE TABLE quality.rejections AS SELECT 1 AS row_number")
            connection.execute("CREATE TABLE quality.findings AS SELECT 'подсказка' AS severity")
    (home / "published").symlink_to(f"publications/{name}")


# ---- power that is cut ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was asked of the disk, in order: ("sync", path) and ("name", old, new)."""
    made: list[tuple[str, ...]] = []
    sync = os.fsync

    def synced(descriptor: int) -> None:
        made.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", synced)
    for name in ("replace", "rename", "link"):
        monkeypatch.setattr(os, name, _naming(getattr(os, name), made))
    return made


def _naming(plain: Callable[..., None], made: list[tuple[str, ...]]) -> Callable[..., None]:
    def named(old: os.PathLike[str], new: os.PathLike[str]) -> None:
        made.append(("name", str(old), str(new)))
        plain(old, new)

    return named


def _assert_durable(calls: list[tuple[str, ...]], path: Path) -> None:
    """On disk before it had its name, and the name as well."""
    [named] = [number for number, call in enumerate(calls) if call[0] == "name" and call[2] == str(path)]
    assert ("sync", calls[named][1]) in calls[:named], path
    assert ("sync", str(path.parent)) in calls[named:], path


def test_what_cannot_be_made_again_is_on_disk_before_anything_relies_on_it(tmp_path: Path, calls: list[tuple[str, ...]]) -> None:
    (tmp_path / "landing" / "staff").mkdir(parents=True)
    (tmp_path / "landing" / "staff" / "кадры.csv").write_text("содержание", encoding="utf-8")
    archive = Archive(tmp_path / "archive")
    [file] = scan(tmp_path / "landing")
    _assert_durable(calls, archive.store(tmp_path / "landing" / file.name, file))
    archive.write_manifest([file])
    _assert_durable(calls, tmp_path / "archive" / "manifest.jsonl")
    Vault(tmp_path / "vault").pseudonym("snils", pl.Series(["11223344595"]))
    _assert_durable(calls, tmp_path / "vault" / KEY_FILE)


# ---- clocks ------------------------------------------------------------------------------------------------------------------------


def test_a_refresh_is_named_after_the_last_publication_though_the_clock_was_set_back(landing: Landing) -> None:
    """Ids are times, and sort as publications followed each other. What the others do with a wrong clock: test_kills_*.py."""
    _publish_by_hand(landing.home, "20991231T235959999999Z")
    assert Refresh(load_settings()).id == "21000101T000000000000Z"
