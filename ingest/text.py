"""Text rules: which spellings mean the same (spaces, ё, quotes, dashes, letter case, «г. Бердск»).

Columns are cleaned as a whole; folding, which is only for comparing, is worked out once for each distinct value.
Types, codes and dates are not text rules: see convert.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import overload

import polars as pl

Function = Callable[[str], object]
Expression = Callable[[pl.Expr], pl.Expr]
Kind = type[pl.DataType]

# with the controls that speak to terminals and databases, and the marks that turn a text round on the screen
INVISIBLE = "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
SPACE = "[\t\n\r\v\f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
# what `clean` would change: an invisible character, a space that is not a plain one, a doubled one, one at an end
UNCLEAN = f"{INVISIBLE}|{SPACE.replace(' ', '')}|  |^ | $"

_AT_ONCE = 10_000
_SAME = [
    (re.compile("ё"), "е"),
    (re.compile("[«»„“”‟″\"'’‘‛`´]"), " "),
    (re.compile("[‐‑‒–—―−]"), "-"),
    # spaces first: a pattern that begins with any number of them would be tried from each
    (re.compile(r"\s+"), " "),
    (re.compile(" ?- ?"), "-"),
]
_HEADER = [(re.compile(r"\s*([,;:/()*])\s*"), r"\1")]
_NAME = [
    (re.compile(r"(^|[ (,])(?:г\.|гор\.|(?:г|город|города) )"), r"\1"),
    (re.compile(r"(?:№|\bn\b)\s*(\d)"), r"№\1"),
    (re.compile(r"\s+"), " "),
]
_LATIN_LOOKALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
_CYRILLIC = re.compile("[а-я]")


def clean(text: str) -> str:
    """Invisible characters away, any run of spaces is one, none at the ends."""
    return " ".join(re.sub(INVISIBLE, "", text).split())


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """One spelling for all that mean the same."""
    return _replace(clean(text).lower(), _SAME)


@lru_cache(maxsize=20_000)
def fold_header(text: str) -> str:
    """A header as it is compared: without spaces at punctuation, Latin lookalikes in a Russian header made Cyrillic."""
    # not a pattern, which would be tried from each of a million points on
    folded = _replace(fold(text), _HEADER).rstrip("*:. ")
    return folded.translate(_LATIN_LOOKALIKES) if _CYRILLIC.search(folded) else folded


def name_key(text: str) -> str:
    """A name of a school or municipality as it is compared: «г. Бердск», «город  Бердск» and «Бердск» are one."""
    return _replace(fold(text), _NAME)


def clean_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """`clean` for every column of text; an empty cell becomes NULL."""
    odd = frame.select(pl.all().str.contains(UNCLEAN).any())
    unclean = [name for name in frame.columns if odd[name][0]]
    cleaned = pl.col(unclean).str.replace_all(INVISIBLE, "").str.replace_all(f"{SPACE}+", " ").str.strip_chars()
    return frame.with_columns(cleaned).with_columns(pl.when(pl.all() != "").then(pl.all()))


def as_it_is(column: pl.Expr) -> pl.Expr:
    """Nothing changed."""
    return column


def unless(plain: str, quick: Expression, thorough: Expression, column: pl.Expr) -> pl.Expr:
    """`thorough` for a column of text, which for a cell that looks `plain` gives what `quick` gives at a fraction of its cost."""

    def apply(values: pl.Series) -> pl.Series:
        is_plain = values.str.contains(plain).fill_null(True)
        quickly = values.to_frame("_").select(quick(pl.col("_"))).to_series()
        if is_plain.all():
            return quickly
        odd = (~is_plain).arg_true()
        return quickly.scatter(odd, values.gather(odd).to_frame("_").select(thorough(pl.col("_"))).to_series())

    return column.map_batches(apply, return_dtype=pl.String)


@overload
def by_value(column: pl.Expr, function: Function, dtype: Kind = pl.String) -> pl.Expr: ...
@overload
def by_value(column: pl.Series, function: Function, dtype: Kind = pl.String) -> pl.Series: ...
def by_value(column: pl.Expr | pl.Series, function: Function, dtype: Kind = pl.String) -> pl.Expr | pl.Series:
    """A function of text for a column, worked out once for each distinct value."""
    if isinstance(column, pl.Expr):
        return column.map_batches(lambda values: by_value(values, function, dtype), return_dtype=dtype)
    values = column.drop_nulls().unique()
    # a part at a time: a string of Python takes several times the memory of one in a column
    parts = [values.slice(start, _AT_ONCE) for start in range(0, max(values.len(), 1), _AT_ONCE)]
    answers = pl.concat([pl.Series([function(value) for value in part.to_list()], dtype=dtype) for part in parts])
    return column.replace_strict(values, answers, default=None, return_dtype=dtype)


def _replace(text: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text.strip()
