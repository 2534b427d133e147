"""After a refresh on Postgres the readers' roles may read what is published, and the analysts of the core the core."""

from __future__ import annotations

import pytest

from .conftest import Published

MAY = "SELECT has_schema_privilege('{role}', '{schema}', 'USAGE') AND has_table_privilege('{role}', '{table}', 'SELECT') AS may"


@pytest.mark.parametrize(
    ("role", "table", "may"),
    [
        ("oko_reader", "marts.indicator_values", True),
        ("oko_reader", "quality.loads", True),
        ("oko_reader", "core.dim_subject", True),
        ("oko_reader", "core.indicator_values", False),
        ("oko_reader", "core.fct_exam_result", False),
        ("oko_analyst", "core.fct_exam_result", True),
        ("oko_analyst", "raw.ege", False),
        ("oko_analyst", "intermediate.indicator_units", True),
        ("oko_analyst", "build_marts.indicator_values", False),
        ("oko_reader", "intermediate.indicator_units", False),
        ("oko_reader", "quality.manifest", True),
        ("oko_municipality", "marts.school_card", True),
        ("oko_municipality", "quality.manifest", False),
        ("oko_municipality", "core.fct_exam_result", False),
    ],
)
def test_roles_read_what_is_theirs(golden_postgres: Published, role: str, table: str, may: bool) -> None:
    assert golden_postgres.rows(MAY.format(role=role, table=table, schema=table.split(".")[0])) == [{"may": may}]
