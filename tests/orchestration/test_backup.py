"""Backups: what is in one, what a restore brings back, and what is refused with nothing written. The refresh of a restore is played
here; the real one, and the drill over it, are in test_upgrade.py."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import dagster
import pytest
from click.testing import CliRunner, Result
from dagster._core.test_utils import create_run_for_test
from small_landing import STAFF, Landing, read_landing, teacher

from ingest.archive import Archive
from ingest.settings import Settings, load_settings
from orchestration import backup_file, drill_job
from orchestration.audit_log import record, verify
from orchestration.backup import Taken, take_backup
from orchestration.backup_file import BackupError
from orchestration.cli import main
from orchestration.drill import drill_lock, keep_last, restore_aside, take_into_folder
from orchestration.home_format import HOME_FORMAT, RESTORING
from orchestration.resources import _end_orphans
from orchestration.restore import Proof, restore
from warehouse import manifest

OKO = Path(sys.executable).with_name("oko")
AS_OF = "2024-12-30"
STAYS, LEFT, NEW, COPY = "staff/кадры.csv", "staff/ушёл из landing.csv", "staff/ещё не прочитан.csv", "staff/кадры (копия).csv"


def publish(settings: Settings, marts: str = "a") -> None:
    """A publication of what the build database holds, whose marts are what the test says."""
    found: list[manifest.FileEntry] = []
    read_landing(look=lambda warehouse: found.extend(manifest.files_of(warehouse.query)))
    folder = settings.publications / "p1"
    folder.mkdir(exist_ok=True)
    origin = manifest.Origin("p1", date.fromisoformat(AS_OF), "code")
    manifest.write(folder, manifest.make(origin, None, "duckdb", found, {"marts.x": manifest.MartEntry(1, marts)}))
    settings.published.unlink(missing_ok=True)
    settings.published.symlink_to("publications/p1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published home, of which one file has left landing since, one came, one is there twice; and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HOME", str(folder / "home"))
        patched.setenv("OKO_AS_OF", AS_OF)
        landing = Landing(folder / "home")
        landing.write_registers()
        kept = landing.write(STAYS, STAFF, teacher("112-233-445 95", "540101"))
        os.utime(kept, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))
        (landing.home / "landing" / COPY).write_bytes(kept.read_bytes())
        left = landing.write(LEFT, STAFF, teacher("087-654-303 00", "540102"))
        read_landing()
        left.unlink()
        publish(load_settings())
        landing.write(NEW, STAFF, teacher("001-002-003 54", "540201"))
        _add_what_people_and_servers_write(landing.home)
        take_backup(load_settings(), folder / "копия.tar.gz")
    return folder


def _add_what_people_and_servers_write(home: Path) -> None:
    for name, text in {
        "oko.toml": '[region]\ncode = "54"\n',
        "secrets/superset_secret_key": "secret",
        "superset/managed.json": "[1]",
        "superset/provisioned.json": "{}",
        "superset/cache/metadata/x": "cached",
        "logs/refresh.log": "log",
        "quarantine/x.csv": "x",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    record(SimpleNamespace(logs=home / "logs"), "loaded")
    for name in ("superset/superset.db", "dagster/history/runs.db", "dagster/history/runs/1.db"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(home / name) as database:
            database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('дашборд')")


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that home for one test."""
    shutil.copytree(made / "home", tmp_path / "home", symlinks=True)
    monkeypatch.setenv("OKO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OKO_AS_OF", AS_OF)
    return tmp_path / "home"


@pytest.fixture
def taken(made: Path, tmp_path: Path) -> Path:
    """A copy of that backup for one test."""
    return Path(shutil.copy(made / "копия.tar.gz", tmp_path / "копия.tar.gz"))


def oko(*words: str | Path) -> Result:
    """The command line in this process, for words that end before they begin."""
    return CliRunner().invoke(main, [str(word) for word in words])


