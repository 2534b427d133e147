"""The publications that are kept: which there are, which one a word or a day means, and where it stands on either engine.

What is in them is asked in published.py; what stays and what goes is a rule of warehouse/keeping.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest.settings import Settings
from orchestration.published import NOTHING, QueryRefused, fetch
from warehouse.keeping import Rules, kept

if TYPE_CHECKING:
    from warehouse.manifest import Manifest

CURRENT, PREVIOUS = "текущая", "предыдущая"
DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


@dataclass(frozen=True)
class Publication:
    """One publication that is kept. `manifest` is None of those older than manifests; `folder` is None on Postgres.

    `size` in bytes, None where the engine does not tell it to this reader; `reasons`: why it is kept, in Russian.
    """

    id: str
    published_at: datetime
    is_current: bool
    manifest: Manifest | None
    folder: Path | None
    size: int | None
    reasons: Sequence[str] = ()

    def schema(self, name: str) -> str:
        """What a schema of readers (marts, quality, core) is called in the Postgres database."""
        return name if self.is_current else f"{name}_{self.id.lower()}"


def rules(settings: Settings) -> Rules:
    """What oko.toml says of keeping publications."""
    zone = ZoneInfo(settings.time_zone)
    return Rules(settings.keep_publications, settings.keep_months, settings.keep_years, settings.pinned_publications, zone)


def publications(settings: Settings) -> list[Publication]:
    """All that are kept, oldest first. Raises QueryRefused where nothing is published."""
    found = _in_schemas(settings) if settings.target == "postgres" else _in_folders(settings)
    current = next((one.id for one in found if one.is_current), None)
    if current is None:
        raise QueryRefused(NOTHING)
    reasons = kept({one.id: one.published_at for one in found}, rules(settings), current)
    in_order = sorted(found, key=lambda one: (one.published_at, one.id))
    return [replace(one, reasons=reasons.get(one.id, [])) for one in in_order]


def last_id(settings: Settings) -> str | None:
    """The id that sorts last of those that are kept; None where nothing is published."""
    try:
        return max(one.id.upper() for one in publications(settings))
    except QueryRefused:
        return None


def unknown_pins(settings: Settings, found: Sequence[Publication]) -> list[str]:
    """What oko.toml pins and is not there: mistyped, or gone before it was pinned."""
    there = {one.id.lower() for one in found}
    return [name for name in settings.pinned_publications if name.lower() not in there]


# ---- which one is meant ----------------------------------------------------------------------------------------------------------


def named(settings: Settings, word: str) -> Publication:
    """The one that is meant: «текущая», «предыдущая», an id or its beginning, or a day (what was current at its end).

    Raises QueryRefused, in Russian, where the word means none or several.
    """
    found = publications(settings)
    if (day := day_of(word)) is not None:
        return _at_end_of(settings, found, day)
    current = next(number for number, one in enumerate(found) if one.is_current)
    if word.lower() == CURRENT:
        return found[current]
    if word.lower() == PREVIOUS:
        if current == 0:
            raise QueryRefused("Предыдущей публикации нет: хранится только текущая.")
        return found[current - 1]
    like = [one for one in found if word and one.id.lower().startswith(word.lower())]
    exact = [one for one in like if len(one.id) == len(word)]
    if len(exact or like) == 1:
        return (exact or like)[0]
    names = ", ".join(one.id for one in (like or found))
    raise QueryRefused(f"Публикаций, которые начинаются с «{word}», {len(like)}: {names}" if like else _no_such(word, names))


def _no_such(word: str, names: str) -> str:
    return f"Публикации «{word}» нет. Хранятся: {names}. Годятся также «{CURRENT}», «{PREVIOUS}» и день: 2026-09-01."


def day_of(word: str) -> date | None:
    """The day that a word means, None where it means none."""
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(word, form).date()
        except ValueError:
            continue
    return None


def at_end_of(settings: Settings, day: date) -> Publication:
    """What readers saw at the end of a day, in the zone of the installation. Raises QueryRefused where that is not kept."""
    return _at_end_of(settings, publications(settings), day)


def _at_end_of(settings: Settings, found: Sequence[Publication], day: date) -> Publication:
    zone = ZoneInfo(settings.time_zone)
    if day > datetime.now(zone).date():
        raise QueryRefused(f"День {day:%d.%m.%Y} ещё не наступил.")
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    shown = [(published, name) for name, published in _timeline(found).items() if published < end]
    if not shown:
        raise QueryRefused(f"На конец дня {day:%d.%m.%Y} публикаций ещё не было. Самая ранняя из хранимых: {said(found[0], zone)}.")
    published, name = max(shown)
    for one in found:
        if one.id == name:
            return one
    before = [one for one in found if one.published_at < published]
    after = [one for one in found if one.published_at > published]
    neighbours = [f"раньше — {said(before[-1], zone)}"] if before else []
    neighbours += [f"позже — {said(after[0], zone)}"] if after else []
    raise QueryRefused(
        f"Публикация {name}, которую видели в конце дня {day:%d.%m.%Y}, уже удалена по правилам хранения. "
        f"Ближайшие из хранимых: {'; '.join(neighbours)}."
    )


def _timeline(found: Sequence[Publication]) -> dict[str, datetime]:
    """When each was published, of those that are gone too: every manifest knows what came before."""
    past = {past.id: datetime.fromisoformat(past.published_at) for one in found if one.manifest for past in one.manifest.history}
    return past | {one.id: one.published_at for one in found}


def said(one: Publication, zone: ZoneInfo) -> str:
    """A publication in words: id and time."""
    return f"{one.id} ({one.published_at.astimezone(zone):%d.%m.%Y %H:%M})"


# ---- where they stand ------------------------------------------------------------------------------------------------------------


def _in_folders(settings: Settings) -> list[Publication]:
    from warehouse.manifest import read
    from warehouse.publish import current_publication, published_at, whole_publications

    current = current_publication(settings.published)
    found = []
    for name, folder in whole_publications(settings.publications).items():
        # a refresh may be retiring it at this moment
        with suppress(FileNotFoundError):
            size = sum(file.stat().st_size for file in folder.iterdir())
            found.append(Publication(name, published_at(folder), name == current, read(folder), folder, size))
    return found


# a schema without a manifest is no publication; sizes are those of all schemas of the publication
_SCHEMAS = """
    SELECT q.nspname, (
        SELECT cast(sum(pg_total_relation_size(c.oid)) AS bigint)
        FROM pg_class AS c INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
        WHERE c.relkind = 'r' AND n.nspname IN (
            SELECT part || substring(q.nspname, 8) FROM unnest(ARRAY['marts', 'quality', 'core', 'intermediate']) AS part
        )
    )
    FROM pg_namespace AS q INNER JOIN pg_class AS m ON m.relnamespace = q.oid AND m.relname = 'manifest'
    WHERE (q.nspname = 'quality' OR starts_with(q.nspname, 'quality_')) AND has_schema_privilege(q.oid, 'USAGE')
"""


def _in_schemas(settings: Settings) -> list[Publication]:
    from warehouse.manifest import Manifest

    found = []
    for schema, size in fetch(settings, _SCHEMAS):
        [(text,)] = fetch(settings, f'SELECT manifest FROM "{schema}".manifest')
        manifest = Manifest.from_json(text)
        published = datetime.fromisoformat(manifest.published_at)
        found.append(Publication(manifest.id, published, schema == "quality", manifest, None, size))
    return found
