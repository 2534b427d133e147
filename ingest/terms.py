"""Terms of plans as people write them («До 15 января 2018», «Март–октябрь», «в течение всего периода») to one spelling of an interval.

A term is `from/to/precision`: `2018-01-15/2018-01-15/day`, `2018-03/2018-10/month`, `//open` where no date is named. A year that the text
does not name is `0000`: only the plan or its section may say it, and that is not decided here. What cannot be on a calendar is NULL.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from ingest.text import by_value, fold

UNKNOWN = 0
OPEN = "//open"
PRECISIONS = ("day", "month", "quarter", "year")
# by leap year, so that 29 February without a year is a day
_LEAP = 2000
_CENTURY = 100

_MONTHS = ["январ", "феврал", "март", "апрел", "ма[йяе]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"]
_MONTH_ENDING = {"ма[йяе]": "(?![а-я])"}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_HALVES = {"перв": "1", "втор": "2", "i": "1", "ii": "2"}

_ANY_MONTH = "|".join(f"(?P<m{number}>{stem}{_MONTH_ENDING.get(stem, '[а-я]*')})" for number, stem in enumerate(_MONTHS, start=1))
# a month has so many days to list, and a longer list would be tried from each of its days on
_DAYS = r"(?P<days>\d{1,2}(?:(?:\s*(?:,|-|и|по)\s*)\d{1,2}(?![\d.])){0,30})"
_QUARTER = r"(?:iv|i{1,3}|[1-4])(?:\s*-?\s*(?:й|ый|ой|ий|м|ом)(?![а-я]))?"
_TOKEN = re.compile(
    r"(?P<iso>(?P<iso_year>\d{4})[-.](?P<iso_month>\d{2})[-.](?P<iso_day>\d{2}))(?!\d)"
    r"|(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<day_year>\d{4}|\d{2}))?(?![\d])"
    rf"|(?:{_DAYS}\s*(?:-?го\s+)?)?(?<![а-я])(?:{_ANY_MONTH})"
    rf"|(?<![а-яa-z\d])(?:(?P<first_quarter>{_QUARTER})\s*(?:-|,|и)\s*)?(?P<quarter>{_QUARTER})\s*кв(?:артал[а-я]*|\.)?(?![а-я])"
    r"|(?<![а-яa-z\d])(?P<half>перв|втор|i{1,2}|[12])[а-я]*(?:\s*-?\s*[еом]+)?\s*полугоди[а-я]*"
    r"|(?<![\d.])(?P<academic>(?:19|20)\d\d)\s*[/-]\s*(?P<academic_end>(?:19|20)?\d\d)\s*уч[а-я.]*\s*год[а-я]*"
    r"|(?<![\d.])(?P<year>(?:19|20)\d\d)(?![\d.]\d)"
)
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ACADEMIC = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[/-]\s*((?:19|20)?\d\d)\s*(?:уч|$)")


@dataclass(frozen=True)
class _Part:
    """A stretch of days or months of one year; a day is 0 where the text names months."""

    year: int
    first: tuple[int, int]
    last: tuple[int, int]
    precision: str
    ranged: bool = False

    @property
    def is_real(self) -> bool:
        """Whether the calendar has these days."""
        year = self.year or _LEAP
        return all(1 <= month <= 12 and 0 <= day <= monthrange(year, month)[1] for month, day in (self.first, self.last))


def term(column: pl.Expr) -> pl.Expr:
    """`term_of` for a column."""
    return by_value(column, term_of)


def years(column: pl.Expr) -> pl.Expr:
    """`years_of` for a column."""
    return by_value(column, years_of)


def term_of(text: str) -> str | None:
    """The interval from the first date that is named to the last; NULL where one of them is on no calendar."""
    parts = _with_years(list(_parts(fold(text))))
    if not parts:
        return OPEN
    if not all(part.is_real for part in parts):
        return None
    if all(part.year for part in parts):
        first, last = min(parts, key=_start), max(parts, key=_end)
    else:
        first, last = parts[0], parts[-1]
    precision = max((part.precision for part in parts), key=PRECISIONS.index)
    return f"{_spelled(first.year, first.first)}/{_spelled(last.year, last.last)}/{precision}"


def years_of(text: str) -> str | None:
    """The years that a name holds: `2018-2018`, `2017-2018`, of an academic year `2017/2018`; NULL where it names none."""
    folded = fold(text)
    academic = _ACADEMIC.search(folded)
    if academic and "уч" in folded and int(academic[1]) + 1 == _whole(academic[2]):
        return f"{academic[1]}/{int(academic[1]) + 1}"
    found = [int(year) for year in _YEARS.findall(folded)]
    return f"{min(found)}-{max(found)}" if found else None


def _parts(text: str) -> Iterator[_Part]:
    """What the text names, in its order. A year belongs to all that stands before it and has none of its own."""
    end = 0
    for match in _TOKEN.finditer(text):
        between, end = text[end : match.start()], match.end()
        is_ranged = between.strip() in {"-", "по", "до"}
        for part in _read(match):
            yield replace(part, ranged=is_ranged)
            is_ranged = False


def _read(match: re.Match[str]) -> Iterator[_Part]:
    found = match.groupdict()
    if found["iso"]:
        yield _day(found["iso_year"], found["iso_month"], found["iso_day"])
    elif found["month"]:
        yield _day(found["day_year"], found["month"], found["day"])
    elif found["quarter"]:
        last = _quarter(found["quarter"])
        first = _quarter(found["first_quarter"]) if found["first_quarter"] else last
        yield _Part(UNKNOWN, (3 * first - 2, 0), (3 * last, 0), "quarter")
    elif found["half"]:
        number = int(_HALVES.get(found["half"], found["half"]))
        yield _Part(UNKNOWN, (6 * number - 5, 0), (6 * number, 0), "quarter")
    elif found["academic"]:
        yield _Part(int(found["academic"]), (9, 0), (12, 0), "year")
        yield _Part(_whole(found["academic_end"]), (1, 0), (8, 0), "year")
    elif found["year"]:
        yield _Part(int(found["year"]), (1, 0), (12, 0), "year")
    else:
        month = next(number for number in range(1, 13) if found[f"m{number}"])
        days = [int(day) for day in re.findall(r"\d+", found["days"] or "")]
        yield _Part(UNKNOWN, (month, min(days, default=0)), (month, max(days, default=0)), "day" if days else "month")


def _with_years(parts: list[_Part]) -> list[_Part]:
    """A bare year after dates without one is theirs; a range that would end before it begins, begins in the year before."""
    dated: list[_Part] = []
    waiting: list[_Part] = []
    for part in parts:
        if part.precision == "year" and waiting:
            dated += _in_year(waiting, part.year)
            waiting = []
        elif part.year:
            dated += [*_in_year([*waiting, part], part.year)]
            waiting = []
        else:
            waiting.append(part)
    return dated + waiting


def _in_year(parts: list[_Part], year: int) -> list[_Part]:
    """Parts without a year in this one, from the last back."""
    placed: list[_Part] = []
    for part in reversed(parts):
        after = placed[-1] if placed else None
        back = after is not None and after.ranged and part.first > after.last
        known = part.year or ((after.year if after else year) - back)
        placed.append(replace(part, year=known))
    return placed[::-1]


def _day(year: str | None, month: str, day: str) -> _Part:
    place = (int(month), int(day))
    return _Part(_whole(year) if year else UNKNOWN, place, place, "day")


def _quarter(written: str) -> int:
    number = re.sub(r"[^ivx\d]", "", written)
    return _ROMAN.get(number) or int(number)


def _whole(year: str) -> int:
    """18 is 2018: plans are of this century."""
    return int(year) if int(year) >= _CENTURY else 2000 + int(year)


def _start(part: _Part) -> tuple[int, int, int]:
    return (part.year, *part.first)


def _end(part: _Part) -> tuple[int, int, int]:
    """A month ends after each of its days."""
    month, day = part.last
    return (part.year, month, day or 99)


def _spelled(year: int, place: tuple[int, int]) -> str:
    month, day = place
    return f"{year:04}-{month:02}-{day:02}" if day else f"{year:04}-{month:02}"
