"""What sqlfluff's jinja templater needs to know of dbt: for linting only, dbt never reads this folder.

The functions stand for macros of the same names: generated ones cut to the first entries (compiling the macros for each file took most of
the time), those of macros/parts.sql as a whole build renders them.
"""

from __future__ import annotations

from typing import Any

from orchestration.dbt_sources import lineage_lists, load_registry

KINDS = ("units", "derived")
_REGISTRY = load_registry()
_LINEAGE = lineage_lists()


def indicator_registry() -> list[dict[str, Any]]:
    """The first entry of each kind."""
    return [next(entry for entry in _REGISTRY if entry["kind"] == kind) for kind in KINDS]


def explained_facts() -> list[Any]:
    """The first fact."""
    return _LINEAGE["explained_facts"][:1]


def indicator_bases() -> list[Any]:
    """The basis of the first indicator."""
    return _LINEAGE["indicator_bases"][:1]


def dated_facts() -> list[Any]:
    """The first fact that names files."""
    return _LINEAGE["dated_facts"][:1]


def rebuilt(relation: str, *_: str) -> str:
    """All rows."""
    return relation


def rebuilt_results(relation: str, *_: str, **__: int) -> str:
    """All rows."""
    return relation


def of_rebuilt_results(row: str) -> str:
    """Every row."""
    return f"{row}.period is not null"


def content_of(relation: str) -> str:
    """A function of whichever engine."""
    return f"content_of({relation})"
