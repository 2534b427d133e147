"""What is published while a refresh works, laid beside its raw tables: dbt compares the new publication with it (quality.control_limits).

Only what every reader may see is taken, so no closed value can come back through a comparison. Judging is dbt's.
"""

from __future__ import annotations

import logging
from datetime import date, datetime

import polars as pl

from ingest.settings import Settings
from orchestration.published import QueryRefused, fetch
from warehouse.engine import Warehouse

_log = logging.getLogger(__name__)

PUBLICATION = "SELECT publication_id, as_of FROM quality.publication"
VALUES = """
    SELECT indicator_code, period, entity_code, subject_code, grade, breakdown, value, ci_low, ci_high
    FROM marts.indicator_values
    WHERE level = 'region' AND visibility = 'public' AND NOT is_suppressed AND value IS NOT NULL
"""
ROWS = """
    SELECT 'источник' AS counted, source AS code, rows_loaded AS row_count FROM quality.freshness
    UNION ALL
    SELECT 'показатель', indicator_code, count(*) FROM marts.indicator_values GROUP BY indicator_code
"""
Schema = dict[str, pl.DataType | type[pl.DataType]]
_TEXTS = ("indicator_code", "period", "entity_code", "subject_code", "grade", "breakdown")
_VALUES: Schema = {**dict.fromkeys(_TEXTS, pl.String), **dict.fromkeys(("value", "ci_low", "ci_high"), pl.Float64)}
_ROWS: Schema = {"counted": pl.String, "code": pl.String, "row_count": pl.Int64}
_WATCH: Schema = {"publication_id": pl.String, "as_of": pl.Date, "due_at": pl.Datetime("us")}


def lay_beside(settings: Settings, warehouse: Warehouse, due_at: datetime) -> None:
    """Rewrites `raw._watch`, `_previous_values` and `_previous_rows`.

    `due_at`: by when the next refresh must have ended, UTC without a zone. A publication that cannot be read (none yet, or one of an older
    shape) leaves nothing to compare with; the refresh goes on.
    """
    publication: tuple[str | None, date | None] = (None, None)
    values: list[tuple[object, ...]] = []
    rows: list[tuple[object, ...]] = []
    try:
        for publication_id, as_of in fetch(settings, PUBLICATION):
            values = [tuple(row) for row in fetch(settings, VALUES)]
            rows = [tuple(row) for row in fetch(settings, ROWS)]
            publication = (publication_id, as_of)
    except QueryRefused:
        _log.warning("there is no publication to compare the new one with, or it cannot be read")
        values, rows = [], []
    warehouse.rewrite("_watch", pl.DataFrame([(*publication, due_at)], schema=_WATCH, orient="row"))
    warehouse.rewrite("_previous_values", pl.DataFrame(values, schema=_VALUES, orient="row"))
    warehouse.rewrite("_previous_rows", pl.DataFrame(rows, schema=_ROWS, orient="row"))
