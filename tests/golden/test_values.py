"""The golden region against values/*.txt: every indicator at every level, on both engines."""

from __future__ import annotations

import math

from orchestration.dbt_sources import load_registry

from .conftest import Published
from .expected import CODES as FIRST_CODES
from .values import CODES, SCOPE, VALUES, Row, Value, rows_of

# where the golden region has nobody: no school of a УМЦ has the twenty pupils that a peak is looked for among
NOBODY = {("obj_boundary_spike", "umc")}
COLUMNS = ("indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown")


def _cells(published: Published, schema: str, file: str) -> dict[Row, dict[str, object]]:
    listed = ", ".join(f"'{code}'" for code in CODES)
    rows = published.rows(f"SELECT * FROM {schema}.indicator_values WHERE indicator_code IN ({listed})", file)
    cells = {tuple(str(row[name]) for name in COLUMNS): row for row in rows}
    assert len(cells) == len(rows)
    return {key: row for key, row in cells.items() if (key[0], key[2]) in SCOPE}


def _near(got: object, want: float | None) -> bool:
    if want is None or got is None:
        return got is None and want is None
    return math.isclose(float(str(got)), want, rel_tol=1e-6, abs_tol=1e-6)


def _faults(key: Row, want: Value, row: dict[str, object] | None) -> list[str]:
    if row is None:
        return [f"{key}: no such row"]
    found = [f"{key}: value {row['value']}, by hand {want.value}"] if not _near(row["value"], want.value) else []
    if want.numerator is not None and not _near(row["numerator"], want.numerator):
        found.append(f"{key}: numerator {row['numerator']}, by hand {want.numerator}")
    if (want.denominator is not None or want.is_count) and not _near(row["denominator"], want.denominator):
        found.append(f"{key}: denominator {row['denominator']}, by hand {want.denominator}")
    return found + ([f"{key}: n {row['n']}, by hand {want.n}"] if row["n"] != want.n else [])


def _assert_none(problems: list[str]) -> None:
    assert not problems, f"{len(problems)} differences:\n" + "\n".join(problems[:80])


def test_every_value_and_no_other_row(golden: Published) -> None:
    rows = _cells(golden, "core", "oko_core.duckdb")
    others = [f"{key}: not by hand, {row['value']} of {row['n']}" for key, row in rows.items() if key not in VALUES]
    _assert_none([fault for key, want in VALUES.items() for fault in _faults(key, want, rows.get(key))] + sorted(others))


def test_small_groups_are_hidden_in_the_marts(golden: Published) -> None:
    rows = _cells(golden, "marts", "oko.duckdb")
    wrong = []
    in_core = {(entry["code"], level) for entry in load_registry() for level in entry["core_only"]}
    for key, want in VALUES.items():
        if (key[0], key[2]) in in_core:
            assert key not in rows, f"{key} is of core alone"
            continue
        shown = rows[key]
        if want.is_primary != (shown["suppression"] == "primary"):
            wrong.append(
                f"{key}: suppression {shown['suppression']}, n {want.n}, by hand {'primary' if want.is_primary else 'not primary'}"
            )
        if shown["is_suppressed"] and any(shown[name] is not None for name in ("value", "numerator", "denominator", "ci_low", "delta")):
            wrong.append(f"{key}: hidden, and yet something shows")
    _assert_none(wrong)


def test_classes_stay_in_the_core(golden: Published) -> None:
    assert not golden.rows("SELECT 1 AS x FROM marts.indicator_values WHERE level = 'class'", "oko.duckdb")


def test_what_says_golden_has_values_at_every_level() -> None:
    told = {str(entry["code"]): set(entry["levels"]) for entry in load_registry() if entry["verified_by"] == "golden"}
    worked_out = {code: {level for named, level in SCOPE if named == code} for code in told}
    first = {"school", "municipality", "region"}
    missing = {code: told[code] - worked_out[code] - (first if code in FIRST_CODES else set()) for code in told}
    assert {(code, level) for code, levels in missing.items() for level in levels} == NOBODY


def test_a_line_is_read() -> None:
    rows = dict(rows_of("# why\nx 2024 subject 2 breakdown «этап: первый»:\n    A1 3/4* · REGION 0.5 ~ 9 |\n    A1/5А 7 of 8\n"))
    assert rows[("x", "2024", "school", "090101", "2", "", "этап: первый")] == Value(0.75, 4, True, 3, 4)
    assert rows[("x", "2024", "region", "09", "2", "", "этап: первый")].n == 9
    assert rows[("x", "2024", "class", "090101/5А", "2", "", "этап: первый")].is_count
