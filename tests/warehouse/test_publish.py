"""Publishing on a build database made by hand: what goes where, what an audit stops, what readers see meanwhile."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from indicator_tables import STATEMENTS

from warehouse import manifest
from warehouse.audit import AuditFailed
from warehouse.keeping import Rules, next_id
from warehouse.manifest import Origin
from warehouse.manifest import read as read_manifest
from warehouse.publish import Personal, Place, current_publication, publish, published_at
from warehouse.readers import open_published

PERSONAL = Personal(pseudonyms=frozenset({"person_id"}), identities=frozenset({"last_name"}))
DESCRIBED = {("marts", "indicator_values"): ("Показатели: 'витрина'", {"n": "Сколько людей"})}


def origin(publication_id: str) -> Origin:
    """A publication of this name."""
    return Origin(publication_id, date(2024, 12, 30), "code of today")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        for sql in (
            *STATEMENTS,
            "CREATE SCHEMA raw",
            "CREATE TABLE raw._files (file_sha256 VARCHAR, source VARCHAR, file_name VARCHAR, modified_at TIMESTAMP, in_landing BOOLEAN)",
            "CREATE TABLE raw.staff (person_id VARCHAR)",
            "CREATE TABLE core.dim_person (person_id VARCHAR)",
            "CREATE TABLE core.fct_staff (person_id VARCHAR, school_code VARCHAR)",
            "CREATE TABLE quality.loads (source VARCHAR)",
            "CREATE SCHEMA intermediate",
            "CREATE TABLE intermediate.int_staff (person_id VARCHAR)",
            "CREATE VIEW intermediate.indicator_units AS SELECT person_id AS unit_id FROM core.fct_staff",
        ):
            con.execute(sql)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "publications", tmp_path / "published", Rules(last=3, months=0, years=0))


def _change(build: Path, sql: str) -> None:
    with duckdb.connect(str(build)) as con:
        con.execute(sql)


def _tables(path: Path) -> set[str]:
    with open_published(path) as con:
        return {
            f"{schema}.{table}"
            for schema, table in con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        }


def test_people_stay_in_the_core_file_and_raw_in_neither(build: Path, place: Place) -> None:
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    marts = {"marts.indicator_values", "marts.public_indicator_values", "quality.loads"}
    assert _tables(place.link / "oko.duckdb") == {*marts, "core.dim_indicator"}
    # what was counted is for those who see the people behind it
    core = {"core.dim_indicator", "core.dim_person", "core.fct_staff", "core.indicator_values", "intermediate.indicator_units"}
    assert _tables(place.link / "oko_core.duckdb") == {*marts, *core}


def test_files_and_folders_are_for_their_owner_alone(build: Path, place: Place) -> None:
    folder = publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"p1": 0o700, "oko.duckdb": 0o600, "oko_core.duckdb": 0o600, "manifest.json": 0o600}


def test_the_link_is_relative_so_that_a_home_may_be_moved(build: Path, place: Place) -> None:
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    assert str(place.link.readlink()) == "publications/p1"
    assert current_publication(place.link) == "p1"


def test_descriptions_travel_with_the_tables(build: Path, place: Place) -> None:
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    with open_published(place.link / "oko.duckdb") as con:
        assert con.execute(
            "SELECT comment FROM duckdb_tables() WHERE schema_name = 'marts' AND table_name = 'indicator_values'"
        ).fetchall() == [("Показатели: 'витрина'",)]
        sql = "SELECT comment FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name = 'indicator_values' AND column_name = 'n'"
        assert con.execute(sql).fetchall() == [("Сколько людей",)]


def test_a_manifest_says_what_a_publication_is_made_of(build: Path, place: Place) -> None:
    later, earlier = "('b2', 'ege', 'ege/1.csv', '2024-06-02 10:00:00', true)", "('a1', 'ege', 'ege/2.csv', '2024-06-01 09:30:00.25', true)"
    _change(build, f"INSERT INTO raw._files VALUES {later}, {earlier}")
    first = read_manifest(publish(build, place, origin("p1"), PERSONAL, DESCRIBED))
    _change(build, "DELETE FROM raw._files WHERE file_sha256 = 'b2'")
    second = read_manifest(publish(build, place, origin("p2"), PERSONAL, DESCRIBED))
    assert first is not None and second is not None
    assert (first.id, first.previous, first.engine, first.as_of, first.code) == ("p1", None, "duckdb", "2024-12-30", "code of today")
    assert [(file.sha256, file.source, file.name, file.modified_at) for file in first.files] == [
        ("a1", "ege", "ege/2.csv", "2024-06-01T09:30:00.250000+00:00"),
        ("b2", "ege", "ege/1.csv", "2024-06-02T10:00:00+00:00"),
    ]
    assert {name: mart.rows for name, mart in first.marts.items()} == {"marts.indicator_values": 4, "marts.public_indicator_values": 4}
    assert second.previous == "p1" and [(past.id, past.published_at) for past in second.history] == [("p1", first.published_at)]
    assert [file.sha256 for file in second.files] == ["a1"]
    assert second.published_at > first.published_at
    assert (second.hash, second.marts) == (first.hash, first.marts)


def test_a_changed_mart_changes_its_hash_and_that_of_the_publication(build: Path, place: Place) -> None:
    first = read_manifest(publish(build, place, origin("p1"), PERSONAL, DESCRIBED))
    _change(build, "UPDATE marts.indicator_values SET unit = 'index' WHERE level = 'region'")
    second = read_manifest(publish(build, place, origin("p2"), PERSONAL, DESCRIBED))
    assert first is not None and second is not None
    assert second.hash != first.hash
    assert all(second.marts[name].hash != first.marts[name].hash for name in first.marts)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "p1"}', '{"id": "p1", "files": [{"name": 1}], "marts": {}}', "\x00"])
def test_what_is_no_manifest_is_none(text: str, tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    assert read_manifest(tmp_path) is None


def test_only_the_last_publications_are_kept(build: Path, place: Place) -> None:
    for name in ("p1", "p2", "p3", "p4", "p5"):
        publish(build, place, origin(name), PERSONAL, DESCRIBED)
    assert sorted(path.name for path in place.publications.iterdir()) == ["p3", "p4", "p5"]
    assert current_publication(place.link) == "p5"
    last = read_manifest(place.link)
    assert last is not None and [past.id for past in last.history] == ["p1", "p2", "p3", "p4"]


def test_a_publication_older_than_manifests_counts_by_its_id(build: Path, place: Place) -> None:
    old = "20240901T020000000000Z"
    publish(build, place, origin(old), PERSONAL, DESCRIBED)
    (place.publications / old / "manifest.json").unlink()
    new = read_manifest(publish(build, place, origin("p2"), PERSONAL, DESCRIBED))
    assert new is not None and [(past.id, past.published_at) for past in new.history] == [(old, "2024-09-01T02:00:00+00:00")]


def test_a_pinned_publication_stays(build: Path, place: Place) -> None:
    rules = Rules(last=1, months=0, years=0, pinned=["P1"])
    for name in ("p1", "p2", "p3"):
        publish(build, replace(place, rules=rules), origin(name), PERSONAL, DESCRIBED)
    assert sorted(path.name for path in place.publications.iterdir()) == ["p1", "p3"]


def test_what_a_killed_refresh_left_is_removed(build: Path, place: Place) -> None:
    for name in ("p0.partial", "p9.partial"):
        (place.publications / name).mkdir(parents=True)
        (place.publications / name / "oko.duckdb").touch()
    (place.publications / "p8").mkdir()
    (place.publications / "p8" / "oko_core.duckdb").touch()
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    assert [path.name for path in place.publications.iterdir()] == ["p1"]


def test_a_publication_that_nobody_was_shown_is_none(build: Path, place: Place) -> None:
    """It was whole, and its refresh was killed before the link pointed at it: readers never saw it, so it is no past number."""
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    shutil.copytree(place.publications / "p1", place.publications / "p2")
    draft = place.link.with_name(".published-4711")
    draft.symlink_to("publications/p2")
    publish(build, place, origin("p3"), PERSONAL, DESCRIBED)
    assert sorted(path.name for path in place.publications.iterdir()) == ["p1", "p3"]
    assert current_publication(place.link) == "p3" and not draft.is_symlink()


def test_a_clock_set_back_neither_hides_nor_retires_what_is_new(build: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second night believes that it is a year before the first; the third, that it is two years before."""
    names: list[str] = []
    for days in (0, -365, -730, -700, -699):
        now = datetime.now(UTC) + timedelta(days=days)
        clock = type("Clock", (datetime,), {"now": classmethod(lambda cls, tz=None, now=now: now)})
        monkeypatch.setattr(manifest, "datetime", clock)
        names.append(next_id(now, names[-1] if names else None))
        publish(build, place, origin(names[-1]), PERSONAL, DESCRIBED)
        assert current_publication(place.link) == names[-1]
    assert names == sorted(set(names))
    assert sorted(path.name for path in place.publications.iterdir()) == names[-3:]
    times = [published_at(place.publications / name) for name in names[-3:]]
    assert times == sorted(set(times))


