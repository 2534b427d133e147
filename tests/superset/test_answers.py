"""How answers are kept: in files, of the newest publication alone, within a bound. Who gets which is in tests/e2e/test_answers.py."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from answers import Kept, lasts


class Publications:
    """Folders, of which one is the newest."""

    def __init__(self, folder: Path) -> None:
        self.newest = folder / "publications" / "p1"
        self.answers = folder / "answers"

    def kept(self, limit: int = 10_000) -> Kept:
        return Kept(self.answers, lambda: self.newest, limit)

    def publish(self, name: str) -> Path:
        self.newest = self.newest.with_name(name)
        return self.newest

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.answers)) for path in self.answers.rglob("*") if path.is_file())


@pytest.fixture
def publications(tmp_path: Path) -> Publications:
    return Publications(tmp_path)


def test_another_process_finds_what_one_has_kept(publications: Publications) -> None:
    publications.kept().put(publications.newest, "a", "ответ".encode())
    assert publications.kept().get(publications.newest, "a") == "ответ".encode()
    assert publications.kept().get(publications.newest, "b") is None
    assert stat.S_IMODE((publications.answers / "p1").stat().st_mode) == 0o700
    assert stat.S_IMODE((publications.answers / "p1" / "a").stat().st_mode) == 0o600


def test_a_new_publication_has_no_answers_of_the_old_one(publications: Publications) -> None:
    kept, old = publications.kept(), publications.newest
    kept.put(old, "a", b"old")
    new = publications.publish("p2")
    assert kept.get(new, "a") is None
    kept.put(new, "a", b"new")
    assert (kept.get(new, "a"), kept.get(old, "a"), publications.files()) == (b"new", None, ["p2/a"])


def test_a_late_answer_of_the_old_publication_is_not_kept(publications: Publications) -> None:
    kept, old = publications.kept(), publications.newest
    kept.put(publications.publish("p2"), "a", b"new")
    kept.put(old, "a", b"old")
    assert publications.files() == ["p2/a"]


def test_they_stay_within_the_bound_and_the_least_asked_goes(publications: Publications) -> None:
    kept = publications.kept(limit=10_000)
    kept.put(publications.newest, "asked again", b"x" * 500)
    for number in range(100):
        kept.put(publications.newest, f"{number:03}", b"x" * 500)
        # times of files are coarse: what is younger is made so
        os.utime(publications.answers / "p1" / f"{number:03}", (number, number))
        assert kept.get(publications.newest, "asked again")
    sizes = [(publications.answers / name).stat().st_size for name in publications.files()]
    assert 5_000 < sum(sizes) < 12_000
    assert {"p1/099", "p1/asked again"} <= set(publications.files()) and "p1/000" not in publications.files()


@pytest.mark.parametrize("damaged", [b"", b"short", b"0" * 40])
def test_a_damaged_file_is_no_answer(publications: Publications, damaged: bytes) -> None:
    kept = publications.kept()
    kept.put(publications.newest, "a", b"whole")
    (publications.answers / "p1" / "a").write_bytes(damaged)
    assert kept.get(publications.newest, "a") is None


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT value FROM marts.indicator_values WHERE period = '2026' LIMIT 10", True),
        ("SELECT CASE WHEN CURRENT_TIMESTAMP AT TIME ZONE 'UTC' > due_at THEN 1 END FROM quality.publication", False),
        ("SELECT now() - built_at FROM quality.publication", False),
        ("SELECT today(), current_date", False),
        ("SELECT avg(value) FROM marts.indicator_values USING SAMPLE 10", False),
        ("SELECT random(), gen_random_uuid()", False),
        ("SELECT get_current_timestamp()", False),
        ("SELECT knowledge, ages, todays FROM marts.x", True),
        ("", False),
        (None, False),
    ],
)
def test_what_the_moment_decides_is_not_kept(sql: str | None, expected: bool) -> None:
    assert lasts(json.dumps({"result": [{"query": "SELECT 1"}, {"query": sql}]}).encode()) is expected
