"""One spelling of a code, and its check digits: what Excel made of codes is undone here, column by column.

A code that cannot be repaired stays as it is written: whether it is known is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import yaml

from ingest.text import as_it_is, by_value, fold, fold_header, unless

SUBJECTS = Path(__file__).parent / "subjects.yaml"

OKTMO_LENGTH = 8
SNILS_LENGTH = 11
# "80101.0", which a spreadsheet or a program makes of a code that it took for a number
_DECIMAL_TAIL = "^([0-9]+)[.,]0+$"


def padded(column: pl.Expr, length: int) -> pl.Expr:
    """Digits with the leading zeros that were lost; anything else without its spaces."""

    def mended(cell: pl.Expr) -> pl.Expr:
        code = cell.str.replace_all(" ", "", literal=True).str.replace(_DECIMAL_TAIL, "$1")
        return pl.when(code.str.contains("^[0-9]+$")).then(code.str.zfill(length)).otherwise(code)

    return unless(f"^[0-9]{{{length},}}$", as_it_is, mended, column)


def inn(column: pl.Expr) -> pl.Expr:
    """Ten digits of an organisation, twelve of a person."""
    return _tax_number(column, 10)


def ogrn(column: pl.Expr) -> pl.Expr:
    """Thirteen digits of an organisation, fifteen of an entrepreneur."""
    return _tax_number(column, 13)


def region_code(column: pl.Expr) -> pl.Expr:
    """Two digits."""
    return padded(column, 2)


def msu_code(column: pl.Expr) -> pl.Expr:
    """Three digits."""
    return padded(column, 3)


def _tax_number(column: pl.Expr, length: int) -> pl.Expr:
    """A number one short of the longer form has lost its zero too."""
    code = padded(column, length)
    return pl.when(code.str.len_chars() == length + 1).then(padded(column, length + 2)).otherwise(code)


def snils(column: pl.Expr) -> pl.Expr:
    """Eleven digits without hyphens and spaces; a cell without any digit is no СНИЛС."""
    digits = column.str.replace(_DECIMAL_TAIL, "$1").str.replace_all("[^0-9]+", "")
    return padded(pl.when(digits != "").then(digits), SNILS_LENGTH)


def oktmo(column: pl.Expr) -> pl.Expr:
    """The eight digits of the municipality; of a settlement (11 digits) or with a check digit (9, 12) the first eight."""
    code = _whole_oktmo(column)
    return pl.when(code.str.contains("^[0-9]{9,12}$")).then(code.str.head(OKTMO_LENGTH)).otherwise(code)


def oktmo_code(column: pl.Expr) -> pl.Expr:
    """The eight or eleven digits of an entry of the classifier; NULL where it is none."""
    digits = column.str.replace_all(" ", "", literal=True).str.replace(_DECIMAL_TAIL, "$1")
    whole = (
        pl.when(digits.str.len_chars() > OKTMO_LENGTH).then(digits.str.zfill(OKTMO_LENGTH + 3)).otherwise(digits.str.zfill(OKTMO_LENGTH))
    )
    return pl.when(whole.str.contains("^[0-9]{8}([0-9]{3})?$")).then(whole)


def login(column: pl.Expr) -> pl.Expr:
    """A ФИС ОКО login: small letters, no spaces."""
    return column.str.replace_all(" ", "", literal=True).str.to_lowercase()


def document_number(column: pl.Expr) -> pl.Expr:
    """Letters and digits alone; leading zeros do not count, since a spreadsheet drops them and no length is known."""
    code = column.str.replace(_DECIMAL_TAIL, "$1").str.to_uppercase().str.replace_all("[ –—№-]+", "")
    stripped = code.str.strip_chars_start("0")
    return pl.when(stripped != "").then(stripped).when(code != "").then(pl.lit("0"))


def identity_document(column: pl.Expr) -> pl.Expr:
    """Series and number as one: `312 5099` and `0312 005099` are the same passport."""
    return unless("^[0-9]{4} [0-9]{6}$", _without_spaces, _identity_document, column)


def _without_spaces(column: pl.Expr) -> pl.Expr:
    return column.str.replace_all(" ", "", literal=True)


def _identity_document(column: pl.Expr) -> pl.Expr:
    words = column.str.to_uppercase().str.replace_all(r"[.,]0( |$)", "$1").str.replace_all(r"[^\p{L}0-9]+", " ").str.strip_chars()
    series, number = (words.str.extract("^([0-9]{1,4}) ([0-9]{1,6})$", part) for part in (1, 2))
    whole = pl.when(words != "").then(_without_spaces(words))
    return pl.coalesce(series.str.zfill(4) + number.str.zfill(6), whole)


def person_name(column: pl.Expr) -> pl.Expr:
    """Names and a school code as one, however they are spelled; the code's zeros do not count, since a spreadsheet drops them."""
    return by_value(column, fold).str.replace_all(r"[^\p{L}0-9]+0*", " ").str.strip_chars()


def academic_year(column: pl.Expr) -> pl.Expr:
    """`2017/2018`, also written 2017-2018, 2017/18 or with words after it; NULL where it is none."""
    return by_value(column, _academic_year)


