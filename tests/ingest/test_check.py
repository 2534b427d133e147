"""What `oko check` says, and that it leaves no trace."""

from __future__ import annotations

from pathlib import Path

from ingest_files import CLUSTER, CLUSTERS, STAFF, TEACHER, write_csv

from ingest.check import check_file, describe, would_reject
from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.settings import Settings


def test_a_file_that_would_load(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    path = write_csv(tmp_path / "x.csv", [STAFF, TEACHER])
    reading = check_file(path, load_sources(), known, settings)
    assert not would_reject(reading)
    assert list(describe(path, reading, load_sources())) == [
        str(path),
        "  это: «Сведения о кадрах» (источник staff)",
        "  строк 1: загрузится 1, будет отклонено 0",
    ]
    assert not settings.vault.exists()


def test_rows_that_would_be_rejected_are_named_by_cell(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    path = write_csv(tmp_path / "x.csv", [CLUSTERS, *[["089999", *CLUSTER[1:]]] * 40])
    reading = check_file(path, load_sources(), known, settings)
    lines = list(describe(path, reading, load_sources(), most=2))
    assert would_reject(reading)
    assert lines[2] == "  строк 40: загрузится 0, будет отклонено 40"
    assert "строка 2" in lines[3] and "A2" in lines[3] and "unknown_school" in lines[3]
    assert (len(lines), lines[-1]) == (6, "  … и ещё 38")


def test_a_file_that_is_nothing(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    reading = check_file(path, load_sources(), known, settings)
    assert would_reject(reading)
    assert "не загрузится" in list(describe(path, reading, load_sources()))[1]


def test_a_tie_is_decided_by_the_source_that_was_named(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    rows = [[*CLUSTERS, "Коэффициент финансирования"], [*CLUSTER, "1,2"]]
    path = write_csv(tmp_path / "x.csv", rows)
    assert would_reject(check_file(path, load_sources(), known, settings))
    assert check_file(path, load_sources(), known, settings, "funding").source == "funding"


def test_a_file_in_landing_is_judged_in_its_folder(tmp_path: Path, settings: Settings, known: FixedKnown) -> None:
    (settings.landing / "clusters").mkdir(parents=True)
    path = write_csv(settings.landing / "clusters" / "x.csv", [[*CLUSTERS, "Коэффициент финансирования"], [*CLUSTER, "1,2"]])
    assert check_file(path, load_sources(), known, settings).source == "clusters"
