"""The sample of twenty regions: read by the code that reads real files, it agrees with itself, and comes out the same again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading, read_file
from ingest.sample import write_national_sample
from ingest.sample.files import Planted
from ingest.sample.model.subjects import OGE_SUBJECTS, SUBJECTS
from ingest.settings import Settings
from ingest.vault import Vault

SMALL = {"schools": 12, "years": 2, "items": 30_000, "last_year": 2026}
SCALES = {("ege", subject.code.lstrip("0")): subject for subject in SUBJECTS}
SCALES |= {("oge", subject.code.lstrip("0")): subject for subject in OGE_SUBJECTS}


class National:
    """A small one of them, and what reading it gave."""

    def __init__(self, home: Path) -> None:
        self.landing = home / "landing"
        self.planted: Planted = write_national_sample(self.landing, **SMALL)
        settings = replace(Settings(), home=home, archive=home / "archive", vault=home / "vault", as_of=date(2026, 11, 21))
        names = sorted(path.relative_to(self.landing).as_posix() for path in self.landing.rglob("*") if path.is_file())
        names.sort(key=lambda name: not name.startswith("schools/"))
        self.readings: dict[str, Reading] = {}
        for name in names:
            known = FixedKnown({"school_code": self.rows("schools")["school_code"].to_list()} if self.readings else {})
            self.readings[name] = read_file(self.landing / name, name, load_sources(), known, Vault(settings.vault), settings)

    def rows(self, layout: str) -> pl.DataFrame:
        """All rows of a layout."""
        return pl.concat(reading.rows[layout] for reading in self.readings.values() if layout in reading.rows)


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> National:
    return National(tmp_path_factory.mktemp("national"))


def test_only_the_planted_faults_are_rejected(national: National) -> None:
    """Every file is what its folder says, and so are all its rows but those."""
    assert {reading.source for reading in national.readings.values()} == {name.split("/")[0] for name in national.readings}
    rejected = {
        (name, row["row_number"], row["reason_code"])
        for name, reading in national.readings.items()
        for row in reading.rejections.to_dicts()
    }
    assert rejected == {(fault.file, fault.row, fault.reason) for fault in national.planted.faults}
    assert {fault.reason for fault in national.planted.faults if fault.file.endswith(".parquet")} == {
        "out_of_range",
        "unknown_school",
        "missing_value",
        "duplicate_key",
    }
    loaded = {name: reading.rows_loaded for name, reading in national.readings.items() if name in national.planted.sound}
    assert loaded == national.planted.sound


@pytest.mark.parametrize("exam", ["ege", "oge"])
def test_results_are_those_of_the_answers(exam: str, national: National) -> None:
    """Each mask has a sign a task, its points make the raw score, and the scale makes the result of it."""
    wrong = 0
    for row in national.rows(exam).iter_rows(named=True):
        subject = SCALES[exam, row["subject_code"]]
        short = [
            top if sign == "+" else 0 if sign == "-" else int(sign) for sign, top in zip(row["short_answers"], subject.short, strict=True)
        ]
        judged = [part.split("(") for mask in (row["long_answers"], row["oral_answers"]) if mask for part in mask.split(")")[:-1]]
        assert [int(top) for _, top in judged] == [*subject.long, *subject.oral]
        points = sum(short) + sum(int(got) for got, _ in judged)
        result = row["mark"] if subject.marks else row["test_score"]
        if row["raw_score"] is None:
            assert (result, row["result_note"] in ("аннулирован", "не завершил", "X")) == (None, True)
        else:
            wrong += (points, subject.scale[points]) != (row["raw_score"], result)
    assert wrong == 0


def test_about_as_many_results_of_tasks_as_were_asked_for(national: National) -> None:
    items = 0
    for exam in ("ege", "oge"):
        rows = national.rows(exam)
        items += sum(rows["short_answers"].drop_nulls().str.len_chars())
        items += sum(rows[name].drop_nulls().str.count_matches(")", literal=True).sum() for name in ("long_answers", "oral_answers"))
    assert SMALL["items"] == pytest.approx(items, rel=0.15)


def test_nobody_has_the_document_of_another(national: National) -> None:
    """Two attempts in one subject are of one person on two days; of a person all are at one school."""
    rows = pl.concat([national.rows(exam).select("exam_date", "subject_code", "person_id", "school_code") for exam in ("ege", "oge")])
    assert rows.select(pl.struct("exam_date", "subject_code", "person_id").is_duplicated().any()).item() is False
    assert rows.group_by("person_id").agg(pl.col("school_code").n_unique(), pl.col("exam_date").dt.year().n_unique()).max().row(0)[1:] == (
        1,
        1,
    )


def test_the_same_again(national: National, tmp_path: Path) -> None:
    """Byte for byte and to the second; another seed gives other people."""
    write_national_sample(tmp_path / "again", **SMALL)
    write_national_sample(tmp_path / "other", **SMALL, seed=2)
    here, again, other = (_fingerprint(folder) for folder in (national.landing, tmp_path / "again", tmp_path / "other"))
    assert here == again
    russian = "ege/2026/01_28052026_протокол.parquet"
    assert here[russian] != other[russian]


def _fingerprint(folder: Path) -> dict[str, tuple[str, float]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime) for path in files}


def test_what_is_large_goes_to_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sample.national.ROWS_OF_A_FILE", 20)
    write_national_sample(tmp_path, schools=3, years=1, items=20_000, last_year=2026)
    (first, *others) = sorted((tmp_path / "oge/2026").glob("01_03062026_протокол*.parquet"), key=lambda path: len(path.name))
    assert first.name == "01_03062026_протокол.parquet"
    assert len(others) > 2
    people = pl.concat([pl.read_parquet(path).select("Номер", "Дата экзамена") for path in (first, *others)])
    assert not people.is_duplicated().any()


@pytest.mark.parametrize("asked", [{"schools": 10_000, "items": 1_000, "years": 1}, {"schools": 2, "items": 10**11, "years": 1}])
def test_more_than_can_be_numbered_is_refused(asked: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="не пронумеровать"):
        write_national_sample(tmp_path / "out", **asked, last_year=2026)
    assert not list((tmp_path / "out").iterdir())