def month(column: pl.Expr) -> pl.Expr:
    """`2018-02`, also where a spreadsheet made it the first day of the month; anything else as it is."""
    return column.str.replace("^([0-9]{4})-([0-9]{2})-[0-9]{2}(?:[ T].*)?$", "$1-$2").str.replace("^([0-9]{2})[.]([0-9]{4})$", "$2-$1")


def subject(column: pl.Expr) -> pl.Expr:
    """`subject_code` for a column."""
    return by_value(column, subject_code)


def subject_code(text: str) -> str | None:
    """A РИС subject code without leading zeros, from `01`, `п:09` or a name; None where it is none."""
    match = re.fullmatch(r"(?:п\s*:\s*)?(\d{1,3})(?:[.,]0+)?", text, re.IGNORECASE)
    return str(int(match[1])) if match else _subject_names().get(fold_header(text))


def _academic_year(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4})\s*[/\\–—-]\s*(\d{4}|\d{2})(?:\s*(?:уч|г)\D*)?", text)
    if not match or (int(match[1]) + 1) % 100 != int(match[2][-2:]):
        return None
    return f"{match[1]}/{int(match[1]) + 1}"


@cache
def _subject_names() -> dict[str, str]:
    subjects: dict[str, list[str]] = yaml.safe_load(SUBJECTS.read_text(encoding="utf-8"))
    return {fold_header(name): code for code, names in subjects.items() for name in names}


def _whole_oktmo(column: pl.Expr) -> pl.Expr:
    code = padded(column, OKTMO_LENGTH)
    return pl.when(code.str.len_chars() == OKTMO_LENGTH + 2).then(padded(column, OKTMO_LENGTH + 3)).otherwise(code)


# ---- check digits ------------------------------------------------------------------------------------------------------------


def check_digits_hold(kind: str, column: pl.Expr) -> pl.Expr:
    """Whether each code of this type, as a file writes it, has the length and the check digits that it must have."""
    return column.is_null() | _CHECKS[kind](column).fill_null(False)


def _is_inn(column: pl.Expr) -> pl.Expr:
    code = inn(column)
    ten = _control(code, [2, 4, 10, 3, 5, 9, 4, 6, 8]) == _digit(code, 9)
    eleventh = _control(code, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == _digit(code, 10)
    twelfth = _control(code, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == _digit(code, 11)
    return _by_length(code, {10: ten, 12: eleventh & twelfth})


def _is_ogrn(column: pl.Expr) -> pl.Expr:
    code = ogrn(column)
    body = code.str.head(-1).cast(pl.Int64, strict=False)
    return _by_length(code, {13: body % 11 % 10 == _digit(code, 12), 15: body % 13 % 10 == _digit(code, 14)})


def _is_snils(column: pl.Expr) -> pl.Expr:
    code = snils(column)
    control = _weighted(code, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100
    # numbers up to 001-001-998 carry no check digits
    has_none = code.str.head(9).cast(pl.Int64, strict=False) <= 1_001_998
    return _by_length(code, {SNILS_LENGTH: (control == code.str.tail(2).cast(pl.Int64, strict=False)) | has_none})


def _is_oktmo(column: pl.Expr) -> pl.Expr:
    """Eight or eleven digits carry no check digit; with one they are nine or twelve."""
    code = _whole_oktmo(column)
    always = code.is_not_null()
    return _by_length(code, {8: always, 9: _oktmo_control(code, 8), 11: always, 12: _oktmo_control(code, 11)})


def _oktmo_control(code: pl.Expr, length: int) -> pl.Expr:
    first = _weighted(code, [place % 10 + 1 for place in range(length)]) % 11
    second = _weighted(code, [(place + 2) % 10 + 1 for place in range(length)]) % 11 % 10
    return pl.when(first == 10).then(second).otherwise(first) == _digit(code, length)


def _control(code: pl.Expr, weights: list[int]) -> pl.Expr:
    return _weighted(code, weights) % 11 % 10


def _digit(code: pl.Expr, place: int) -> pl.Expr:
    return code.str.slice(place, 1).cast(pl.Int64, strict=False)


def _weighted(code: pl.Expr, weights: list[int]) -> pl.Expr:
    """Σ weight · digit, over the first digits."""
    return pl.sum_horizontal([_digit(code, place) * weight for place, weight in enumerate(weights)])


def _by_length(code: pl.Expr, verdicts: dict[int, pl.Expr]) -> pl.Expr:
    """What the check of its length says; another length, or another character than a digit, does not hold."""
    holds = pl.any_horizontal([(code.str.len_chars() == length) & verdict for length, verdict in verdicts.items()])
    return holds.fill_null(False) & code.str.contains("^[0-9]+$")


_CHECKS: dict[str, Callable[[pl.Expr], pl.Expr]] = {"inn": _is_inn, "ogrn": _is_ogrn, "snils": _is_snils, "oktmo": _is_oktmo}
CHECKED_TYPES = frozenset(_CHECKS)
