"""What a refresh reads, keeps, replaces and forgets: real files through the real readers into both engines, without dbt."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from small_landing import APPEALS, EXAM, SCHOOLS, STAFF, Landing, appeal, read_landing, result, school, teacher

from ingest import archive
from ingest.settings import load_settings
from orchestration.refresh import Refresh
from orchestration.state import State, save_state
from warehouse.engine import Warehouse

SNILS = ["112-233-445 95", "087-654-303 00", "001-002-003 54"]


class Seen:
    """What the warehouse held at the end of a refresh."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.staff = warehouse.query("SELECT school_code, position_group, _file_sha256 FROM raw.staff ORDER BY 1, 2")
        self.current_staff = warehouse.current("staff", ["school_code", "position_group"]).rows()
        self.schools = warehouse.current("schools", ["school_code"])["school_code"].to_list()
        self.appeals = warehouse.query("SELECT score FROM raw.ege_appeal ORDER BY 1")["score"].to_list()
        self.rejections = warehouse.rejections().select("file_name", "row_number", "reason_code").rows()
        loads = warehouse.query("SELECT file_name, rows_in, rows_loaded, rows_rejected FROM raw._loads ORDER BY file_name, loaded_at")
        self.loads = {name: counts for name, *counts in loads.iter_rows()}
        self.standing = dict(warehouse.query("SELECT file_name, rows_loaded FROM raw._files").rows())
        self.files = dict(warehouse.query("SELECT file_name, in_landing FROM raw._files ORDER BY 1").rows())


def run(*, full: bool = False, sources: tuple[str, ...] = ()) -> Seen:
    """One refresh, remembered as complete, as publishing does it."""
    seen: list[Seen] = []
    refresh = read_landing(full=full, sources=sources, look=lambda warehouse: seen.append(Seen(warehouse)))
    save_state(refresh.settings, State(judged=refresh._judged, ingest=refresh._read_by))
    return seen[0]


def test_files_become_rows_and_rejections(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "549999"))
    on_target.write("меню.csv", "Блюдо;Цена", "борщ;10")
    seen = run()
    assert seen.staff.select("school_code", "position_group").rows() == [("540101", "педагог")]
    assert seen.schools == ["540101", "540102", "540201"]
    assert seen.rejections == [("staff/кадры.csv", 3, "unknown_school"), ("меню.csv", None, "unknown_layout")]
    assert seen.loads["staff/кадры.csv"] == [2, 1, 1]
    reports = load_settings().quarantine
    assert sorted(str(path.relative_to(reports)) for path in reports.rglob("*.csv")) == [
        "staff/кадры.csv — отклонено.csv",
        "меню.csv — отклонено.csv",
    ]


def test_nobody_is_named_outside_landing_archive_and_vault(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "549999"))
    run()
    home = on_target.home
    for path in [
        path for path in home.rglob("*") if path.is_file() and path.relative_to(home).parts[0] not in ("landing", "archive", "vault")
    ]:
        content = path.read_bytes()
        for secret in ("Лукашин", SNILS[0], "11223344595"):
            assert secret.encode() not in content, path


def test_the_same_file_twice_changes_nothing(on_target: Landing) -> None:
    on_target.write_registers()
    file = on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    before = run()
    shutil.copy2(file, file.with_name("кадры2.csv"))
    after = run()
    assert after.staff.equals(before.staff)
    assert after.loads == before.loads and after.files == before.files


