"""Data quality of the golden region, worked out by hand beside its files: coverage, volumes, the summary of the rules.

The findings themselves are in expected.py.
"""

from __future__ import annotations

import pytest

from .conftest import Published

# on 1 April 2024 Светлый has A1, A2, A4, A5 (A3 went to Речной in February), Лесной L1, L2, L3 (L4 was merged), Речной R1, R2, R3, A3;
# report 2 has 090101, 090202 and 090303, the flat table 090203 of this campaign
COVERAGE = {
    ("vpr", "статистика по отметкам", "2023/2024", "svetly"): (4, 1),
    ("vpr", "статистика по отметкам", "2023/2024", "lesnoy"): (3, 2),
    ("vpr", "статистика по отметкам", "2023/2024", "rechnoy"): (4, 1),
}


def test_coverage(golden: Published) -> None:
    rows = golden.rows("SELECT * FROM quality.coverage", "oko.duckdb")
    found = {(r["source"], r["content"], r["period"], r["municipality_code"]): (r["schools_expected"], r["schools_present"]) for r in rows}
    assert {key: found.get(key) for key in COVERAGE} == COVERAGE
    assert all(row["share"] == pytest.approx(row["schools_present"] / row["schools_expected"]) for row in rows)
    assert all(row["municipality_name"] and 0 <= row["schools_present"] <= row["schools_expected"] for row in rows)


def test_volumes(golden: Published) -> None:
    """A document that both name is of the list; ФРДО gives those of its own that no list has."""
    rows = golden.rows("SELECT * FROM quality.volumes WHERE source = 'frdo'", "oko.duckdb")
    # …051 of 2021 and …052 of 2019; 2020 has none, so 2021 has nothing to be compared with
    assert {row["period"]: (row["source_rows"], row["previous_rows"]) for row in rows} == {"2019": (1, None), "2021": (1, None)}
    assert not any(row["is_unusual"] for row in rows)


def test_the_summary_counts_the_findings(golden: Published) -> None:
    findings = golden.rows("SELECT rule_code, count(*) AS n FROM quality.findings GROUP BY rule_code", "oko.duckdb")
    summary = {row["rule_code"]: row["findings"] for row in golden.rows("SELECT * FROM quality.summary", "oko.duckdb")}
    rules = {row["rule_code"] for row in golden.rows("SELECT rule_code FROM quality.rules", "oko.duckdb")}
    assert set(summary) == rules
    assert {code: n for code, n in summary.items() if n} == {row["rule_code"]: row["n"] for row in findings}
