"""What is published against a second computation from the files (tests/recompute.py)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import recompute

# where only the yearly form is there the region has more than the protocols say: of the mean, schools alone
CASES = [
    (recompute.ege_mean_score, ("school",)),
    (recompute.ege_pass_share_mandatory, ("school", "region")),
    (recompute.oge_quality, ("school", "region")),
]


@pytest.mark.parametrize(("compute", "levels"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_published_values_are_those_of_the_files(home: Path, compute: recompute.Compute, levels: tuple[str, ...]) -> None:
    wanted = {key: sums for key, sums in compute(home / "landing").items() if key[-1] != "region" or "region" in levels}
    with duckdb.connect(str(home / "published" / "oko_core.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT period, subject_code, level, entity_code, numerator, n FROM core.indicator_values"
            " WHERE indicator_code = ? AND breakdown = '' AND level IN (SELECT unnest(?)) AND NOT starts_with(entity_code, 'p-')",
            [compute.__name__, list(levels)],
        ).fetchall()
    got = {
        (int(period), *([int(subject)] if subject else []), entity if level == "school" else "region"): (numerator, n)
        for period, subject, level, entity, numerator, n in rows
    }
    assert wanted and got.keys() == wanted.keys()
    assert [key for key in got if abs(got[key][0] - wanted[key][0]) > 1e-6 or got[key][1] != wanted[key][1]] == []