def parts(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def files_under(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a home that is not there yet."""
    monkeypatch.setenv("OKO_HOME", str(tmp_path / "machine" / "oko"))
    yield load_settings()


def again(marts: str = "a", seen: list[object] | None = None) -> Callable[[Settings], bool]:
    """A refresh that publishes what it finds; `seen` gets its day and what lay in landing."""

    def refresh(settings: Settings) -> bool:
        if seen is not None:
            seen.extend([settings.as_of, settings.region_code, set(files_under(settings.landing))])
        publish(settings, marts)
        return True

    return refresh


# ---- taking ----------------------------------------------------------------------------------------------------------------------


def test_a_backup_has_what_cannot_be_made_again_and_nothing_else(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "копия.tar.gz"
    settings = load_settings()
    what = take_backup(settings, path)
    found = parts(path)
    names = set(found)
    archived = {f"archive/{file.sha256[:2]}/{file.sha256}" for file in Archive(settings.archive).manifest()}
    assert {name for name in names if name.startswith("archive/")} == archived | {"archive/manifest.jsonl"}
    identities = {f"vault/identities/{path.name}" for path in (home / "vault" / "identities").iterdir()}
    assert len(identities) == 2
    assert {name for name in names if not name.startswith("archive/")} == identities | {
        *("format", "SHA256SUMS", "publication.json", "published.jsonl", "landing.jsonl", "vault/pseudonym.key", "oko.toml"),
        *("secrets/superset_secret_key", "superset/managed.json", "superset/superset.db", "logs/audit.jsonl", "logs/audit.head"),
        *("dagster/history/runs.db", "dagster/history/runs/1.db"),
    }
    # registers, a file and its copy stand in landing, a file is new there, and the one that left is in the archive
    assert what == Taken(len(names) - 1, path.stat().st_size, len(archived), 4, 1, manifest.read(settings.published.resolve()).hash)  # type: ignore[union-attr]
    assert len(archived) == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".*"))


def test_the_file_opens_without_oko(taken: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    subprocess.run(["tar", "-xzf", taken, "-C", folder], check=True)
    checked = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK") == len(parts(taken)) - 1


def test_databases_are_taken_whole_while_they_are_written(home: Path, tmp_path: Path) -> None:
    database = sqlite3.connect(home / "superset" / "superset.db")
    database.execute("INSERT INTO things VALUES ('записан')")
    database.commit()
    database.execute("INSERT INTO things VALUES ('пишется')")
    take_backup(load_settings(), tmp_path / "b.tar.gz")
    database.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes(parts(tmp_path / "b.tar.gz")["superset/superset.db"])
    assert sqlite3.connect(copy).execute("SELECT name FROM things").fetchall() == [("дашборд",), ("записан",)]


def test_archive_and_vault_elsewhere_are_taken_and_go_back_where_they_belong(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("archive", "vault"):
        (home / name).rename(tmp_path / f"other {name}")
        monkeypatch.setenv(f"OKO_{name.upper()}", str(tmp_path / f"other {name}"))
    key = (tmp_path / "other vault" / "pseudonym.key").read_bytes()
    take_backup(load_settings(), tmp_path / "b.tar.gz")
    monkeypatch.setenv("OKO_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("OKO_ARCHIVE", str(tmp_path / "new archive"))
    monkeypatch.setenv("OKO_VAULT", str(tmp_path / "new vault"))
    assert restore(load_settings(), tmp_path / "b.tar.gz", again())[0] is Proof.SAME
    assert (tmp_path / "new vault" / "pseudonym.key").read_bytes() == key
    assert not {"archive", "vault"} & {path.name for path in (tmp_path / "new").iterdir()}


def _altered(home: Path) -> None:
    next(path for path in (home / "archive").glob("??/*")).write_bytes(b"x")


def _lost(home: Path) -> None:
    settings = load_settings()
    kept = next(file for file in Archive(settings.archive).manifest() if file.name == STAYS)
    Archive(settings.archive).path(kept.sha256).unlink()


def _no_database(home: Path) -> None:
    (home / "superset" / "superset.db").write_bytes(b"not a database, but long enough to be looked at")


def _elsewhere(home: Path) -> None:
    (home / "superset").rename(home / "warehouse" / "superset")
    (home / "superset").symlink_to(home / "warehouse" / "superset")


def _odd_name(home: Path) -> None:
    Path(os.fsdecode(bytes(home / "secrets") + b"/a\nb\xff")).touch()


@pytest.mark.parametrize("harm", [_altered, _lost, _no_database, _elsewhere, _odd_name])
def test_a_damaged_home_is_said_and_gives_no_backup(harm: Callable[[Path], None], home: Path, tmp_path: Path) -> None:
    harm(home)
    with pytest.raises(BackupError, match=r"не записана"):
        take_backup(load_settings(), tmp_path / "b.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_full_disk_leaves_nothing(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, name: str, path: Path) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_file.BackupWriter, "add_file", full)
    with pytest.raises(BackupError, match="No space left"):
        take_backup(load_settings(), tmp_path / "b.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_where_a_backup_is_not_written(home: Path, taken: Path, tmp_path: Path) -> None:
    settings, before = load_settings(), taken.read_bytes()
    for path, why in (
        (taken, "уже есть"),
        (tmp_path / "nowhere" / "b.tar.gz", "нет"),
        (home / "b.tar.gz", "вне папки Oko"),
        (settings.archive / "b.tar.gz", "вне папки Oko"),
    ):
        with pytest.raises(BackupError, match=why):
            take_backup(settings, path)
    assert taken.read_bytes() == before


def test_the_command_line_says_what_it_took(home: Path, tmp_path: Path) -> None:
    done = subprocess.run([OKO, "backup", tmp_path / "b.tar.gz"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Копия записана" in done.stdout and "не читало ни одно обновление, в ней нет: 1" in done.stdout
    assert oko("backup", tmp_path / "b.tar.gz").exit_code == 1


# ---- putting back ----------------------------------------------------------------------------------------------------------------


def test_a_restore_brings_everything_back_and_landing_as_it_was(home: Path, taken: Path, empty: Settings) -> None:
    seen: list[object] = []
    proof, _ = restore(empty, taken, again(seen=seen))
    assert proof is Proof.SAME
    # the refresh had the day of the publication, the settings of the backup, and the file that has left landing, once each content
    behind = {"municipalities/МО.csv", "schools/ОО.csv", LEFT}
    assert seen[:2] == [date.fromisoformat(AS_OF), "54"]
    assert seen[2] in (behind | {STAYS}, behind | {COPY})
    for name in ("oko.toml", "vault/pseudonym.key", "secrets/superset_secret_key", "superset/managed.json"):
        assert (empty.home / name).read_bytes() == (home / name).read_bytes(), name
        assert stat.S_IMODE((empty.home / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(empty.vault.stat().st_mode) == stat.S_IMODE(empty.archive.stat().st_mode) == 0o700
    # the log goes on where the copy was taken
    assert (empty.logs / "audit.jsonl").read_bytes().startswith((home / "logs" / "audit.jsonl").read_bytes().splitlines()[0])
    assert verify(empty.logs) == []
    things = sqlite3.connect(empty.superset / "superset.db").execute("SELECT name FROM things").fetchall()
    assert things == [("дашборд",)]
    landed = files_under(empty.landing)
    assert landed == {name: data for name, data in files_under(home / "landing").items() if name != NEW}
    assert {STAYS, COPY} < set(landed)
    for name in landed:
        assert (empty.landing / name).stat().st_mtime_ns == (home / "landing" / name).stat().st_mtime_ns
    assert not (empty.home / RESTORING).exists()


def test_another_publication_and_none_at_all_are_told_apart(
    taken: Path, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert restore(empty, taken, again("b"))[0] is Proof.DIFFERENT
    monkeypatch.setenv("OKO_HOME", str(tmp_path / "another"))
    assert restore(load_settings(), taken, lambda settings: False)[0] is Proof.NOT_PUBLISHED
    assert (tmp_path / "another" / "landing" / STAYS).exists()


def test_a_home_that_never_published_comes_back_too(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing.write_registers()
    read_landing()
    take_backup(load_settings(), tmp_path / "b.tar.gz")
    monkeypatch.setenv("OKO_HOME", str(tmp_path / "new"))
    proof, _ = restore(load_settings(), tmp_path / "b.tar.gz", lambda settings: pytest.fail("nothing to compare with"))
    assert proof is Proof.NOTHING_TO_COMPARE
    assert files_under(tmp_path / "new" / "landing") == files_under(landing.home / "landing")


def test_only_an_empty_home_is_restored_onto(home: Path, taken: Path, empty: Settings) -> None:
    (empty.home / "landing" / "staff").mkdir(parents=True)
    (empty.home / "landing" / "staff" / "мой файл.csv").touch()
    with pytest.raises(BackupError, match=r"пустую папку.*мой файл\.csv"):
        restore(empty, taken, again())
    assert set(files_under(empty.home)) == {"landing/staff/мой файл.csv"}
    done = oko("restore", taken)
    assert done.exit_code == 1 and "пустую папку" in done.output


KILLED = """
import os, signal, sys
from pathlib import Path
from ingest.settings import load_settings
from orchestration import restore
plain, left = restore._put, [int(sys.argv[2])]
def put(*arguments):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    plain(*arguments)
restore._put = put
restore.restore(load_settings(), Path(sys.argv[1]), lambda settings: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.parametrize("part", [1, 9, 10_000])
def test_a_killed_restore_is_said_and_completed_by_the_next(part: int, home: Path, taken: Path, empty: Settings, tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, taken, str(part)], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for words in (["refresh"], ["status"], ["backup", tmp_path / "of a half.tar.gz"]):
        done = oko(*words)
        assert done.exit_code == 2 and "не закончено" in done.output
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HOME", str(home))
        (home / "oko.toml").write_text('[region]\ncode = "55"\n', encoding="utf-8")
        (home / "superset" / "more.json").write_text("{}", encoding="utf-8")
        take_backup(load_settings(), tmp_path / "another.tar.gz")
    with pytest.raises(BackupError, match="из другой копии"):
        restore(empty, tmp_path / "another.tar.gz", again())
    assert restore(empty, taken, again())[0] is Proof.SAME
    assert not (empty.home / RESTORING).exists()


# ---- what is no backup -----------------------------------------------------------------------------------------------------------


def refused(path: Path, empty: Settings) -> str:
    with pytest.raises(BackupError) as raised:
        restore(empty, path, lambda settings: pytest.fail("refreshed"))
    assert not empty.home.exists()
    return str(raised.value)


def test_a_backup_cut_off_anywhere_is_refused(taken: Path, empty: Settings, tmp_path: Path) -> None:
    whole = taken.read_bytes()
    for size in sorted({0, 1, 10, 100, len(whole) - 1, len(whole) - 9, *random.Random(1).sample(range(len(whole)), 20)}):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:size])
        assert "Копия" in refused(tmp_path / "cut.tar.gz", empty), size


def unpacked(packed: bytes) -> bytes | None:
    """A few bits of a gzip stream, between its blocks, say nothing: with another one there the same comes out."""
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None


def test_a_backup_altered_anywhere_is_refused(taken: Path, empty: Settings, tmp_path: Path) -> None:
    whole = taken.read_bytes()
    harmless = []
    # behind the ten bytes of gzip's header, where time and system say nothing
    for place in sorted({10, len(whole) - 1, len(whole) - 8, *random.Random(2).sample(range(10, len(whole)), 40)}):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        if unpacked(damaged) == gzip.decompress(whole):
            harmless.append(place)
            continue
        (tmp_path / "altered.tar.gz").write_bytes(damaged)
        assert refused(tmp_path / "altered.tar.gz", empty), place
    assert len(harmless) < 3
    (tmp_path / "altered.tar.gz").write_bytes(whole + b"more")
    assert refused(tmp_path / "altered.tar.gz", empty)


def rewritten(taken: Path, path: Path, change: Callable[[dict[str, bytes]], None], odd: tarfile.TarInfo | None = None) -> Path:
    """A file like the backup, with other parts, whose compression is in order."""
    found = parts(taken)
    change(found)
    with tarfile.open(path, "w:gz") as tar:
        for name, data in found.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
        if odd:
            tar.addfile(odd)
    return path


def _link(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("secrets/x")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


FOREIGN: dict[str, Callable[[dict[str, bytes]], object]] = {
    "a part altered": lambda found: found.update({"vault/pseudonym.key": b"0" * 32}),
    "a part missing": lambda found: found.pop("vault/pseudonym.key"),
    "a part more": lambda found: found.update({"secrets/more": b"x"}),
    "the list missing": lambda found: found.pop("SHA256SUMS"),
    "a list that is none": lambda found: found.update({"SHA256SUMS": b"\xff\xfe nonsense"}),
    "the format missing": lambda found: found.pop("format"),
    "a format that is none": lambda found: found.update({"format": b"first"}),
    "a later format": lambda found: found.update({"format": b"%d\n" % (HOME_FORMAT + 1)}),
    "nothing in it": lambda found: found.clear(),
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_what_is_no_whole_backup_is_refused(
    change: Callable[[dict[str, bytes]], object], taken: Path, empty: Settings, tmp_path: Path
) -> None:
    path = rewritten(taken, tmp_path / "other.tar.gz", lambda found: change(found) and None)
    assert "опи" in refused(path, empty)


def test_a_later_format_is_told_from_damage(taken: Path, empty: Settings, tmp_path: Path) -> None:
    path = rewritten(taken, tmp_path / "later.tar.gz", lambda found: found.update({"format": b"%d\n" % (HOME_FORMAT + 1)}))
    assert "обновите Oko" in refused(path, empty)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_a_part_that_is_no_file_is_refused(kind: bytes, taken: Path, empty: Settings, tmp_path: Path) -> None:
    assert "не может" in refused(rewritten(taken, tmp_path / "odd.tar.gz", lambda found: None, _link(kind)), empty)


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "secrets/../../out", "secrets//x", "./x", "published/oko.duckdb", "landing/x.csv"])
def test_a_part_that_would_leave_its_place_is_refused(name: str, taken: Path, empty: Settings, tmp_path: Path) -> None:
    def with_part(found: dict[str, bytes]) -> None:
        found[name] = b"x"
        sums = found.pop("SHA256SUMS").decode()
        found["SHA256SUMS"] = f"{sums}{sha256(b'x').hexdigest()}  {name}\n".encode()

    assert "не может" in refused(rewritten(taken, tmp_path / "odd.tar.gz", with_part), empty)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["../../out.csv", "/tmp/out.csv", ""])