def test_a_corrected_file_replaces_exactly_the_rows_that_it_carries(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    run()
    on_target.write("staff/исправление.csv", STAFF, teacher(SNILS[1], "540102", group="руководитель"))
    assert run().current_staff == [("540101", "педагог"), ("540102", "руководитель")]


def test_a_file_rewritten_in_place_corrects_the_rows_that_it_carries(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    run()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101", group="заместитель"))
    assert run().current_staff == [("540101", "заместитель"), ("540102", "педагог")]


def test_a_file_mended_in_place_leaves_nothing_rejected(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102", start="31.02.2020"))
    assert run().rejections == [("staff/кадры.csv", 3, "bad_date")]
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    seen = run()
    assert seen.rejections == [] and seen.current_staff == [("540101", "педагог"), ("540102", "педагог")]


def test_a_rejected_file_that_is_taken_away_and_comes_back(on_target: Landing) -> None:
    on_target.write("меню.csv", "Блюдо;Цена", "борщ;10")
    rejected = [("меню.csv", None, "unknown_layout")]
    assert run().rejections == rejected
    file = on_target.home / "landing" / "меню.csv"
    file.rename(on_target.home / "меню.csv")
    assert run().rejections == []
    (on_target.home / "меню.csv").rename(file)
    assert run().rejections == rejected


def test_a_removed_file_stays_until_full(on_target: Landing) -> None:
    on_target.write_registers()
    gone = on_target.write("staff/ушли.csv", STAFF, teacher(SNILS[0], "540101"))
    on_target.write("staff/есть.csv", STAFF, teacher(SNILS[1], "540102"))
    run()
    gone.unlink()
    seen = run()
    assert seen.staff["school_code"].to_list() == ["540101", "540102"]
    assert seen.files["staff/ушли.csv"] is False
    seen = run(full=True)
    assert seen.staff["school_code"].to_list() == ["540102"]
    assert list(seen.files) == ["municipalities/МО.csv", "schools/ОО.csv", "staff/есть.csv"]


def test_a_school_that_becomes_known_lets_its_rows_in(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540777"))
    assert run().rejections == [("staff/кадры.csv", 3, "unknown_school")]
    on_target.write("schools/новая.csv", SCHOOLS, school("540777"))
    seen = run()
    assert seen.rejections == []
    assert seen.staff["school_code"].to_list() == ["540101", "540777"]
    # the journal tells of the day of the reading, the file of today
    assert seen.loads["staff/кадры.csv"] == [2, 1, 1] and seen.standing["staff/кадры.csv"] == 2
    assert list(load_settings().quarantine.rglob("*.csv")) == []


def test_waiting_rows_are_judged_even_when_the_refresh_that_knew_the_school_was_killed(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[1], "540777"))
    run()
    on_target.write("schools/новая.csv", SCHOOLS, school("540777"))
    settings = load_settings()
    with Refresh(settings) as killed:
        from orchestration.intake import Options

        killed.land(Options())
        killed.read_source("schools")
    assert run().rejections == []


def test_waiting_rows_are_left_alone_while_nothing_new_is_known(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[1], "540777"))
    run()
    on_target.write("staff/ещё.csv", STAFF, teacher(SNILS[0], "540101"))
    monkeypatch.setattr(Refresh, "_judge_again", lambda *_: pytest.fail("judged again without a reason"))
    assert run().rejections == [("staff/кадры.csv", 2, "unknown_school")]


def test_an_appeal_waits_for_its_protocol(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("ege/апелляции.csv", APPEALS, appeal("540101", 7, 60, 71))
    seen = run()
    assert seen.rejections == [("ege/апелляции.csv", 4, "unknown_code")] and seen.appeals == []
    on_target.write("ege/протокол.csv", EXAM, result("540101", 7, 60))
    seen = run()
    assert seen.rejections == [] and seen.appeals == [71.0]


def test_an_appeal_and_its_protocol_in_one_refresh_need_no_second_one(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("ege/апелляции.csv", APPEALS, appeal("540101", 7, 60, 71))
    on_target.write("ege/протокол.csv", EXAM, result("540101", 7, 60))
    seen = run()
    assert seen.rejections == [] and seen.appeals == [71.0]
    assert seen.loads["ege/апелляции.csv"] == [1, 1, 0]


def test_a_protocol_with_an_unknown_school_does_not_wait_for_protocols(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the lists that may take its rejection away have it read again: a night with one new file is not a night with all of them."""
    on_target.write_registers()
    on_target.write("ege/2023.csv", EXAM, result("540101", 1, 50), result("549999", 2, 50), day="2023.05.28")
    run()
    with monkeypatch.context() as patched:
        patched.setattr(Refresh, "_judge_again", lambda *_: pytest.fail("judged again without a reason"))
        on_target.write("ege/2024.csv", EXAM, result("540101", 1, 60))
        assert run().rejections == [("ege/2023.csv", 4, "unknown_school")]
    on_target.write("schools/ещё.csv", SCHOOLS, school("549999"))
    assert run().rejections == []


def test_a_register_in_a_wrong_folder_is_used_all_the_same(on_target: Landing) -> None:
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    on_target.write("разное/список школ.csv", SCHOOLS, school("540101"))
    seen = run()
    assert seen.rejections == [] and seen.loads["staff/кадры.csv"] == [1, 1, 0]


def test_only_the_named_source_is_looked_at(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    seen = run(sources=("schools",))
    assert list(seen.files) == ["schools/ОО.csv"]
    (on_target.home / "landing" / "schools" / "ОО.csv").unlink()
    run()
    seen = run(full=True, sources=("staff",))
    assert "schools/ОО.csv" in seen.files


def test_a_file_that_vanishes_while_it_is_taken_is_rejected_and_tried_again(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    store = archive.Archive.store

    def vanish(self: archive.Archive, source: Path, file: archive.LandingFile) -> Path:
        if "кадры" in file.name:
            raise FileNotFoundError(2, "No such file or directory")
        return store(self, source, file)

    with monkeypatch.context() as patched:
        patched.setattr(archive.Archive, "store", vanish)
        seen = run()
    assert seen.rejections == [("staff/кадры.csv", None, "unreadable_file")] and seen.schools
    assert run().rejections == []


def test_a_locked_file_is_rejected_and_the_others_are_read(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    locked = on_target.write("staff/занят.csv", STAFF, teacher(SNILS[0], "540101"))
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[1], "540102"))
    plain = archive._sha256_inside

    def refuse(landing: Path, path: Path) -> str:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return plain(landing, path)

    with monkeypatch.context() as patched:
        patched.setattr(archive, "_sha256_inside", refuse)
        seen = run()
    assert seen.rejections == [("staff/занят.csv", None, "unreadable_file")]
    assert seen.staff["school_code"].to_list() == ["540102"]
    assert run().staff["school_code"].to_list() == ["540101", "540102"]


def test_a_file_that_breaks_off_while_it_is_read_stops_no_other(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a share does whose connection is bad; the error of a read names no file."""
    on_target.write_registers()
    broken = on_target.write("staff/занят.csv", STAFF, teacher(SNILS[0], "540101"))
    plain = archive._sha256_inside

    def break_off(landing: Path, path: Path) -> str:
        if path == broken:
            raise OSError(errno.EIO, "Input/output error")
        return plain(landing, path)

    monkeypatch.setattr(archive, "_sha256_inside", break_off)
    seen = run()
    assert seen.rejections == [("staff/занят.csv", None, "unreadable_file")] and seen.schools


def _close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a folder be one that cannot be listed: for root, modes close nothing."""
    plain = os.scandir

    def refuse(path: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder:
            raise OSError(errno.EHOSTDOWN, "Host is down", str(path))
        return plain(path)

    monkeypatch.setattr(os, "scandir", refuse)


@pytest.mark.parametrize("full", [False, True])
def test_a_folder_that_cannot_be_listed_keeps_what_it_gave(full: bool, on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    on_target.write("staff/вложено/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    run()
    with monkeypatch.context() as patched:
        _close(on_target.home / "landing" / "staff", patched)
        seen = run(full=full)
    assert seen.rejections == [("staff", None, "unreadable_file")]
    assert seen.staff.height == 1 and seen.files["staff/вложено/кадры.csv"] is True
    assert run().rejections == []


def test_a_landing_that_cannot_be_listed_is_no_empty_one(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    before = run()
    with monkeypatch.context() as patched:
        _close(on_target.home / "landing", patched)
        with pytest.raises(OSError, match="Host is down"):
            run(full=True)
    assert run().files == before.files


def test_a_locked_file_keeps_what_it_gave_before_even_after_full(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write_registers()
    locked = on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    run()
    on_target.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"), teacher(SNILS[1], "540102"))
    plain = archive._sha256_inside

    def refuse(landing: Path, path: Path) -> str:
        if path == locked:
            raise OSError(errno.EBUSY, "Device or resource busy", str(path))
        return plain(landing, path)

    with monkeypatch.context() as patched:
        patched.setattr(archive, "_sha256_inside", refuse)
        seen = run(full=True)
    assert seen.rejections == [("staff/кадры.csv", None, "unreadable_file")]
    assert seen.current_staff == [("540101", "педагог")]
    assert run().current_staff == [("540101", "педагог"), ("540102", "педагог")]


def test_a_file_that_vanishes_during_the_look_is_as_if_it_never_was(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    landing.write_registers()
    fleeting = landing.write("staff/временный.csv", STAFF, teacher(SNILS[0], "540101"))
    plain = archive._sha256_inside

    def vanish(landing: Path, path: Path) -> str:
        if path == fleeting:
            path.unlink()
        return plain(landing, path)

    monkeypatch.setattr(archive, "_sha256_inside", vanish)
    seen = run()
    assert seen.rejections == [] and list(seen.files) == ["municipalities/МО.csv", "schools/ОО.csv"]


def test_a_file_that_grows_while_it_is_taken_is_not_archived_under_a_wrong_name(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    landing.write_registers()
    file = landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    store = archive.Archive.store

    def grow(self: archive.Archive, source: Path, found: archive.LandingFile) -> Path:
        if source == file:
            file.write_text(file.read_text(encoding="utf-8") + teacher(SNILS[1], "540102") + "\n", encoding="utf-8")
        return store(self, source, found)

    with monkeypatch.context() as patched:
        patched.setattr(archive.Archive, "store", grow)
        assert run().rejections == [("staff/кадры.csv", None, "unreadable_file")]
    seen = run()
    assert seen.rejections == [] and seen.staff.height == 2
    for copy in (landing.home / "archive").rglob("*"):
        if copy.is_file() and len(copy.name) == 64:
            assert archive.sha256_of(copy) == copy.name


def test_a_look_at_one_source_is_no_reading_of_the_others_by_new_readers(on_target: Landing) -> None:
    on_target.write("меню.csv", "Блюдо;Цена", "борщ;10")
    run()
    save_state(load_settings(), State(ingest="an older version"))
    assert read_landing(sources=("staff",))._read_by == "an older version"


def test_what_could_not_be_read_is_read_again_after_a_change_of_the_readers(on_target: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    on_target.write("меню.csv", "Блюдо;Цена", "борщ;10")
    run()
    read: list[str] = []
    plain: Callable[..., object] = Refresh._read
    monkeypatch.setattr(Refresh, "_read", lambda self, file: (read.append(file.name), plain(self, file))[1])
    run()
    assert read == []
    settings = load_settings()
    save_state(settings, State(ingest="an older version"))
    run()
    assert read == ["меню.csv"]


def test_modes_of_archive_vault_and_warehouse(landing: Landing) -> None:
    landing.write_registers()
    landing.write("staff/кадры.csv", STAFF, teacher(SNILS[0], "540101"))
    run()
    modes = {path.relative_to(landing.home).parts[0]: 0 for path in landing.home.rglob("*")}
    for name in ("archive", "vault", "warehouse", "quarantine", "publications", "secrets", "dagster", "logs"):
        assert (landing.home / name).stat().st_mode & 0o077 == 0, name
        modes[name] = max((path.stat().st_mode & 0o077 for path in (landing.home / name).rglob("*") if path.is_file()), default=0)
    assert modes["archive"] == modes["vault"] == 0
    assert (landing.home / "warehouse" / "oko.duckdb").stat().st_mode & 0o077 == 0


def test_the_run_and_the_sources_are_described_for_dbt(on_target: Landing) -> None:
    (on_target.home / "oko.toml").write_text('[region]\nname = "Вымышленный край"', encoding="utf-8")
    rows: list[pl.DataFrame] = []
    refresh = read_landing(
        look=lambda warehouse: rows.append(warehouse.query("SELECT as_of, region_code, region_name, publication_id FROM raw._run"))
    )
    from datetime import date

    assert rows[0].rows() == [(date(2024, 12, 30), None, "Вымышленный край", refresh.id)]


def test_hidden_and_lock_files_are_no_files(landing: Landing) -> None:
    landing.write_registers()
    for name in (".DS_Store", "~$кадры.xlsx"):
        (landing.home / "landing" / "schools" / name).write_bytes(os.urandom(8))
    assert len(run().files) == 2
