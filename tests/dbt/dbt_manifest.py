"""What the lint needs to know of a manifest: models by layer, what reads what, which tests a model has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# from the bottom to the top; a model reads its own layer or one of those named with it
LAYERS: dict[str, set[str]] = {
    "staging": {"sources"},
    "intermediate": {"staging", "seeds"},
    "parts": {"staging", "intermediate", "core", "parts", "seeds"},
    "core": {"staging", "intermediate", "core", "seeds"},
    "indicators": {"core", "seeds"},
    "derived": {"core", "results", "seeds"},
    "results": {"core", "parts", "indicators", "derived", "results", "seeds"},
    "quality": {"staging", "intermediate", "core", "results", "quality", "seeds"},
    "marts": {"core", "results", "quality", "marts", "seeds"},
}
# read by the hook of every model that is kept by part, whatever its layer
REBUILT = "model.oko.int_exam__rebuilt"
CONTRACTED = ("core", "indicators", "derived", "results", "quality", "marts")
PORTABLE_TYPES = {"text", "bigint", "integer", "double precision", "boolean", "date", "timestamp"}


@dataclass(frozen=True)
class Model:
    """One model of the manifest."""

    node: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.node["name"])

    @property
    def folder(self) -> tuple[str, ...]:
        return tuple(Path(self.node["path"]).parts[:-1])

    @property
    def layer(self) -> str:
        return self.folder[0]

    @property
    def is_contracted(self) -> bool:
        """Checks are views between the tables and quality.findings, which has the contract."""
        return self.layer in CONTRACTED and self.folder != ("quality", "checks")

    @property
    def meta(self) -> dict[str, Any]:
        return dict(self.node["config"]["meta"])


class Project:
    """The models of a manifest and what is around them."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.models = [Model(node) for node in manifest["nodes"].values() if node["resource_type"] == "model"]
        self._layer_of = {model.node["unique_id"]: model.layer for model in self.models}

    def layers_read_by(self, model: Model) -> Iterator[tuple[str, str]]:
        """(the layer, the name) of everything that the model reads."""
        for unique_id in set(model.node["depends_on"]["nodes"]) - {REBUILT}:
            kind, name = unique_id.split(".")[0], unique_id.split(".")[-1]
            yield {"source": "sources", "seed": "seeds"}.get(kind) or self._layer_of[unique_id], name

    def tests_of(self, model: Model) -> set[str]:
        """The names of the generic tests on a model."""
        tests = (node for node in self.manifest["nodes"].values() if node["resource_type"] == "test")
        return {node["test_metadata"]["name"] for node in tests if node.get("attached_node") == model.node["unique_id"]}

    @property
    def unit_tested(self) -> set[str]:
        """The names of models with a unit test."""
        return {test["model"] for test in self.manifest["unit_tests"].values()}
