"""Whoever may drop files may drop anything, under any name: what is a file is read under a name that harms nobody, the rest is refused."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from small_landing import STAFF, Landing, teacher

from ingest import archive
from ingest.archive import Archive, located, scan, spoken
from ingest.settings import load_settings
from orchestration.home import prepare_home
from orchestration.intake import Options
from orchestration.quarantine import SUFFIX, report_of, write_reports
from orchestration.refresh import Refresh
from orchestration.state import landing_listing

NAMES = {
    "a line end": b"staff/a\nERROR forged line.csv",
    "a terminal's own language": b"staff/\x1b[2J\x1b]0;owned\x07.csv",
    "turned round on the screen": "staff/кадры\u202evsc.exe".encode(),
    "a line separator": "staff/a\u2028b\u0085c.csv".encode(),
    "no UTF-8": "staff/кадры.csv".encode("cp1251"),
    "a backslash": rb"staff/a\..\..\secrets.csv",
    "an option": b"staff/-rf.csv",
    "a command": b"staff/;rm -rf $HOME;`id`.csv",
    "SQL": b"staff/'); DROP TABLE raw.staff; --.csv",
    "a template": b"staff/{{ env_var('OKO_PG_PASSWORD') }}.csv",
    "a formula": b"staff/=cmd|' /C calc'!A0.csv",
    "HTML": b"staff/<img src=x onerror=alert(1)>.csv",
    "255 bytes": b"staff/" + "ж".encode() * 125 + b"x.csv",
    "a folder like a report": f"staff/a.csv{SUFFIX}/b.csv".encode(),
    "a file of that folder": b"staff/a.csv",
    "quotes and separators": b'staff/a";"b,\t.csv',
    "a folder of controls": b"\x01\x02/\x7f.csv",
    "only spaces": "staff/ \u00a0".encode(),
    "twelve folders": b"/".join([b"staff", *[b"d" * 200] * 12, b"x.csv"]),
}


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Path]:
    """An empty landing; what is too deep for Python's own way of removing folders is removed after all."""
    folder = tmp_path / "landing"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", "--", str(folder)], check=True)


def drop(landing: Path, name: bytes, content: str = "x") -> Path:
    path = landing / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def drop_all(landing: Path) -> dict[str, Path]:
    return {what: drop(landing, name, what) for what, name in NAMES.items()}


def refused(landing: Path) -> dict[str, str]:
    told: dict[str, str] = {}
    scan(landing, refused=lambda path, error: told.update({path.relative_to(landing).as_posix(): str(error.strerror)}))
    return told


def test_every_name_is_one_line_of_plain_text_and_leads_back_to_its_file(landing: Path) -> None:
    paths = drop_all(landing)
    files = scan(landing)
    assert len({file.name for file in files}) == len(files) == len(NAMES)
    assert {located(landing, file.name) for file in files} == set(paths.values())
    for file in files:
        assert file.name.encode().decode().isprintable() or "\u00a0" in file.name, ascii(file.name)


def test_no_two_names_are_written_alike() -> None:
    names = ["a\nb", r"a\u000ab", r"a\\u000ab", "a\\\nb", "a\\b"]
    assert len({spoken(name) for name in names}) == len(names)
    assert [located(Path(), spoken(name)) for name in names] == [Path(name) for name in names]


def test_the_archive_remembers_every_name(landing: Path, tmp_path: Path) -> None:
    drop_all(landing)
    files, store = scan(landing), Archive(tmp_path / "archive")
    for file in files:
        assert archive.sha256_of(store.store(located(landing, file.name), file)) == file.sha256
    store.write_manifest(files)
    assert store.manifest() == files


def test_every_name_has_a_report_of_its_own_inside(tmp_path: Path) -> None:
    names = [spoken(os.fsdecode(name)) for name in NAMES.values()] + [
        "../../../etc/passwd",
        "/etc/shadow",
        "staff/" + "\\u0001" * 60 + "/x",
    ]
    rows = [(name, "", 1, "x", "bad_date", "…") for name in names]
    schema = ["file_name", "sheet", "row_number", "column_name", "reason_code", "message_ru"]
    folder = tmp_path / "quarantine"
    folder.mkdir()
    write_reports(folder, pl.DataFrame(rows, schema=schema, orient="row"))
    reports = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {folder / report_of(name) for name in names} == set(reports)
    assert len(reports) == len(names)


