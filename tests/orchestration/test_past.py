"""Any past number: which publication a word or a day means, and a statement asked of it; on both engines, by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from kept_publications import Kept, Made, Value

from ingest.settings import load_settings
from orchestration.cli import main
from orchestration.past_statement import NotRenamed, with_schemas
from orchestration.publications import named, publications
from orchestration.published import QueryRefused, pair, query

# 23:30 of the first and 00:30 of the second of September in Novosibirsk; the second is retired, and so is the fourth
FIRST, SECOND, THIRD, FOURTH, FIFTH = (
    *("20240901T162000000000Z", "20240901T172000000000Z", "20240905T020000000000Z"),
    *("20241001T020000000000Z", "20241002T020000000000Z"),
)
TIMES = {
    **{FIRST: "2024-09-01T16:30:00+00:00", SECOND: "2024-09-01T17:30:00+00:00", THIRD: "2024-09-05T02:10:00+00:00"},
    **{FOURTH: "2024-10-01T02:10:00+00:00", FIFTH: "2024-10-02T02:10:00+00:00"},
}


@pytest.fixture
def home(target: str, make_home: Callable[[], Path], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """An empty home with publications made by hand."""
    url = request.getfixturevalue("postgres_url") if target == "postgres" else None
    kept = Kept(make_home(), url)
    monkeypatch.setenv("OKO_TARGET", target)
    if url:
        monkeypatch.setenv("OKO_DATABASE_URL", url)
    return kept


@pytest.fixture
def past(home: Kept) -> Kept:
    for number, (name, time) in enumerate(TIMES.items(), start=1):
        home.publish(name, time, Made([Value("ege_mean_score", "2024", "region", "54", 50.0 + number, 100)]))
    for name in (SECOND, FOURTH):
        home.retire(name)
    return home


def oko(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


QUERY = "SELECT marts.indicator_values.value FROM marts.indicator_values"


def value(*words: str) -> float:
    code, out, error = oko("sql", QUERY, "--format", "csv", *words)
    assert code == 0, error
    return float(out.splitlines()[-1].replace(",", "."))


def test_a_day_is_that_of_the_region_and_its_end_counts(past: Kept) -> None:
    assert value("--as-of", "2024-09-01") == 51
    assert value("--as-of", "01.09.2024") == 51
    assert value("--as-of", "2024-09-05") == value("--as-of", "2024-09-30") == 53
    assert value("--as-of", "2024-10-02") == value("--as-of", "2025-01-01") == value() == 55


def test_a_publication_by_word_id_or_beginning(past: Kept) -> None:
    assert value("--publication", FIRST) == value("--publication", FIRST.lower()) == value("--publication", "20240901") == 51
    assert value("--publication", "предыдущая") == 53
    assert value("--publication", "Текущая") == 55


REFUSED = {
    ("--as-of", "2024-08-31"): f"публикаций ещё не было. Самая ранняя из хранимых: {FIRST} (01.09.2024 23:30)",
    # retired ones are known by the manifests of those that came after them
    ("--as-of", "2024-09-02"): f"{SECOND}, которую видели в конце дня 02.09.2024, уже удалена по правилам хранения. Ближайшие из",
    ("--as-of", "2024-10-01"): f"раньше — {THIRD} (05.09.2024 09:10); позже — {FIFTH}",
    ("--as-of", "2999-01-01"): "ещё не наступил",
    ("--publication", "2024"): f"«2024», 3: {FIRST}, {THIRD}, {FIFTH}",
    ("--publication", SECOND): f"Публикации «{SECOND}» нет. Хранятся: {FIRST}",
    ("--publication", "вчерашняя"): "Публикации «вчерашняя» нет",
    ("--publication", "../../etc"): "нет. Хранятся",
}


def test_what_is_not_kept_is_refused_and_neighbours_are_named(past: Kept) -> None:
    for words, says in REFUSED.items():
        code, out, error = oko("sql", QUERY, *words)
        assert (code, out) == (1, ""), words
        assert says in error


@pytest.mark.parametrize("words", [("--as-of", "вчера"), ("--as-of", "2024-02-30"), ("--as-of", "2024-09-01", "--publication", FIRST)])
def test_what_is_no_day_is_wrong_usage(words: tuple[str, ...], make_home: Callable[[], Path]) -> None:
    make_home()
    code, _, error = oko("sql", QUERY, *words)
    assert code == 2 and ("--as-of" in error)


def test_the_past_is_only_read(past: Kept) -> None:
    for statement in ("DELETE FROM marts.indicator_values", "SELECT 1; SELECT 2", "CREATE TABLE marts.x (a INTEGER)"):
        code, _, _ = oko("sql", statement, "--publication", FIRST)
        assert code == 1
    assert value("--publication", FIRST) == 51


@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_schemas_that_were_renamed_meanwhile_are_not_taken_for_the_named_ones(past: Kept) -> None:
    settings = load_settings()
    named_before = named(settings, "текущая")
    past.publish("20241003T020000000000Z", "2024-10-03T02:10:00+00:00", Made([Value("ege_mean_score", "2024", "region", "54", 1.0, 1)]))
    with pytest.raises(QueryRefused, match="сменила новая"), query(settings, QUERY, named_before):
        pass
    with pytest.raises(QueryRefused, match="сменила новая"), pair(settings, named(settings, FIRST), named_before):
        pass


def test_the_list_of_publications(past: Kept) -> None:
    (past.home / "oko.toml").write_text(f'[retention]\npublications_pinned = ["{FIRST}", "20200101"]\n', encoding="utf-8")
    code, out, error = oko("publications")
    assert code == 0
    [first, third, fifth] = [line for line in out.splitlines() if "2024" in line and "Z" in line]
    assert FIRST in first and "01.09.2024 23:30" in first and "закреплена" in first
    assert "последняя за 09.2024" in third and "текущая" in fifth
    assert "закреплена публикация «20200101», а такой нет" in error


def test_before_anything_is_published(home: Kept) -> None:
    for words in (("publications",), ("sql", "SELECT 1", "--publication", "текущая"), ("diff", "предыдущая", "текущая")):
        code, _, error = oko(*words)
        assert code == 1 and "Ещё ничего не опубликовано" in error


def test_the_only_publication_has_none_before_it(home: Kept) -> None:
    home.publish(FIRST, TIMES[FIRST], Made([]))
    with pytest.raises(QueryRefused, match="Предыдущей публикации нет"):
        named(load_settings(), "предыдущая")


def test_a_publication_older_than_manifests_is_known_by_its_id(make_home: Callable[[], Path]) -> None:
    kept = Kept(make_home(), None)
    for name in (FIRST, THIRD):
        kept.publish(name, TIMES[name], Made([]))
    (kept.home / "publications" / FIRST / "manifest.json").unlink()
    (kept.home / "publications" / "20241001T000000000000Z.partial").mkdir()
    assert [(one.id, f"{one.published_at:%H:%M}") for one in publications(load_settings())] == [(FIRST, "16:20"), (THIRD, "02:10")]


# ---- statements on Postgres --------------------------------------------------------------------------------------------------------

NAMES = {"marts": "marts_old", "core": "core_old"}


@pytest.mark.parametrize(
    ("statement", "past"),
    [
        ("SELECT * FROM marts.x", 'SELECT * FROM "marts_old".x'),
        ('SELECT "marts".x.a, MARTS.x.b FROM Marts . x', 'SELECT "marts_old".x.a, "marts_old".x.b FROM "marts_old" . x'),
        ("TABLE core.x", 'TABLE "core_old".x'),
        # texts, comments, names of columns and tables that look like a schema stay what they are
        ("SELECT 'marts.x' AS marts /* core.x */ FROM other.marts", "SELECT 'marts.x' AS marts /* core.x */ FROM other.marts"),
        ("WITH marts AS (SELECT '😀Ё') SELECT * FROM marts, core.x", "WITH marts AS (SELECT '😀Ё') SELECT * FROM marts, \"core_old\".x"),
        (
            "SELECT (SELECT max(a) FROM marts.y) FROM core.x UNION SELECT 1 FROM marts.z WHERE EXISTS (SELECT FROM marts.w)",
            'SELECT (SELECT max(a) FROM "marts_old".y) FROM "core_old".x UNION SELECT 1 FROM "marts_old".z '
            'WHERE EXISTS (SELECT FROM "marts_old".w)',
        ),
        ('SELECT * FROM "MARTS".x', 'SELECT * FROM "MARTS".x'),
    ],
)
def test_only_names_of_schemas_are_replaced(statement: str, past: str) -> None:
    assert with_schemas(statement, NAMES) == past


@pytest.mark.parametrize(
    "statement",
    [
        *("", "SELECT FROM FROM", "SELECT 1; SELECT 2", "EXPLAIN SELECT 1", "SHOW all", "SET search_path = marts"),
        *("DELETE FROM marts.x", "WITH a AS (DELETE FROM marts.x RETURNING *) SELECT * FROM a", "SELECT * INTO t FROM marts.x"),
        *("COPY marts.x TO '/tmp/x'", "SELECT * FROM x", "WITH a AS (SELECT 1) SELECT * FROM a, b", "DO $$ BEGIN END $$"),
        *('SELECT * FROM U&"m\\0061rts".x', "SELECT ' FROM marts.x", "CREATE VIEW marts.v AS SELECT 1"),
    ],
)
def test_what_is_not_understood_is_refused(statement: str) -> None:
    with pytest.raises(NotRenamed):
        with_schemas(statement, NAMES)
