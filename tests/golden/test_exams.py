"""The marts of exams over the golden region: what they show is worked out beside the values, in values/ege.txt and values/oge.txt."""

from __future__ import annotations

import pytest

from .conftest import Published, Row
from .expected import SCHOOLS
from .intervals import newcombe


def _one(published: Published, sql: str) -> Row:
    (row,) = published.rows(sql, "oko.duckdb")
    return row


def test_the_difference_has_newcombes_interval(golden: Published) -> None:
    """2024: A1 5 of 5, the others of its cluster 8 of 11; L1 4 of 6, the others 9 of 10."""
    for school, own, others in (("A1", (5, 5), (8, 11)), ("L1", (4, 6), (9, 10))):
        where = f"indicator_code = 'ege_pass_vs_cluster' AND period = '2024' AND entity_code = '{SCHOOLS[school]}'"
        (row,) = golden.rows(f"SELECT ci_low, ci_high, dynamics FROM core.indicator_values WHERE {where}", "oko_core.duckdb")
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(newcombe(others, own), abs=1e-6)
        assert row["dynamics"] == "нет данных"


def test_schools_stand_beside_their_cluster(golden: Published) -> None:
    rows = golden.rows("SELECT * FROM marts.ege_vs_cluster", "oko.duckdb")
    assert {(row["year"], row["school_code"]): row["cluster_code"] for row in rows} == {
        **{(year, SCHOOLS[name]): "C1" for year in (2023, 2024) for name in ("A1", "A2", "L1")},
        **{(year, SCHOOLS[name]): "C2" for year in (2023, 2024) for name in ("L3", "R1")},
        (2024, SCHOOLS["R2"]): "C2",
    }
    # nothing of a closed difference may follow from what stands beside it
    assert all(row["above_cluster"] is None and row["above_cluster_nominal"] is None for row in rows if row["is_suppressed"])
    assert any(row["is_suppressed"] for row in rows)
    assert all(row["above_cluster"] == (row["difference_ci_low"] > 0) for row in rows if not row["is_suppressed"])


def test_one_row_for_both_exams_in_the_region(golden: Published) -> None:
    where = "level = 'region' AND year = 2023 AND subject_code = '1'"
    ege = _one(golden, f"SELECT * FROM marts.gia_summary WHERE procedure_name = 'ЕГЭ' AND {where}")
    assert (ege["participants"], ege["subject_name"], ege["first_pass_share"]) == (23, "Русский язык", None)
    assert ege["mean_value"] == pytest.approx(1198 / 23)
    assert ege["pass_share"] == pytest.approx(22 / 23)
    bands = [ege[f"band_{name}_share"] for name in ("below", "low", "middle", "high")]
    assert bands == pytest.approx([2 / 23, 13 / 23, 7 / 23, 1 / 23])
    oge = _one(golden, f"SELECT * FROM marts.gia_summary WHERE procedure_name = 'ОГЭ' AND {where}")
    assert (oge["participants"], oge["mean_value"], oge["band_low_share"]) == (29, pytest.approx(105 / 29), None)
    assert [oge["pass_share"], oge["first_pass_share"], oge["high_share"]] == pytest.approx([26 / 29, 23 / 29, 16 / 29])
    assert oge["mean_primary"] == pytest.approx(633 / 29)


def test_tasks_are_named_by_what_they_test(golden: Published) -> None:
    rows = golden.rows("SELECT * FROM marts.ege_tasks WHERE level = 'region'", "oko.duckdb")
    shown = {row["task_number"]: (row["content_element"], row["difficulty"], row["max_score"], row["n"]) for row in rows}
    assert shown == {
        "1": ("Кодирование информации", "Б", 2, 9),
        "2": (None, "Б", 2, 9),
        "3": ("Алгоритмы", "П", 5, 9),
        "4": ("Базы данных", "П", 10, 9),
        "10": ("Программирование", "В", 10, 9),
    }


def test_primary_scores_of_two_years_are_not_compared(golden: Published) -> None:
    where = "indicator_code = 'oge_mean_primary' AND level = 'region' AND period = '2024'"
    rows = golden.rows(f"SELECT previous_value, delta, dynamics FROM core.indicator_values WHERE {where}", "oko_core.duckdb")
    assert rows
    assert all((row["previous_value"], row["delta"], row["dynamics"]) == (None, None, "нет данных") for row in rows)
