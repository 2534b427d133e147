"""The golden region through the real job: every value, interval and suppression against expected.txt, on both engines.

The files are in landing/, the values and their working in expected.txt. Nothing is computed here but intervals and comparisons.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import pytest

from .conftest import Published, Row
from .expected import (
    CERTIFICATES,
    CODES,
    CODES_OF_ENTITIES,
    DETAILS,
    FINDINGS,
    LESS_IS_BETTER,
    NO_DATA,
    OPEN_AT_ANY_SIZE,
    REGION,
    REJECTIONS,
    ROWS,
    Cell,
    Key,
    children,
    scores,
)
from .intervals import assessment, dynamics, newcombe, t_interval, welch, wilson
from .landing_files import TEXT_FORMS, personal_data

KEY = ("indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown")
HIDDEN = ("value", "numerator", "denominator", "ci_low", "ci_high")
LEVELS = ("school", "municipality", "region")
# of these a municipality is the sum of its schools and the region of its municipalities; people of two schools make staff different
ADDITIVE = ("ege_", "vpr_")
# СНИЛС, or series and number of a document, as people write them
WRITTEN_NUMBER = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{2}|\d{4} ?\d{6}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _indicator_rows(published: Published, schema: str, file: str = "oko_core.duckdb") -> dict[tuple[str, ...], Row]:
    sql = f"SELECT * FROM {schema}.indicator_values WHERE indicator_code IN ({_listed(CODES)}) AND level IN ({_listed(LEVELS)})"
    rows = published.rows(sql, file)
    keyed = {tuple(row[name] for name in KEY): row for row in rows}
    assert len(keyed) == len(rows), f"{schema}.indicator_values repeats keys"
    return keyed


def _core(published: Published) -> dict[tuple[str, ...], Row]:
    return _indicator_rows(published, "core")


def _marts(published: Published) -> dict[tuple[str, ...], Row]:
    return _indicator_rows(published, "marts", "oko.duckdb")


def _same(got: object, want: object, tolerance: float = 1e-9) -> bool:
    if isinstance(want, float | int) and not isinstance(want, bool):
        return isinstance(got, float | int | Decimal) and math.isclose(float(got), want, rel_tol=tolerance, abs_tol=tolerance)
    return got == want


def _differences(rows: dict[tuple[str, ...], Row], wanted: dict[Key, dict[str, object]], tolerance: float = 1e-9) -> list[str]:
    """One line for every cell that is not as wanted."""
    found = []
    for key, columns in wanted.items():
        row = rows.get(key.columns)
        if row is None:
            found.append(f"{key}: no such row")
            continue
        found += [f"{key}: {c} is {row[c]!r}, not {want!r}" for c, want in columns.items() if not _same(row[c], want, tolerance)]
    return found


def _assert_none(problems: list[str]) -> None:
    assert not problems, f"{len(problems)} differences:\n" + "\n".join(sorted(problems)[:80])


def _before(key: Key) -> Key:
    """The key of the comparable period a year before."""
    period = re.sub(r"\d{4}", lambda year: str(int(year[0]) - 1), key.period)
    return Key(key.code, period, key.entity, key.subject, key.grade)


# ---- the hand-worked values hold together ------------------------------------------------------------------------------------------


def test_stars_are_the_small_groups_of_people() -> None:
    for key, cell in ROWS.items():
        assert cell.primary == (key.code not in OPEN_AT_ANY_SIZE and 1 <= cell.n < 5), key


def test_upper_levels_are_sums_of_the_lower_ones() -> None:
    for cells in _cuts().values():
        for entity, cell in cells.items():
            below = [cells[child] for child in children(entity) if child in cells]
            if below:
                assert (sum(c.numerator for c in below), sum(c.n for c in below)) == (cell.numerator, cell.n), entity


def _cuts() -> dict[tuple[str, str, str, str], dict[str, Cell]]:
    """The additive indicators by everything but the entity."""
    cuts: dict[tuple[str, str, str, str], dict[str, Cell]] = defaultdict(dict)
    for key, cell in ROWS.items():
        if key.code.startswith(ADDITIVE):
            cuts[key.code, key.period, key.subject, key.grade][key.entity] = cell
    return cuts


# ---- what was read ------------------------------------------------------------------------------------------------------------------


def test_every_file_is_read_once_and_its_rows_are_accounted_for(golden: Published) -> None:
    loads = golden.rows("SELECT * FROM quality.loads", "oko.duckdb")
    assert sorted(row["file_name"] for row in loads) == sorted(
        str(f.relative_to(TEXT_FORMS).with_suffix("")) for f in TEXT_FORMS.rglob("*.txt")
    )
    assert all(row["rows_in"] == row["rows_loaded"] + row["rows_rejected"] and row["rows_loaded"] > 0 for row in loads)
    assert sum(row["rows_rejected"] for row in loads) == len(REJECTIONS)


def test_contradictions_of_the_files_are_reported(golden: Published) -> None:
    found = golden.rows("SELECT * FROM quality.findings", "oko.duckdb")
    for wanted in FINDINGS:
        assert any(all(_same(row[name], want) for name, want in wanted.items()) for row in found), (wanted, found)


# ---- core: what was computed ---------------------------------------------------------------------------------------------------------


def test_rejections_alone_make_the_exit_code_1(golden: Published) -> None:
    assert golden.run.returncode == 1, golden.run.stdout
    rows = golden.rows("SELECT file_name, row_number, reason_code FROM quality.rejections", "oko.duckdb")
    assert {(row["file_name"], row["row_number"], row["reason_code"]) for row in rows} == REJECTIONS
    assert len(rows) == len(REJECTIONS)


def test_every_value_and_no_other_row(golden: Published) -> None:
    rows = _core(golden)
    wanted: dict[Key, dict[str, object]] = {
        key: {"numerator": c.numerator, "denominator": c.denominator, "value": c.value, "n": c.n, "unit": c.unit, "is_suppressed": False}
        for key, c in ROWS.items()
    }
    others = sorted(set(rows) - {key.columns for key in ROWS})
    _assert_none(_differences(rows, wanted) + [f"{key}: not expected, {rows[key]['numerator']}/{rows[key]['n']}" for key in others])


def test_every_interval(golden: Published) -> None:
    wanted: dict[Key, dict[str, object]] = {}
    for key, cell in ROWS.items():
        interval = t_interval(scores(key)) if cell.unit == "mean" else wilson(cell.numerator, cell.n) if cell.unit == "share" else None
        low, high = interval or (None, None)
        wanted[key] = {"ci_low": low, "ci_high": high}
    _assert_none(_differences(_core(golden), wanted, 1e-4))


def _word(key: Key, before: Cell | None) -> str:
    cell = ROWS[key]
    if before is None or min(cell.n, before.n) < 10:
        return NO_DATA
    if cell.unit == "mean":
        return dynamics(welch(scores(_before(key)), scores(key)))
    return dynamics(newcombe((before.numerator, before.n), (cell.numerator, cell.n)))


def test_every_comparison_with_the_year_before(golden: Published) -> None:
    wanted: dict[Key, dict[str, object]] = {}
    for key, cell in ROWS.items():
        before = ROWS.get(_before(key))
        wanted[key] = {"previous_value": before.value if before else None, "delta": cell.value - before.value if before else None}
        # the contract names no interval for the difference of two counts
        if cell.unit != "count" or before is None:
            word = _word(key, before)
            wanted[key] |= {"dynamics": word, "assessment": assessment(word, key.code not in LESS_IS_BETTER)}
    _assert_none(_differences(_core(golden), wanted))


def test_columns_worked_out_by_hand(golden: Published) -> None:
    _assert_none(_differences(_core(golden), DETAILS, 1e-5))


def test_no_column_of_the_contract_is_empty(golden: Published) -> None:
    filled = ("entity_name", "unit", "n", "dynamics", "assessment", "visibility", "methodology_version", "is_suppressed")
    _assert_none([f"{key}: {name} is empty" for key, row in _core(golden).items() for name in filled if row[name] in (None, "")])


# ---- marts: what is shown ------------------------------------------------------------------------------------------------------------


def test_small_groups_are_hidden_and_the_rest_is_as_in_core(golden: Published) -> None:
    core, marts = _core(golden), _marts(golden)
    assert set(marts) == set(core)
    problems = []
    for key, cell in ROWS.items():
        row, whole = marts[key.columns], core[key.columns]
        if cell.primary and (row["suppression"] != "primary" or row["n"] != cell.n):
            problems.append(f"{key}: suppression {row['suppression']}, n {row['n']}, expected primary, {cell.n}")
        if not cell.primary and row["suppression"] not in (None, "complementary"):
            problems.append(f"{key}: suppression {row['suppression']}, expected none or complementary")
        if row["is_suppressed"] != (row["suppression"] is not None):
            problems.append(f"{key}: is_suppressed {row['is_suppressed']} beside {row['suppression']}")
        for name in HIDDEN:
            want = None if row["is_suppressed"] else whole[name]
            if not _same(row[name], want):
                problems.append(f"{key}: {name} is {row[name]}, expected {want}")
    _assert_none(problems)


def test_no_neighbouring_period_tells_what_is_hidden(golden: Published) -> None:
    marts = _marts(golden)
    problems = []
    for key in ROWS:
        row, before = marts[key.columns], marts.get(_before(key).columns)
        hidden = row["is_suppressed"] or (before is not None and before["is_suppressed"])
        if hidden and (row["previous_value"] is not None or row["delta"] is not None):
            problems.append(f"{key}: previous_value {row['previous_value']}, delta {row['delta']}")
        if not hidden and before is not None and row["previous_value"] is None:
            problems.append(f"{key}: previous_value is hidden without need")
    _assert_none(problems)


def test_nothing_hidden_can_be_had_by_subtraction(golden: Published) -> None:
    marts = _marts(golden)
    problems = []
    for cut, cells in _cuts().items():
        code, period, subject, grade = cut
        hidden = [e for e in cells if marts[Key(code, period, e, subject, grade).columns]["is_suppressed"]]
        told = _determined(hidden, [[entity, *children(entity)] for entity in cells if set(children(entity)) & set(cells)])
        problems += [f"{cut}: {entity} follows from what is shown; hidden are {hidden}" for entity in told if cells[entity].primary]
    _assert_none(problems)


def _determined(hidden: list[str], sums: list[list[str]]) -> list[str]:
    """Which hidden cells have one solution, given that in every list the first is the sum of the rest."""
    rows = [[Fraction(0 if name not in members else 1 if name == members[0] else -1) for name in hidden] for members in sums]
    pivots: list[tuple[int, list[Fraction]]] = []
    for column in range(len(hidden)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [cell / pivot[column] for cell in pivot]
        rows = [[cell - row[column] * top for cell, top in zip(row, pivot, strict=True)] for row in rows]
        pivots = [(at, [cell - row[column] * top for cell, top in zip(row, pivot, strict=True)]) for at, row in pivots]
        pivots.append((column, pivot))
    return [hidden[at] for at, row in pivots if sum(1 for cell in row if cell) == 1]


def test_the_subtraction_itself_finds_what_follows() -> None:
    sums = [["region", "a", "b"], ["a", "a1", "a2"]]
    assert _determined(["a1"], sums) == ["a1"]
    assert _determined(["a1", "a2"], sums) == []
    assert sorted(_determined(["a", "a1"], sums)) == ["a", "a1"]


def test_nothing_is_hidden_beside_groups_that_are_all_large(golden: Published) -> None:
    marts = _marts(golden)
    small = {(key.code, key.period, key.subject, key.grade) for key, cell in ROWS.items() if cell.primary}
    hidden = [key for key in ROWS if marts[key.columns]["is_suppressed"]]
    _assert_none([f"{key}: hidden without need" for key in hidden if (key.code, key.period, key.subject, key.grade) not in small])


def test_public_rows_are_those_marked_public(golden: Published) -> None:
    where = f"indicator_code IN ({_listed(CODES)}) AND level IN ({_listed(LEVELS)})"
    public = golden.rows(f"SELECT {', '.join(KEY)} FROM marts.public_indicator_values WHERE {where}", "oko.duckdb")
    expected = {key.columns for key in ROWS if not key.code.startswith("vpr_") or key.entity == REGION}
    assert {tuple(row[name] for name in KEY) for row in public} == expected


@pytest.mark.parametrize("level", ["school", "municipality", "region"])
def test_dashboard_tables_of_the_exam_show_what_the_mart_shows(golden: Published, level: str) -> None:
    columns = {"ege_mean_score": "mean", "ege_below_min_share": "below_min", "ege_high_share_tb2": "high"}
    values = {"ege_mean_score": "mean_score", "ege_below_min_share": "below_min_share", "ege_high_share_tb2": "high_share"}
    wide = golden.rows(f"SELECT * FROM marts.ege_by_{level}", "oko.duckdb")
    cells = {(str(row["year"]), row.get(f"{level}_code", ""), row["subject_code"]): row for row in wide}
    assert len(cells) == len(wide)
    marts, problems = _marts(golden), []
    for key in ROWS:
        code, period, key_level, entity, subject, *_ = key.columns
        if key_level != level or code not in columns:
            continue
        row, shown = cells[period, "" if level == "region" else entity, subject], marts[key.columns]
        for ours, theirs in ((values[code], "value"), (f"{columns[code]}_ci_low", "ci_low"), (f"{columns[code]}_ci_high", "ci_high")):
            if not _same(row[ours], shown[theirs]):
                problems.append(f"{key}: {ours} is {row[ours]}, the mart has {shown[theirs]}")
    _assert_none(problems)


def test_a_renamed_school_keeps_its_years(golden: Published) -> None:
    """A2 is renamed on 01.01.2024: every year shows the name of its day, and all are found by the title of today."""
    sql = "SELECT DISTINCT entity_name, school_title FROM marts.indicator_readings WHERE level = 'school' AND entity_code = '090102'"
    shown = {(row["entity_name"], row["school_title"]) for row in golden.rows(sql, "oko.duckdb")}
    assert shown == {(name, "Гимназия № 2 · 090102") for name in ("Школа № 2", "Гимназия № 2")}


def test_every_mart_calls_a_school_by_its_last_name(golden: Published) -> None:
    sql = "SELECT entity_code, entity_name FROM core.dim_entity WHERE level = 'school' AND name_to = DATE '9999-12-31'"
    titles = {row["entity_code"]: f"{row['entity_name']} · {row['entity_code']}" for row in golden.rows(sql)}
    assert titles["090102"] == "Гимназия № 2 · 090102"
    sql = "SELECT table_name AS t FROM information_schema.columns WHERE table_schema = 'marts' AND column_name = '{}'"
    titled, coded = ({row["t"] for row in golden.rows(sql.format(name), "oko.duckdb")} for name in ("school_title", "school_code"))
    assert {"school_card", "ege_vs_cluster", "certificates"} <= titled & coded
    found = {
        (table, row["school_code"], row["school_title"])
        for table in titled & coded
        for row in golden.rows(f"SELECT DISTINCT school_code, school_title FROM marts.{table} WHERE school_code IS NOT NULL", "oko.duckdb")
    }
    assert "090102" in {code for _, code, _ in found}
    _assert_none([f"{table}: {title}" for table, code, title in found if title != titles[code]])


def test_register_of_certificates(golden: Published) -> None:
    rows = golden.rows("SELECT * FROM marts.certificates", "oko.duckdb")
    got = {int(row["certificate_number"][-5:]): row for row in rows}
    assert len(got) == len(rows)
    for number, (school, municipality, is_active, days) in CERTIFICATES.items():
        row = got[number]
        shown = (row["school_code"], row["municipality_code"], row["is_active"], row["days_to_expiry"])
        assert shown == (CODES_OF_ENTITIES[school][1], CODES_OF_ENTITIES[municipality][1], is_active, days), number


def test_nobody_of_the_files_is_in_the_database(golden: Published) -> None:
    """In nothing that is published: on DuckDB the analysts' file is a part of this one, and test_personal_data.py searches both."""
    surnames, numbers = personal_data()
    found = []
    for schema, table in golden.tables():
        for row in golden.rows(f'SELECT * FROM "{schema}"."{table}"'):
            for value in row.values():
                text = value if isinstance(value, str) else ""
                words, digits = set(re.findall(r"\w+", text)), {re.sub(r"\D", "", run) for run in WRITTEN_NUMBER.findall(text)}
                found += [f"{schema}.{table}: {word}" for word in (words & surnames) | ((words | digits) & numbers)]
    _assert_none(found)