BROKEN = {
    "a row lost on the way": "DELETE FROM marts.indicator_values WHERE level = 'municipality'",
    "a name in a fact": "ALTER TABLE core.fct_staff ADD COLUMN last_name VARCHAR",
    "a person in a mart": "ALTER TABLE quality.loads ADD COLUMN person_id VARCHAR",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_failing_audit_leaves_the_old_publication(fault: str, build: Path, place: Place) -> None:
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    _change(build, BROKEN[fault])
    with pytest.raises(AuditFailed):
        publish(build, place, origin("p2"), PERSONAL, DESCRIBED)
    assert current_publication(place.link) == "p1"
    assert [path.name for path in place.publications.iterdir()] == ["p1"]


READER = """
import sys
from pathlib import Path
from warehouse.readers import open_published
seen, counts = [], "SELECT count(*), min(numerator), max(numerator) FROM marts.indicator_values WHERE level <> 'school'"
print("reading", flush=True)
while not Path(sys.argv[2]).exists():
    with open_published(Path(sys.argv[1])) as con:
        seen.append(con.execute(counts).fetchone())
print(sorted(set(seen)))
"""


@pytest.fixture
def stop(tmp_path: Path) -> Path:
    """A file that tells the reader to end."""
    return tmp_path / "stop"


@pytest.fixture
def reader(place: Place, stop: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that opens what is published, again and again."""
    command = [sys.executable, "-c", READER, str(place.link / "oko.duckdb"), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "reading\n"
        yield process
        process.kill()


def test_readers_see_the_old_or_the_new_whole(build: Path, place: Place, stop: Path, request: pytest.FixtureRequest) -> None:
    publish(build, place, origin("p0"), PERSONAL, DESCRIBED)
    process = request.getfixturevalue("reader")
    for number in range(1, 6):
        for schema in ("core", "marts"):
            _change(build, f"UPDATE {schema}.indicator_values SET numerator = {number % 2 + 9} WHERE level <> 'school'")
        _change(build, f"UPDATE core.indicator_values SET numerator = {number % 2 + 7} WHERE entity_code = '540001'")
        publish(build, place, origin(f"p{number}"), PERSONAL, DESCRIBED)
    stop.touch()
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    # 9 and 10 take turns: never both, never neither
    assert out.strip() == "[(2, 9.0, 9.0), (2, 10.0, 10.0)]"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE marts.x (a INTEGER)",
        "INSERT INTO quality.loads VALUES ('x')",
        "COPY (SELECT 1) TO '/tmp/oko_reader_wrote.csv'",
        "ATTACH '/tmp/other.duckdb' AS other",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "INSTALL httpfs",
    ],
)
def test_a_reader_reaches_nothing_but_its_database(sql: str, build: Path, place: Place) -> None:
    publish(build, place, origin("p1"), PERSONAL, DESCRIBED)
    with open_published(place.link / "oko.duckdb") as con, pytest.raises(duckdb.Error):
        con.execute(sql)
