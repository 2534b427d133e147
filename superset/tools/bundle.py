"""The assets as files: reading, writing in one canonical form, identifiers derived from names, and the bundle that Superset imports.

PyYAML and the standard library alone, so that it runs in either environment. What a chart asks for is query_context.py; what must hold
of the assets is validate.py.
"""

import hashlib
import uuid
from pathlib import Path
from typing import Any

import target
import yaml

Asset = dict[str, Any]
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "oko.superset.assets")
KINDS = ("databases", "datasets", "charts", "dashboards")
_METADATA = "type: assets\nversion: 1.0.0\n"


def asset_uuid(path: Path) -> str:
    """The identifier of an asset: a function of its kind and file name, so that every installation has the same ones."""
    kind = next(part for part in path.parts[::-1][1:] if part in KINDS)
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{path.stem}"))


def read_text(text: str) -> Asset:
    asset: Asset = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return asset


def read(path: Path) -> Asset:
    return read_text(path.read_text())


def load(assets: Path) -> dict[str, dict[str, Asset]]:
    """kind → relative path → content."""
    return {kind: {str(path.relative_to(assets)): read(path) for path in sorted((assets / kind).rglob("*.yaml"))} for kind in KINDS}


class _Dumper(yaml.SafeDumper):
    """Sequences indented under their key (yamllint's default), texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def canonical(asset: Asset) -> str:
    """The one text of an asset: keys sorted, Cyrillic as it is, no anchors."""
    _Dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
    return "---\n" + yaml.dump(asset, Dumper=_Dumper, allow_unicode=True, sort_keys=True, width=130)


def styled(assets: Path, dashboard: Asset) -> Asset:
    """A dashboard with the style of all of them before its own."""
    return dashboard | {"css": "\n".join(filter(None, (common_style(assets), dashboard.get("css"))))}


def common_style(assets: Path) -> str:
    """The style that every dashboard has."""
    return (assets / "dashboard.css").read_text()


def _said_whole(dataset: Asset) -> Asset:
    """A dataset that says of a column also what it has not: Superset keeps what an import is silent about, so the old expression of a
    column that is physical now would stay."""
    return dataset | {"columns": [{"expression": None, "description": None} | column for column in dataset["columns"]]}


def bundle_for(assets: Path, home: Path) -> dict[str, str]:
    """What the importer takes, file name → text: connections pointing at the publication of this home, dashboards with the common style."""
    files = {str(path.relative_to(assets)): path.read_text() for kind in KINDS for path in sorted((assets / kind).rglob("*.yaml"))}
    for path in (assets / "dashboards").glob("*.yaml"):
        files[str(path.relative_to(assets))] = canonical(styled(assets, read(path)))
    for path in (assets / "datasets").rglob("*.yaml"):
        files[str(path.relative_to(assets))] = canonical(_said_whole(read(path)))
    for path in (assets / "databases").glob("*.yaml"):
        text = canonical(target.connection(path.stem, read(path)))
        files[str(path.relative_to(assets))] = text.replace("{OKO_HOME}", str(home))
    return {"metadata.yaml": _METADATA} | files


def digest(contents: dict[str, str]) -> str:
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(contents.items())).encode()).hexdigest()
