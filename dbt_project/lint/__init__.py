"""What sqlfluff's jinja templater needs to know of dbt: for linting only, dbt never reads this folder."""

from __future__ import annotations

from typing import Any

from orchestration.dbt_sources import load_registry

KINDS = ("units", "derived")
_REGISTRY = load_registry()


def indicator_registry() -> list[dict[str, Any]]:
    """Stands for the macro of this name: the first entry of each kind, because compiling them all for each file takes its time."""
    return [next(entry for entry in _REGISTRY if entry["kind"] == kind) for kind in KINDS]
