"""Ids of publications, which sort as they followed each other, and which publications are kept: a rule over their times, the same
whether a publication is a folder or a set of schemas.

Nothing is deleted here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

_ID_FORMAT = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Rules:
    """The last `last`, the last of each of `months` months and of `years` years that have one, and those that are pinned.

    Months and years are those of `zone`. Ids of pinned ones are compared without letter case: Postgres writes them small.
    """

    last: int = 7
    months: int = 12
    years: int = 5
    pinned: Collection[str] = ()
    zone: tzinfo = field(default=UTC)


def next_id(now: datetime, last: str | None) -> str:
    """The id of a publication that begins now, in UTC. It sorts after the last one, also where the clock was set back meanwhile."""
    after = started_at(last) if last else None
    return (max(now, after + timedelta(microseconds=1)) if after else now).strftime(_ID_FORMAT)


def started_at(publication_id: str) -> datetime | None:
    """The time that an id tells, in any letter case; None where it tells none."""
    try:
        return datetime.strptime(publication_id.upper(), _ID_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def kept(times: Mapping[str, datetime], rules: Rules, current: str | None) -> dict[str, list[str]]:
    """The publications that stay, oldest first, each with the reasons in Russian; all others may go. The current one always stays.

    `times`: when each was published, with a zone; of equal times the greater id is the later one.
    """
    in_order = sorted(times, key=lambda name: (times[name], name))
    reasons: dict[str, list[str]] = {name: [] for name in in_order}
    for name in in_order:
        if name == current:
            reasons[name].append("текущая")
        if name.lower() in {pinned.lower() for pinned in rules.pinned}:
            reasons[name].append("закреплена")
    for name in in_order[-rules.last :]:
        reasons[name].append("из последних")
    for count, form in ((rules.months, "{:%m.%Y}"), (rules.years, "{:%Y} год")):
        periods = {name: form.format(times[name].astimezone(rules.zone)) for name in in_order}
        for name in _last_of_each(periods, count):
            reasons[name].append(f"последняя за {periods[name]}")
    return {name: why for name, why in reasons.items() if why}


def _last_of_each(periods: Mapping[str, str], count: int) -> list[str]:
    """The last publication of each of the last `count` periods that have one; `periods` by publication, oldest first."""
    last = {period: name for name, period in periods.items()}
    in_order = [name for name, period in periods.items() if last[period] == name]
    return in_order[-count:] if count else []
