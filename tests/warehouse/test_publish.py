"""Publishing on a build database made by hand: what goes where, what an audit stops, what readers see meanwhile."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from indicator_tables import STATEMENTS

from warehouse.audit import AuditFailed
from warehouse.publish import Personal, Place, current_publication, publish
from warehouse.readers import open_published

PERSONAL = Personal(pseudonyms=frozenset({"person_id"}), identities=frozenset({"last_name"}))
DESCRIBED = {("marts", "indicator_values"): ("Показатели: 'витрина'", {"n": "Сколько людей"})}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as con:
        for sql in (
            *STATEMENTS,
            "CREATE SCHEMA raw",
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
    return Place(tmp_path / "publications", tmp_path / "published", keep=3)


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
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    marts = {"marts.indicator_values", "marts.public_indicator_values", "quality.loads"}
    assert _tables(place.link / "oko.duckdb") == {*marts, "core.dim_indicator"}
    # what was counted is for those who see the people behind it
    core = {"core.dim_indicator", "core.dim_person", "core.fct_staff", "core.indicator_values", "intermediate.indicator_units"}
    assert _tables(place.link / "oko_core.duckdb") == {*marts, *core}


def test_files_and_folders_are_for_their_owner_alone(build: Path, place: Place) -> None:
    folder = publish(build, place, "p1", PERSONAL, DESCRIBED)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"p1": 0o700, "oko.duckdb": 0o600, "oko_core.duckdb": 0o600}


def test_the_link_is_relative_so_that_a_home_may_be_moved(build: Path, place: Place) -> None:
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    assert str(place.link.readlink()) == "publications/p1"
    assert current_publication(place.link) == "p1"


def test_descriptions_travel_with_the_tables(build: Path, place: Place) -> None:
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    with open_published(place.link / "oko.duckdb") as con:
        assert con.execute(
            "SELECT comment FROM duckdb_tables() WHERE schema_name = 'marts' AND table_name = 'indicator_values'"
        ).fetchall() == [("Показатели: 'витрина'",)]
        sql = "SELECT comment FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name = 'indicator_values' AND column_name = 'n'"
        assert con.execute(sql).fetchall() == [("Сколько людей",)]


def test_only_the_last_publications_are_kept(build: Path, place: Place) -> None:
    for name in ("p1", "p2", "p3", "p4", "p5"):
        publish(build, place, name, PERSONAL, DESCRIBED)
    assert sorted(path.name for path in place.publications.iterdir()) == ["p3", "p4", "p5"]
    assert current_publication(place.link) == "p5"


def test_what_a_killed_refresh_left_is_removed(build: Path, place: Place) -> None:
    (place.publications / "p0.partial").mkdir(parents=True)
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    assert [path.name for path in place.publications.iterdir()] == ["p1"]


BROKEN = {
    "a row lost on the way": "DELETE FROM marts.indicator_values WHERE level = 'municipality'",
    "a name in a fact": "ALTER TABLE core.fct_staff ADD COLUMN last_name VARCHAR",
    "a person in a mart": "ALTER TABLE quality.loads ADD COLUMN person_id VARCHAR",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_failing_audit_leaves_the_old_publication(fault: str, build: Path, place: Place) -> None:
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    _change(build, BROKEN[fault])
    with pytest.raises(AuditFailed):
        publish(build, place, "p2", PERSONAL, DESCRIBED)
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
    publish(build, place, "p0", PERSONAL, DESCRIBED)
    process = request.getfixturevalue("reader")
    for number in range(1, 6):
        for schema in ("core", "marts"):
            _change(build, f"UPDATE {schema}.indicator_values SET numerator = {number % 2 + 9} WHERE level <> 'school'")
        _change(build, f"UPDATE core.indicator_values SET numerator = {number % 2 + 7} WHERE entity_code = '540001'")
        publish(build, place, f"p{number}", PERSONAL, DESCRIBED)
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
    publish(build, place, "p1", PERSONAL, DESCRIBED)
    with open_published(place.link / "oko.duckdb") as con, pytest.raises(duckdb.Error):
        con.execute(sql)
