"""The register of accredited organisations (Рособрнадзор): certificates as JSON lines or XML, a record a certificate.

The formats' reader has made a row of every record, named by its fields. What is decided here is only whether the records are
certificates: fragments of the register (programmes, vocabularies) have some of the same fields and are not this layout.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.declarations import Source
from ingest.grid import Grid, Table
from ingest.known import Known
from ingest.layouts import tabular

# Every certificate of the published registers carries these; the others may be blank, and then the field is not written.
FIELDS = ("Id", "IsFederal", "RegNumber", "RegionCode", "ControlOrgan", "EduOrgFullName")


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The certificates, or nothing."""
    return [table for grid in grids for table in _certificates(grid, source, known)]


def _certificates(grid: Grid, source: Source, known: Known) -> list[Table]:
    names = next(iter(grid.head(1)), ())
    missing = [field for field in FIELDS if field not in names]
    if 2 * len(missing) > len(FIELDS):
        return []
    # the other fields of a record are left out by design
    return [replace(table, missing=missing, left_out=[]) for table in tabular.tables([grid], source, known)]
