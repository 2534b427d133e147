"""Who may judge by what: the ways from a mart that judges (`meta: {judges: true}`) to indicators that serve diagnosis alone.

A mart reads the long table of values, so lineage alone does not say which indicators it takes: on every way from it to the long table
one model must say which, by `usage_kind = 'open'` or by a list of codes that are all open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.lineage import Project as Texts
from orchestration.lineage import with_macros

LONG_TABLES = {
    *("indicator_units", "indicator_sums", "indicator_versions", "indicator_compared", "indicator_derived_rows", "indicator_derived"),
    *("indicator_values", "indicator_values_alt", "marts__indicator_values", "public_indicator_values"),
}
# what such a mart is called: one that forgets to say that it judges is found by its name
JUDGING_NAME = re.compile(r"incentive|funding|rank|rating|quadrant|reward")
OPEN_ONLY = re.compile(r"usage_kind\s*=\s*'open'")
CODES = re.compile(r"indicator_code\s*(?:=\s*('\w+')|in\s*\(([^()]*)\))", re.IGNORECASE)
DATA_TEST = "no_diagnostic_indicators"


@dataclass(frozen=True)
class Rules:
    """The models of a manifest by unique id, and what may not be judged by."""

    manifest: dict[str, Any]
    texts: Texts
    diagnostic: frozenset[str]
    diagnostic_facts: frozenset[str]
    evidence: Mapping[str, list[str]]

    @property
    def marts(self) -> list[dict[str, Any]]:
        return [node for node in self._models() if node["path"].startswith("marts/")]

    @property
    def judges(self) -> list[dict[str, Any]]:
        return [node for node in self.marts if node["config"]["meta"].get("judges")]

    def _models(self) -> list[dict[str, Any]]:
        return [node for node in self.manifest["nodes"].values() if node["resource_type"] == "model"]

    def violations(self) -> list[str]:
        """One line for every way in which somebody could be judged by an indicator for diagnosis."""
        found = [f"{node['name']}: its name says that it judges, its meta does not" for node in self.marts if self._is_silent(node)]
        for node in self.judges:
            found += [f"{node['name']}: reads {' ← '.join(way)}" for way in self._ways(node, ())]
            for code in self._named(node):
                found += [f"{node['name']}: names {code}"] if code in self.diagnostic else []
                found += [f"{node['name']}: names {code}, which rests on {fact}" for fact in self._diagnostic_facts_of(code)]
            if "indicator_code" in node["columns"] and DATA_TEST not in self._tests_of(node):
                found.append(f"{node['name']}: has indicator_code and no test {DATA_TEST}")
        return found

    def _diagnostic_facts_of(self, code: str) -> list[str]:
        """An open indicator may not carry results of diagnosis either."""
        return [] if code in self.diagnostic else sorted(self.diagnostic_facts & set(self.evidence.get(code, [])))

    def _is_silent(self, node: dict[str, Any]) -> bool:
        return bool(JUDGING_NAME.search(node["name"])) and not node["config"]["meta"].get("judges")

    def _ways(self, node: dict[str, Any], way: tuple[str, ...], chosen: bool = False) -> Iterator[tuple[str, ...]]:
        """The ways up to diagnostic facts and models, and to a long table where nothing on the way chooses among its indicators."""
        way, chosen = (*way, node["name"]), chosen or self._chooses(node)
        for parent in self._parents(node):
            name = parent["name"]
            if name in LONG_TABLES:
                if not chosen:
                    yield (*way, name)
            elif name in self.diagnostic_facts or name.removeprefix("ind_") in self.diagnostic:
                yield (*way, name)
            else:
                yield from self._ways(parent, way, chosen)

    def _parents(self, node: dict[str, Any]) -> Iterable[dict[str, Any]]:
        nodes = (self.manifest["nodes"].get(unique_id) for unique_id in node["depends_on"]["nodes"])
        return [parent for parent in nodes if parent and parent["resource_type"] == "model"]

    def _chooses(self, node: dict[str, Any]) -> bool:
        text = self._text(node)
        named = self._named(node)
        return bool(OPEN_ONLY.search(text)) or (bool(named) and not set(named) & self.diagnostic)

    def _named(self, node: dict[str, Any]) -> list[str]:
        """The codes that the model's SQL compares indicator_code with."""
        return [code for one, several in CODES.findall(self._text(node)) for code in re.findall(r"'(\w+)'", one or several)]

    def _text(self, node: dict[str, Any]) -> str:
        return with_macros(node["raw_code"], self.texts)

    def _tests_of(self, node: dict[str, Any]) -> set[str]:
        tests = (other for other in self.manifest["nodes"].values() if other["resource_type"] == "test" and "test_metadata" in other)
        return {test["test_metadata"]["name"] for test in tests if test.get("attached_node") == node["unique_id"]}
