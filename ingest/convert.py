"""Text cells to typed values, a whole column at a time, and the reason code of each cell that cannot be one.

One cell is judged alone here: its type, its list of values, its bounds. Rows and keys are judged in judge.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ingest import codes, scales, terms
from ingest.declarations import Column
from ingest.settings import Settings
from ingest.text import as_it_is, by_value, fold

EARLIEST = date(1900, 1, 1)

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?| ?г\.?)?"
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})" + _TIME, re.ASCII)
_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _TIME, re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
# serial numbers outside 1954–2118 are more likely a code than a date
_SERIALS = range(20_000, 80_000)

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", re.ASCII)
_LARGEST_EXACT_INTEGER = 2**53
_YES_NO = dict.fromkeys(["да", "true", "истина", "1", "+"], True) | dict.fromkeys(["нет", "false", "ложь", "0", "-"], False)


@dataclass(frozen=True)
class _Type:
    """How a type is made of text, and the reason code of text that is none (without one such text counts as empty)."""

    dtype: pl.DataType
    make: Callable[[pl.Expr], pl.Expr]
    reason: str | None = None


def dtype(column: Column) -> pl.DataType:
    """The type of this column's values."""
    return _TYPES[column.type].dtype


def value_of(text: pl.Expr, column: Column, settings: Settings) -> pl.Expr:
    """The value of a clean text cell; NULL where it is empty or no such value."""
    if column.values:
        spellings = {fold(value): value for value in column.values} | {fold(word): value for word, value in column.synonyms.items()}
        value = by_value(text, lambda cell: spellings.get(fold(cell)))
    elif column.type == "school_code":
        value = codes.padded(text, settings.school_code_length)
    else:
        value = _TYPES[column.type].make(text)
    value = value.cast(dtype(column))
    if column.default is not None:
        value = pl.when(text.is_null()).then(pl.lit(column.default).cast(dtype(column))).otherwise(value)
    return value


def faults_of(text: pl.Expr, value: pl.Expr, column: Column, settings: Settings) -> Iterator[tuple[str, pl.Expr]]:
    """In which ways a cell can be wrong by itself: the reason code, and whether it is."""
    reason = "unknown_code" if column.values or column.advice else _TYPES[column.type].reason
    if reason:
        yield reason, value.is_null() & text.is_not_null()
    if column.required:
        yield "missing_value", value.is_null()
    bounds = list(_bounds(value, column, settings))
    if bounds:
        yield "out_of_range", pl.any_horizontal(bounds)


def number_of(text: str) -> float | None:
    """Decimal comma or point, spaces or the other mark between thousands, a per cent sign left out; None for what is none."""
    plain = re.sub(r"[\s']", "", text).removesuffix("%").replace("−", "-")
    if _COMMA_GROUPS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _POINT_GROUPS.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", ".", 1)
    value = float(plain) if _NUMBER.fullmatch(plain) else math.inf
    return value if math.isfinite(value) else None


def numbers(text: pl.Expr) -> pl.Expr:
    """`number_of` for a column."""
    return by_value(text, number_of, pl.Float64)


def date_of(text: str) -> date | None:
    """Russian and ISO dates with or without a time, and serial numbers of Excel; None for what is no day of the calendar."""
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(serial[1]))
    iso, russian = _ISO.fullmatch(text), _RUSSIAN.fullmatch(text)
    year, month, day = iso.groups() if iso else reversed(russian.groups()) if russian else ("0", "0", "0")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _bounds(value: pl.Expr, column: Column, settings: Settings) -> Iterator[pl.Expr]:
    if column.min is not None:
        yield value < column.min
    if column.max is not None:
        yield value > column.max
    if column.type == "date":
        yield value < EARLIEST
        if not column.future:
            yield value > settings.as_of


def _dates(text: pl.Expr) -> pl.Expr:
    return by_value(text, date_of, pl.Date)


def _integers(text: pl.Expr) -> pl.Expr:
    number = numbers(text)
    return pl.when((number == number.floor()) & (number.abs() <= _LARGEST_EXACT_INTEGER)).then(number)


def _yes_no(text: pl.Expr) -> pl.Expr:
    return by_value(text, lambda word: _YES_NO.get(fold(word)), pl.Boolean)


_TEXT = pl.String()
_TYPES = {
    "text": _Type(_TEXT, as_it_is),
    "school_code": _Type(_TEXT, as_it_is),  # its length is a setting: see value_of
    "login": _Type(_TEXT, codes.login),
    "oktmo": _Type(_TEXT, codes.oktmo),
    "oktmo_code": _Type(_TEXT, codes.oktmo_code, "unknown_code"),
    "inn": _Type(_TEXT, codes.inn),
    "ogrn": _Type(_TEXT, codes.ogrn),
    "snils": _Type(_TEXT, codes.snils),
    "region_code": _Type(_TEXT, codes.region_code),
    "msu_code": _Type(_TEXT, codes.msu_code),
    "subject_code": _Type(_TEXT, codes.subject, "unknown_code"),
    "subject_name": _Type(_TEXT, codes.subject, "unknown_code"),
    "academic_year": _Type(_TEXT, codes.academic_year, "bad_date"),
    "month": _Type(_TEXT, codes.month),
    "term": _Type(_TEXT, terms.term),
    "years": _Type(_TEXT, terms.years),
    "scale": _Type(_TEXT, scales.canonical, "unknown_code"),
    "document_number": _Type(_TEXT, codes.document_number),
    "identity_document": _Type(_TEXT, codes.identity_document),
    "person_name": _Type(_TEXT, codes.person_name),
    "integer": _Type(pl.Int64(), _integers, "bad_number"),
    "number": _Type(pl.Float64(), numbers, "bad_number"),
    "result": _Type(pl.Float64(), numbers),
    "date": _Type(pl.Date(), _dates, "bad_date"),
    "yes_no": _Type(pl.Boolean(), _yes_no, "unknown_code"),
}
