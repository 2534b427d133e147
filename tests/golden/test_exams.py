"""The marts of exams over the golden region: what they show is worked out beside the values, in values/ege.txt and values/oge.txt."""

from __future__ import annotations

import pytest

from .conftest import Published
from .expected import SCHOOLS
from .intervals import newcombe

# column of gia_summary → indicator and breakdown
SUMMARY = {
    "ЕГЭ": {
        "mean_value": ("ege_mean_score", ""),
        "pass_share": ("ege_pass_share", ""),
        "below_min_share": ("ege_below_min_share", ""),
        "high_share": ("ege_high_share_tb2", ""),
        "band_below_share": ("ege_bands", "ниже минимума"),
        "band_low_share": ("ege_bands", "от минимума до 60"),
        "band_middle_share": ("ege_bands", "61–80"),
        "band_high_share": ("ege_bands", "81–100"),
        "score_100_count": ("ege_100", ""),
    },
    "ОГЭ": {
        "mean_value": ("oge_mean_mark", ""),
        "mean_primary": ("oge_mean_primary", ""),
        "pass_share": ("oge_pass_share", ""),
        "first_pass_share": ("oge_pass_share", "с первого раза"),
        "high_share": ("oge_quality", ""),
    },
}
VALUES = {column for columns in SUMMARY.values() for column in columns}


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


def test_the_summary_shows_what_the_indicators_show(golden: Published) -> None:
    """Every column against its indicator and breakdown, at every level; how many sat is told though the values may be hidden."""
    cells = {
        (row["indicator_code"], row["breakdown"], row["period"], row["level"], row["entity_code"], row["subject_code"]): row["value"]
        for row in golden.rows("SELECT * FROM marts.indicator_values WHERE period IN ('2023', '2024')", "oko.duckdb")
    }
    rows = golden.rows("SELECT * FROM marts.gia_summary", "oko.duckdb")
    for row in rows:
        place = (str(row["year"]), row["level"], row["entity_code"], row["subject_code"])
        for column, (code, breakdown) in SUMMARY[row["procedure_name"]].items():
            assert row[column] == cells.get((code, breakdown, *place)), (row["procedure_name"], column, place)
        assert all(row[column] is None for column in VALUES - set(SUMMARY[row["procedure_name"]]))
    sat = {
        (row["procedure_name"], row["subject_name"]): row["participants"] for row in rows if (row["level"], row["year"]) == ("region", 2023)
    }
    assert sat == {
        **{("ЕГЭ", "Русский язык"): 23, ("ЕГЭ", "Математика профильная"): 10, ("ЕГЭ", "Математика базовая"): 15, ("ЕГЭ", "История"): 10},
        **{("ЕГЭ", "Английский язык"): 3, ("ЕГЭ", "Физика"): 18, ("ОГЭ", "Русский язык"): 29, ("ОГЭ", "Математика"): 28},
    }


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
    rows = golden.rows(f"SELECT previous_value, dynamics, assessment FROM core.indicator_values WHERE {where}", "oko_core.duckdb")
    # the year before stands beside, but of another work: nothing is said of a change
    assert any(row["previous_value"] is not None for row in rows)
    assert {(row["dynamics"], row["assessment"]) for row in rows} == {("нет данных", "нет данных")}
