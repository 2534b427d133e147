"""What is kept from night to night: everything that it is made from is either followed part by part, or compared as a whole.

That keeping parts gives what making everything anew gives is held by tests/orchestration/test_parts_kept.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from ingest.declarations import load_sources

MODEL = "model.oko."
REBUILT, INPUTS = f"{MODEL}int_exam__rebuilt", f"{MODEL}int_exam__input"
# changes of these are noted with every row of a protocol: a file that is renamed or touched counts as changed
JOURNAL = {"source.oko.raw._files"}
# how fresh files are is brought up to date in the rows that stay (macro update_readings)
IN_PLACE = {f"{MODEL}dim_indicator_freshness"}
# rows of derived indicators alone
DERIVED = {f"{MODEL}indicator_derived", f"{MODEL}suppression_derived"}


@pytest.fixture(scope="module")
def kept(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The models that keep parts, by their unique ids."""
    return {name: node for name, node in manifest["nodes"].items() if node["config"].get("materialized") == "incremental"}


def test_what_parts_are_made_from_is_followed_or_compared(manifest: dict[str, Any], kept: dict[str, dict[str, Any]]) -> None:
    parts = {f"source.oko.raw.{name}" for source in load_sources().values() for name, layout in source.layouts.items() if layout.part}
    compared = set(manifest["nodes"][INPUTS]["depends_on"]["nodes"])
    unaccounted = {
        f"{name} ← {found}"
        for name in kept
        for found in _unaccounted(manifest, name, {*kept, *compared, *parts, *JOURNAL, *IN_PLACE, REBUILT} - {name}, set())
    }
    assert parts and len(kept) > 20
    assert unaccounted == set()


def _unaccounted(manifest: dict[str, Any], name: str, known: set[str], seen: set[str]) -> set[str]:
    """The raw tables from which rows come by a way that nobody watches. Seeds are code: with other code everything is made anew."""
    found: set[str] = set()
    for parent in manifest["parent_map"][name]:
        if parent in known | seen or parent.startswith("seed.") or _is_another_indicator(manifest, parent):
            continue
        seen.add(parent)
        found |= {parent} if parent.startswith("source.") else _unaccounted(manifest, parent, known, seen)
    return found


def _is_another_indicator(manifest: dict[str, Any], name: str) -> bool:
    """Rows of indicators of other facts are made anew every night, in every table of results."""
    return name in DERIVED or (name.startswith(MODEL) and manifest["nodes"][name]["path"].split("/")[0] in ("indicators", "derived"))


def test_every_kept_table_forgets_and_reads_by_part(kept: dict[str, dict[str, Any]]) -> None:
    """A hook without a filter would lose rows, a filter without a hook double them."""
    wrong = [
        name
        for name, node in kept.items()
        if not re.search(r"forget_rebuilt(_results)?\(", str(node["config"]["pre-hook"]))
        or not re.search(r"\brebuilt(_results)?\(|oge_(share|mean)\(|indicator_readings\(", node["raw_code"])
    ]
    assert wrong == []


def test_parts_of_a_family_are_kept_together(manifest: dict[str, Any], kept: dict[str, dict[str, Any]]) -> None:
    """What is closed in one indicator closes cells of its family: exams stand in families of their own."""
    from orchestration.dbt_sources import load_registry

    families: dict[str, set[bool]] = {}
    for entry in load_registry():
        if entry["kind"] == "units":
            families.setdefault(entry["family"], set()).add(f"{MODEL}ind_{entry['code']}" in kept)
    assert [name for name, kinds in families.items() if len(kinds) > 1] == []
    assert sum(True in kinds for kinds in families.values()) > 5
