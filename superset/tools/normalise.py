"""Rewrite the assets in their one form: identifiers from names, query contexts and descriptions from parameters, canonical YAML.

Run after every edit by hand and after every export: `python superset/tools/normalise.py`. Changes nothing when nothing is to change.
"""

import argparse
from pathlib import Path

from bundle import KINDS, Asset, asset_uuid, canonical, load
from describe import description
from home import ASSETS
from query_context import query_context


def normalised(path: Path, kind: str, asset: Asset) -> Asset:
    """The asset as it has to be; what a person wrote stays, what follows from it is derived anew."""
    derived = {"uuid": asset_uuid(path), "version": "1.0.0"}
    if kind == "charts":
        derived["query_context"] = query_context(asset["viz_type"], asset["params"])
        if asset["params"].get("indicators"):
            derived["description"] = description(asset["params"]["reading"], asset["params"]["indicators"])
    return asset | derived


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    folder = parser.parse_args().assets
    content = load(folder)
    for kind in KINDS:
        for name, asset in content[kind].items():
            text = canonical(normalised(folder / name, kind, asset))
            if text != (folder / name).read_text():
                (folder / name).write_text(text)
                print(name)


if __name__ == "__main__":
    main()
