"""Publications and changes of rules in the audit log; and what is laid beside a refresh to be compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingest.settings import load_settings
from orchestration import rules
from orchestration.audit_log import events, verify
from orchestration.compared import lay_beside
from orchestration.home import open_warehouse, prepare_home
from orchestration.rules import changes, note_publication
from warehouse import manifest
from warehouse.engine import Warehouse
from warehouse.publish import CORE_FILE

PUBLICATION = """
    CREATE SCHEMA quality;
    CREATE SCHEMA marts;
    CREATE TABLE quality.publication AS SELECT '{name}' AS publication_id, DATE '2024-12-30' AS as_of, '{methodology}' AS methodology,
        '{switches_on}' AS switches_on, 'p0' AS previous_publication_id;
    CREATE TABLE quality.freshness AS SELECT 'ege' AS source, 12 AS rows_loaded;
    CREATE TABLE marts.indicator_values AS
    SELECT 'a' AS indicator_code, '2024' AS period, level, entity_code, '1' AS subject_code, '' AS grade, '' AS breakdown, visibility,
        is_suppressed, value, 1.0::DOUBLE AS ci_low, 3.0::DOUBLE AS ci_high
    FROM (VALUES ('region', '54', 'public', false, 2.0), ('region', '55', 'internal', false, 2.0), ('region', '56', 'public', true, NULL),
        ('school', '540101', 'public', false, 2.0)) AS v (level, entity_code, visibility, is_suppressed, value);
"""


@pytest.fixture
def home(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    home = make_home()
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    monkeypatch.setattr(rules, "code_version", lambda: "as it is")
    prepare_home(load_settings())
    return home


def publish(home: Path, name: str, methodology: str = "a 1.0; b 1.0", switches_on: str = "", sql: str = PUBLICATION) -> None:
    folder = home / "publications" / name
    folder.mkdir()
    with duckdb.connect(str(folder / "oko.duckdb")) as con:
        con.execute(sql.format(name=name, methodology=methodology, switches_on=switches_on))
    (folder / CORE_FILE).touch()
    (home / "published").unlink(missing_ok=True)
    (home / "published").symlink_to(f"publications/{name}")


def told(home: Path) -> list[tuple[str, str]]:
    return [(event["event"], event["publication"]) for event in events(home / "logs")]


def test_a_publication_is_recorded_once(home: Path) -> None:
    note_publication(load_settings())
    assert told(home) == []
    publish(home, "p1")
    origin = manifest.Origin("p1", date(2024, 12, 30), "1")
    file = manifest.FileEntry("0" * 64, "staff", "staff/Иванов.csv", "2024-12-30T00:00:00+00:00")
    made = manifest.make(origin, None, "duckdb", [file], {"marts.x": manifest.MartEntry(1, "1")})
    manifest.write(home / "publications" / "p1", made)
    note_publication(load_settings())
    note_publication(load_settings())
    (event,) = events(home / "logs")
    assert (event["event"], event["publication"], event["previous"], event["as_of"]) == ("published", "p1", "p0", "2024-12-30")
    assert (event["content"], event["files"]) == (made.hash, 1)
    assert "Иванов" not in (home / "logs" / "audit.jsonl").read_text() and verify(home / "logs") == []


def test_a_change_of_rules_stands_beside_the_publication_that_it_made(home: Path) -> None:
    publish(home, "p1")
    note_publication(load_settings())
    publish(home, "p2")
    note_publication(load_settings())
    assert told(home) == [("published", "p1"), ("published", "p2")]
    (home / "oko.toml").write_text('[schools]\ncode_length = 7\n[alerts]\nmail_to = "ivanov@oko.example"\nsmtp_host = "mx"\n')
    publish(home, "p3", "a 1.1; c 1.0", "allow_diagnostic_in_incentives")
    note_publication(load_settings())
    event = list(events(home / "logs"))[-1]
    assert (event["event"], event["publication"]) == ("rules_changed", "p3")
    changed = {each["what"]: (each["before"], each["after"]) for each in event["changed"]}
    assert changed.pop("настройка alerts") is not None
    assert changed == {
        "включённые разрешения": ("", "allow_diagnostic_in_incentives"),
        "методика a": ("1.0", "1.1"),
        "методика b": ("1.0", None),
        "методика c": (None, "1.0"),
        "настройка school_code_length": ("6", "7"),
    }
    assert "ivanov" not in (home / "logs" / "audit.jsonl").read_text()


def test_parameters_are_told_with_their_values_and_files_by_their_hash(home: Path) -> None:
    now = rules.rules(load_settings())
    assert now["параметр volume_min_ratio"] == "0.7" and len(now["таблица правил cadences.csv"]) == 12
    assert [name for name in now if name.startswith("реестр показателей ")] and not any("database" in name for name in now)
    assert changes(now, now | {"параметр volume_min_ratio": "0.6"}) == [
        {"what": "параметр volume_min_ratio", "before": "0.7", "after": "0.6"}
    ]


def test_a_log_that_cannot_be_written_stops_no_publication(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    publish(home, "p1")
    (home / "logs" / "audit.jsonl").mkdir()
    note_publication(load_settings())
    assert "the audit log cannot be written" in caplog.text
    (home / "logs" / "audit.jsonl").rmdir()
    note_publication(load_settings())
    assert told(home) == [("published", "p1")]


# ---- what a new publication is compared with --------------------------------------------------------------------------------

DUE = datetime(2024, 12, 31, 23, 0)


def laid(warehouse: Warehouse) -> tuple[list[object], ...]:
    lay_beside(load_settings(), warehouse, DUE)
    return tuple(
        warehouse.query(f"SELECT * FROM raw.{table} ORDER BY ALL").rows() for table in ("_watch", "_previous_values", "_previous_rows")
    )


def test_only_open_values_of_the_region_are_compared(home: Path) -> None:
    with open_warehouse(load_settings()) as warehouse:
        warehouse.prepare([])
        assert laid(warehouse) == ([(None, None, DUE)], [], [])
        publish(home, "p1")
        watch, values, rows = laid(warehouse)
        assert watch == [("p1", date(2024, 12, 30), DUE)]
        assert values == [("a", "2024", "54", "1", "", "", 2.0, 1.0, 3.0)]
        assert rows == [("источник", "ege", 12), ("показатель", "a", 4)]


def test_a_publication_of_another_shape_leaves_nothing_to_compare_with(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    publish(home, "p1", sql=PUBLICATION.replace("AS rows_loaded", "AS rows_of_old"))
    with open_warehouse(load_settings()) as warehouse:
        warehouse.prepare([])
        assert laid(warehouse) == ([(None, None, DUE)], [], [])
    assert "cannot be read" in caplog.text