def test_a_landing_file_that_would_leave_landing_is_refused(name: str, taken: Path, empty: Settings, tmp_path: Path) -> None:
    def renamed(found: dict[str, bytes]) -> None:
        lines = [json.loads(line) for line in found["landing.jsonl"].splitlines()]
        found["landing.jsonl"] = json.dumps({**lines[0], "name": name}).encode() + b"\n"
        sums = [line for line in found.pop("SHA256SUMS").decode().splitlines() if not line.endswith("  landing.jsonl")]
        found["SHA256SUMS"] = "\n".join([*sums, f"{sha256(found['landing.jsonl']).hexdigest()}  landing.jsonl", ""]).encode()

    assert "не резервная копия" in refused(rewritten(taken, tmp_path / "odd.tar.gz", renamed), empty)


@pytest.mark.parametrize("data", [b"", b"text", gzip.compress(b"text", mtime=0), b"\x9c" * 4096, b"PK\x03\x04" + bytes(100)])
def test_another_file_is_no_backup(data: bytes, empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    assert "опи" in refused(tmp_path / "x", empty)
    assert oko("restore", tmp_path / "x").exit_code == 1 and not empty.home.exists()


# ---- the drill's own parts -------------------------------------------------------------------------------------------------------


def test_the_drill_needs_a_folder_and_keeps_the_last(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackupError, match="folder"):
        take_into_folder(load_settings())
    folder = tmp_path / "копии"
    folder.mkdir()
    (home / "oko.toml").write_text(f'[backup]\nfolder = "{folder}"\nkeep = 2\n', encoding="utf-8")
    (folder / ".oko-20240101T000000Z.tar.gz.1.partial").touch()
    for name in ("oko-20240101T000000Z.tar.gz", "oko-20240108T000000Z.tar.gz", "чужой файл.tar.gz"):
        (folder / name).touch()
    path, _ = take_into_folder(load_settings())
    assert keep_last(load_settings()) == 1
    assert sorted(found.name for found in folder.iterdir()) == sorted([path.name, "oko-20240108T000000Z.tar.gz", "чужой файл.tar.gz"])


def test_the_drill_fails_where_the_backup_does(home: Path, taken: Path) -> None:
    settings = load_settings()
    taken.write_bytes(taken.read_bytes()[:-20])
    with pytest.raises(BackupError, match=r"Учения не прошли[\s\S]*повреждена"):
        restore_aside(settings, taken)
    assert not (settings.warehouse / "drill").exists()


@pytest.mark.parametrize("is_proven", [True, False])
def test_the_drill_is_as_good_as_its_proof(is_proven: bool, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job, around a restore that is played; test_upgrade.py has the real one."""
    folder = tmp_path / "копии"
    folder.mkdir()
    (home / "oko.toml").write_text(f'[backup]\nfolder = "{folder}"\nkeep = 1\n', encoding="utf-8")
    old = folder / "oko-20240101T000000Z.tar.gz"
    old.touch()

    def aside(settings: Settings, path: Path) -> str:
        if not is_proven:
            raise BackupError("Публикация ДРУГАЯ")
        return "Публикация та же"

    monkeypatch.setattr(drill_job, "restore_aside", aside)
    with dagster.DagsterInstance.ephemeral() as instance:
        outcome = drill_job.backup_drill.execute_in_process(instance=instance, raise_on_error=False)
    assert outcome.success is is_proven
    failures = [str(event.step_failure_data.error) for event in outcome.all_events if event.is_step_failure]
    assert ["ДРУГАЯ" in failure for failure in failures] == ([] if is_proven else [True])
    # an older backup goes only when the new one has proven itself
    assert old.exists() is not is_proven and len(list(folder.iterdir())) == 2 - is_proven


def test_a_refresh_ends_killed_drills_in_the_history_and_no_running_one(home: Path) -> None:
    settings = load_settings()
    with dagster.DagsterInstance.ephemeral() as instance:
        killed = create_run_for_test(instance, job_name="backup_drill", status=dagster.DagsterRunStatus.STARTED)
        night = create_run_for_test(instance, job_name="night", status=dagster.DagsterRunStatus.STARTED)
        context = SimpleNamespace(instance=instance, run=night)
        with drill_lock(settings):
            _end_orphans(context, settings)  # type: ignore[arg-type]
            assert {run.status for run in instance.get_runs()} == {dagster.DagsterRunStatus.STARTED}
        _end_orphans(context, settings)  # type: ignore[arg-type]
        assert instance.get_run_by_id(killed.run_id).status == dagster.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
        assert instance.get_run_by_id(night.run_id).status == dagster.DagsterRunStatus.STARTED  # type: ignore[union-attr]


# ---- the format of the home ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "said"), [("2", "обновите Oko"), ("99\n", "обновите Oko"), ("", "номер"), ("v1", "номер")])
def test_a_home_of_a_later_format_is_refused_by_every_command(text: str, said: str, home: Path, tmp_path: Path) -> None:
    assert (home / "format").read_text(encoding="utf-8") == f"{HOME_FORMAT}\n"
    (home / "format").write_text(text, encoding="utf-8")
    before = files_under(home)
    for words in (["refresh"], ["status"], ["sql", "SELECT 1"], ["serve"], ["backup", tmp_path / "b.tar.gz"], ["rotate-key", "--yes"]):
        done = oko(*words)
        assert done.exit_code == 2 and said in done.output, words
    assert files_under(home) == before
