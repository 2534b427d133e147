"""By which rules a publication was made, as names and values that can be compared: parameters, seeds, registry, settings, methods.

Writes publications and changes of rules into the audit log. What a rule means is not known here.
"""

from __future__ import annotations

import csv
import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.settings import Settings
from orchestration.audit_log import record
from orchestration.home import DBT_PROJECT, code_version
from orchestration.publications import named
from orchestration.published import QueryRefused, fetch

_log = logging.getLogger(__name__)

RULES_FILE = "rules.json"
# settings that are not to be read in a log (of these only that they changed), and those that say where and not how
_WITHOUT_VALUE = ("alerts", "limits")
_NO_RULE = ("home", "archive", "vault", "as_of", "database_url")
PUBLICATION = "SELECT publication_id, CAST(as_of AS VARCHAR), methodology, switches_on, previous_publication_id FROM quality.publication"


def rules(settings: Settings, methodology: str = "", switches_on: str = "") -> dict[str, str]:
    """Every rule by name. A file stands with the beginning of its hash."""
    return dict(
        sorted({**dict(_parameters()), **dict(_files()), **dict(_settings(settings)), **_methods(methodology, switches_on)}.items())
    )


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str | None]]:
    """What differs: `what`, `before`, `after`; None where it was not there."""
    names = sorted({*before, *after})
    return [{"what": name, "before": before.get(name), "after": after.get(name)} for name in names if before.get(name) != after.get(name)]


def note_publication(settings: Settings) -> None:
    """Records what is published now unless that is recorded, and which rules changed since the publication before.

    Called after every publish and before every refresh: a kill between a publish and its record leaves it to the next run. A log that
    cannot be written must not keep data from people, so it is only said in refresh.log.
    """
    try:
        _note(settings)
    except QueryRefused:
        # none yet, or one of an older shape, which the release that made it has not recorded either
        _log.warning("there is no publication to record, or it cannot be read")
    except OSError:
        _log.exception("the audit log cannot be written")


def _note(settings: Settings) -> None:
    path = settings.logs / RULES_FILE
    noted = _read(path)
    for publication, as_of, methodology, switches_on, previous in fetch(settings, PUBLICATION):
        if noted.get("publication") == publication:
            return
        now = rules(settings, methodology, switches_on)
        record(settings, "published", publication=publication, previous=previous, as_of=as_of, **_manifest(settings, publication))
        changed = changes(noted["rules"], now) if noted else []
        if changed:
            record(settings, "rules_changed", publication=publication, changed=changed)
        draft = path.with_name(f".{RULES_FILE}-{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"publication": publication, "rules": now}, ensure_ascii=False), encoding="utf-8")
        draft.replace(path)


def _manifest(settings: Settings, publication: str) -> dict[str, Any]:
    """The hash of a publication's content and the number of its files; nothing of one older than manifests."""
    manifest = named(settings, publication).manifest
    return {"content": manifest.hash, "files": len(manifest.files)} if manifest else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _parameters() -> Iterator[tuple[str, str]]:
    with (DBT_PROJECT / "seeds" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield f"параметр {row['parameter_code']}", row["value"]


def _files() -> Iterator[tuple[str, str]]:
    for what, pattern in (("таблица правил", "seeds/*.csv"), ("реестр показателей", "indicators/*.yml")):
        for path in sorted(DBT_PROJECT.glob(pattern)):
            if path.name != "parameters.csv":
                yield f"{what} {path.name}", sha256(path.read_bytes()).hexdigest()[:12]
    yield "код Oko", code_version()[:12]


def _settings(settings: Settings) -> Iterator[tuple[str, str]]:
    for each in fields(settings):
        value = getattr(settings, each.name)
        if each.name not in _NO_RULE:
            shown = sha256(repr(value).encode()).hexdigest()[:12] if each.name in _WITHOUT_VALUE else str(value)
            yield f"настройка {each.name}", shown


def _methods(methodology: str, switches_on: str) -> dict[str, str]:
    """«code version; code version» of quality.publication, and the switches that are on."""
    versions = (entry.rpartition(" ") for entry in methodology.split("; ") if entry)
    return {**{f"методика {code}": version for code, _, version in versions}, "включённые разрешения": switches_on}
