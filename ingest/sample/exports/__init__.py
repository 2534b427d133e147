"""What people export from the fictional region: one module a source, each writes its files into the landing folder.

A new source is a new module here with `write(world, landing)` and its name in `SOURCES`; what is true belongs to `ingest.sample.model`.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.sample.exports import (
    accreditation,
    attestation,
    certificates,
    clusters,
    ege,
    ege_by_school,
    frdo,
    municipalities,
    network,
    pd_courses,
    school_aliases,
    schools,
    staff,
    strays,
    thresholds,
    vpr,
)
from ingest.sample.files import Landing
from ingest.sample.model import World

SOURCES: list[Callable[[World, Landing], None]] = [
    municipalities.write,
    schools.write,
    thresholds.write,
    school_aliases.write,
    ege.write,
    ege_by_school.write,
    vpr.write,
    staff.write,
    attestation.write,
    pd_courses.write,
    frdo.write,
    certificates.write,
    accreditation.write,
    clusters.write,
    network.write,
    strays.write,
]
