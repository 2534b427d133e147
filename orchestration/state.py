"""What the last complete refresh ended with, so that the next one sees at a glance that nothing is new.

Losing this file costs one full build and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from ingest.archive import counts, entries
from ingest.settings import Settings
from ingest.vault import key_id
from orchestration.home import code_version

STATE_FILE = "state.json"


@dataclass(frozen=True)
class State:
    """`listing` of landing and `inputs` (day, settings, code) of the last publication; `judged`: versions of the known lists by which
    waiting rows were judged; `ingest`: the code that read the files."""

    listing: str = ""
    inputs: str = ""
    ingest: str = ""
    judged: dict[str, str] = field(default_factory=dict)


def load_state(settings: Settings) -> State:
    """The state of this home, empty when there is none that can be read."""
    try:
        return State(**json.loads((settings.warehouse / STATE_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return State()


def save_state(settings: Settings, state: State) -> None:
    """Replaces the state in one step."""
    path = settings.warehouse / STATE_FILE
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(state), ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)


def is_up_to_date(settings: Settings) -> bool:
    """Whether the current publication is what a refresh would give now: the same files, day, settings and code."""
    state = load_state(settings)
    is_same = state.inputs == refresh_inputs(settings) and state.listing == landing_listing(settings.landing)
    return is_same and _is_published(settings)


def _is_published(settings: Settings) -> bool:
    if settings.target == "postgres":
        from warehouse.publish_postgres import is_published

        return is_published(str(settings.database_url))
    return (settings.published / "oko_core.duckdb").is_file()


def landing_listing(landing: Path) -> str:
    """A hash of what counts in landing, by names, sizes and times alone: no file is opened."""
    return _hash(sorted(_entries(landing)))


def _entries(folder: Path) -> Iterable[str]:
    # a folder that cannot be listed is said by the look at landing itself
    for path in entries(folder, closed=lambda error: None):
        if not counts(path.name):
            continue
        try:
            status = path.lstat()
        except OSError:
            continue
        yield f"{path}|{status.st_size}|{status.st_mtime_ns}|{status.st_ctime_ns}|{status.st_ino}"


def refresh_inputs(settings: Settings) -> str:
    """A hash of everything but the files that decides what a refresh gives: a new key gives other pseudonyms."""
    parts = (
        *(settings.as_of, settings.target, settings.database_url),
        *(settings.region_code, settings.region_name, settings.school_code_length, settings.limits),
        *(key_id(settings.vault), code_version()),
    )
    return _hash([str(part) for part in parts])


def _hash(lines: list[str]) -> str:
    return sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
