"""The names of subjects by which files are read, and the seed by which they are counted, say the same."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from ingest import codes
from ingest.text import fold_header, name_key

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def seed() -> dict[str, dict[str, str]]:
    with (SEEDS / "subjects.csv").open(encoding="utf-8", newline="") as file:
        return {row["subject_code"]: row for row in csv.DictReader(file)}


def test_every_subject_of_the_seed_is_known_by_its_name() -> None:
    read = {code: codes.subject_code(row["subject_name"]) for code, row in seed().items()}
    assert read == {code: code for code in seed()}


def test_no_name_means_two_subjects_and_every_code_is_in_the_seed() -> None:
    names = yaml.safe_load(codes.SUBJECTS.read_text(encoding="utf-8"))
    folded = Counter(fold_header(name) for spellings in names.values() for name in spellings)
    assert [name for name, times in folded.items() if times > 1] == []
    assert set(names) <= set(seed())


def test_what_has_no_threshold_of_its_own_enters_no_indicator() -> None:
    """ГВЭ, what other sources name, oral parts and the essay."""
    counted = {int(code) for code, row in seed().items() if row["in_indicators"] == "true"}
    assert counted == {*range(1, 15), 18, 22, 25, 101, 102, 103}
    assert {row["has_test_score"] for code, row in seed().items() if int(code) >= 50} == {"false"}


def test_olympiads_know_subjects_by_the_same_names() -> None:
    """A protocol is loaded with any subject; the seed says which of the names, as they are compared, are subjects of the olympiad."""
    with (SEEDS / "olympiad_subjects.csv").open(encoding="utf-8", newline="") as file:
        names = {row["subject_key"]: row["subject_code"] for row in csv.DictReader(file)}
    assert {name: (name_key(name), codes.subject_code(name)) for name in names} == {name: (name, code) for name, code in names.items()}
    assert set(names.values()) <= set(seed())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ОБЖ", "104"),
        ("Основы безопасности и защиты Родины", "104"),
        ("Технология", "105"),
        ("Труд (технология)", "105"),
        ("Искусство (мировая художественная культура)", "113"),
        ("Естественно-научная  грамотность", "118"),
        ("Русский язык (ГВЭ)", "51"),
        ("ЛИТЕРАТУРА ГВЭ", "68"),
    ],
)
def test_names(name: str, code: str) -> None:
    assert codes.subject_code(name) == code
