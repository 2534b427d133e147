"""The description of a chart of indicators: what its author says of the reading, and from the registry how it is computed and what it
cannot say.

A chart names its indicators in `params.indicators` and its reading in `params.reading`; other charts carry their own description.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml
from home import SUPERSET

REGISTRY = SUPERSET.parent / "dbt_project" / "indicators"


@cache
def _registry() -> dict[str, dict[str, Any]]:
    files = [path for path in sorted(REGISTRY.glob("*.yml")) if not path.name.startswith("_")]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {entry["code"]: entry for path in files for entry in yaml.load(path.read_text(), Loader=loader)["indicators"]}


def _sentences(texts: Iterable[str]) -> str:
    """Each text once, in its order, as sentences."""
    return " ".join(text.strip().rstrip(".") + "." for text in dict.fromkeys(" ".join(text.split()) for text in texts))


def description(reading: str, codes: list[str]) -> str:
    """The whole description; raises KeyError for a code that the registry has not."""
    entries = [_registry()[code] for code in codes]
    computed = _sentences(f"{entry['name_ru']}: {entry['formula_ru']}" for entry in entries)
    limits = _sentences(entry["cannot_say_ru"] for entry in entries)
    return f"{_sentences([reading])} Как считается: {computed} Чего не говорит: {limits}"