def test_a_name_that_fits_stays_as_it_is() -> None:
    assert report_of("staff/2024/кадры.csv") == Path("staff/2024", f"кадры.csv{SUFFIX}")


def test_what_is_no_file_is_refused_and_never_opened(landing: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("Код ОО;Кластер", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside.csv").write_text("x", encoding="utf-8")
    (landing / "link.csv").symlink_to(secret)
    (landing / "passwd").symlink_to("/etc/passwd")
    (landing / "nowhere").symlink_to("/no/such/file")
    (landing / "folder").symlink_to(tmp_path / "folder")
    (landing / "round").symlink_to(landing)
    # a pipe that nobody writes to would be waited for without end
    os.mkfifo(landing / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(landing / "socket"))
        told = refused(landing)
        assert scan(landing, refused=lambda *_: None) == []
    assert told.keys() == {"link.csv", "passwd", "nowhere", "folder", "round", "pipe.csv", "socket"}
    assert {why.split(":")[0] for why in told.values()} == {"Это не файл, а ссылка", "Это не файл, а канал", "Это не файл, а сокет"}


def test_a_file_that_became_a_link_or_a_pipe_meanwhile_is_not_read(landing: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret", encoding="utf-8")
    path = drop(landing, b"a.csv")
    (file,) = scan(landing)
    for become in (lambda: path.symlink_to(secret), lambda: os.mkfifo(path)):
        path.unlink()
        become()
        with pytest.raises(OSError):
            Archive(tmp_path / "archive").store(path, file)
        with pytest.raises(OSError):
            archive._sha256_inside(landing, path)


def test_a_folder_that_became_a_link_meanwhile_leads_nowhere(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.csv").write_text("secret", encoding="utf-8")
    (landing / "staff").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="наружу"):
        archive._sha256_inside(landing, landing / "staff" / "a.csv")


@pytest.mark.parametrize(("name", "levels"), [("d", 1500), ("d" * 200, 40)], ids=["many folders", "a path longer than the system takes"])
def test_folders_in_one_another_without_end(landing: Path, name: str, levels: int) -> None:
    drop(landing, b"staff/a.csv")
    here = os.open(landing, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        deeper = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("x.csv", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=here))
    os.close(here)
    told: list[str] = []
    files = scan(landing, refused=lambda path, error: told.append(str(error.strerror)))
    assert "staff/a.csv" in {file.name for file in files}
    assert len(files) + len(told) == 2
    assert landing_listing(landing)


@pytest.fixture
def home(make_home: Callable[[], Path], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Landing:
    """A home whose landing holds every name and everything that is no file."""
    folder = make_home()
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    if request.param == "postgres":
        monkeypatch.setenv("OKO_TARGET", "postgres")
        monkeypatch.setenv("OKO_DATABASE_URL", request.getfixturevalue("postgres_url"))
    made = Landing(folder)
    made.write_registers()
    made.write("staff/кадры.csv", STAFF, teacher("112-233-445 95", "540101"))
    drop_all(folder / "landing")
    (folder / "landing" / "passwd.csv").symlink_to("/etc/passwd")
    os.mkfifo(folder / "landing" / "staff" / "pipe.csv")
    return made


@pytest.mark.parametrize("home", ["duckdb", "postgres"], indirect=True)
def test_a_refresh_names_each_of_them_and_loads_the_rest(home: Landing) -> None:
    settings = load_settings()
    prepare_home(settings)
    for _ in range(2):
        with Refresh(settings) as refresh:
            taken = refresh.land(Options())
            for source in refresh.sources:
                refresh.read_source(source)
            refresh.read_unsorted()
            refresh.judge_waiting()
            assert refresh.warehouse.query("SELECT count(*) AS n FROM raw.staff").item() == 1
            rejected = refresh.warehouse.rejections()
        assert taken.is_complete
        told = dict(zip(rejected["file_name"], rejected["message_ru"], strict=True))
        assert told.keys() == {spoken(os.fsdecode(name)) for name in NAMES.values()} | {"passwd.csv", "staff/pipe.csv"}
        assert "ссылка" in told["passwd.csv"] and "канал" in told["staff/pipe.csv"]
        assert not any("root:" in message for message in told.values())
    assert len([path for path in settings.quarantine.rglob("*") if path.is_file()]) == len(told)
