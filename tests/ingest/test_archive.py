"""The files of landing, their order and their copies."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ingest import archive
from ingest.archive import Archive, FileChanged, LandingFile, folder_of, scan


def put(landing: Path, name: str, content: str = "x", second: int = 1_700_000_000) -> Path:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (second, second))
    return path


def test_files_come_in_order_of_time_and_then_of_path(tmp_path: Path) -> None:
    put(tmp_path, "staff/б.csv")
    put(tmp_path, "staff/вложено/а.csv")
    put(tmp_path, "ege/я.csv", second=1_600_000_000)
    assert [file.name for file in scan(tmp_path)] == ["ege/я.csv", "staff/б.csv", "staff/вложено/а.csv"]


def test_files_of_programs_do_not_count(tmp_path: Path) -> None:
    for name in ("staff/~$кадры.xlsx", "staff/.DS_Store", "staff/.~lock.кадры.xlsx#", "staff/Thumbs.db", "staff/кадры.xlsx"):
        put(tmp_path, name)
    assert [file.name for file in scan(tmp_path)] == ["staff/кадры.xlsx"]


def test_half_of_a_file_does_not_count(tmp_path: Path) -> None:
    for ending in (".part", ".filepart", ".crdownload", ".tmp", ".PARTIAL"):
        put(tmp_path, f"staff/кадры.xlsx{ending}")
    put(tmp_path, "staff/.кадры.xlsx.Xa3f")
    put(tmp_path, "staff/part.csv")
    assert [file.name for file in scan(tmp_path)] == ["staff/part.csv"]


def test_the_source_folder(tmp_path: Path) -> None:
    put(tmp_path, "файл.csv")
    put(tmp_path, "staff/2024/файл.csv", second=1_700_000_001)
    assert [file.folder for file in scan(tmp_path)] == ["unknown", "staff"]
    assert folder_of("файл.csv") == ""


def test_an_unchanged_file_is_not_hashed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.csv")
    put(tmp_path, "b.csv", "old")
    before = scan(tmp_path)
    put(tmp_path, "b.csv", "newer", second=1_700_000_009)
    hashed: list[str] = []
    monkeypatch.setattr(archive, "_sha256_inside", lambda _, path: hashed.append(path.name) or "new")
    assert [(file.name, file.sha256) for file in scan(tmp_path, before)] == [("a.csv", before[0].sha256), ("b.csv", "new")]
    assert hashed == ["b.csv"]


def test_one_content_is_stored_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    landing, store = tmp_path / "landing", Archive(tmp_path / "archive")
    put(landing, "a.csv")
    put(landing, "copy.csv")
    paths = {store.store(landing / file.name, file) for file in scan(landing)}
    (path,) = paths
    assert path.read_text(encoding="utf-8") == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "archive").stat().st_mode) == 0o700


def test_the_manifest_remembers_every_file_once_in_order(tmp_path: Path) -> None:
    store = Archive(tmp_path)
    late, early = LandingFile(2, "б.csv", 1, "bb"), LandingFile(1, "а.csv", 1, "aa")
    assert store.manifest() == []
    store.write_manifest([late])
    store.write_manifest([late, early])
    assert store.manifest() == [early, late]
    assert Archive(tmp_path).manifest() == [early, late]
    assert stat.S_IMODE((tmp_path / archive.MANIFEST).stat().st_mode) == 0o600


def test_a_name_with_an_odd_end_of_line_does_not_break_the_manifest(tmp_path: Path) -> None:
    names = ["\u2028.csv", "\x85.csv", "a\x0bb.csv", "a\nb.csv"]
    for name in names:
        put(tmp_path / "landing", name)
    store = Archive(tmp_path / "archive")
    store.write_manifest(scan(tmp_path / "landing"))
    assert store.manifest() == scan(tmp_path / "landing")


def test_what_is_not_the_content_that_was_seen_gets_no_name(tmp_path: Path) -> None:
    """Also when the process is killed right after the copy: what has no name is not taken for the content."""
    landing, store = tmp_path / "landing", Archive(tmp_path / "archive")
    path = put(landing, "a.csv")
    [file] = scan(landing)
    path.write_text("another", encoding="utf-8")
    with pytest.raises(FileChanged):
        store.store(path, file)
    assert not [copy for copy in (tmp_path / "archive").rglob("*") if copy.is_file()]
