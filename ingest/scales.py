"""Scales of survey answers as people write them, and answers brought to numbers by them.

`1–5`, `0–10`, `да/нет`, `выбор` (of a list with several answers: each option is chosen or not) and words with their numbers
(`плохо=1; хорошо=5`) are known; each has one canonical spelling, `1-5` or `1-5 (плохо=1; хорошо=5)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from ingest.text import by_value, clean, fold

CHOICE = "выбор"
# whoever cannot say has answered, but with no value (contracts 3.1: a blank answer)
NO_ANSWER = frozenset({"затрудняюсь ответить", "затрудняюсь с ответом", "не могу оценить", "нет ответа", "не знаю"})

_RANGE = re.compile(r"(\d{1,2}) ?[-–—] ?(\d{1,2})")
_CANONICAL = re.compile(rf"{_RANGE.pattern} \((.+)\)")
_WORD = re.compile(r"(.+?) ?= ?(\d{1,2})")
_NAMED = {"да/нет": "нет=0; да=1", CHOICE: f"не выбрано=0; {CHOICE}=1"}


@dataclass(frozen=True)
class Scale:
    """The least and the greatest answer, and the numbers of answers in words, by their folded spelling."""

    least: int
    greatest: int
    words: Mapping[str, int]
    text: str

    @property
    def is_choice(self) -> bool:
        """Whether the question is one option out of several that may be chosen together."""
        return CHOICE in self.words

    def number(self, answer: str) -> str | None:
        """The answer as digits; None for an answer without a value; what the scale does not know stays as it is."""
        folded = fold(answer)
        if folded in self.words:
            return str(self.words[folded])
        return None if folded in NO_ANSWER else answer


@lru_cache(maxsize=1_000)
def scale_of(text: str) -> Scale | None:
    """The scale that is meant; None where it is not understood."""
    written = clean(text)
    whole = _CANONICAL.fullmatch(written)
    if whole:
        return _of_words(whole[3], int(whole[1]), int(whole[2]))
    bounds = _RANGE.fullmatch(written)
    if bounds:
        least, greatest = int(bounds[1]), int(bounds[2])
        return Scale(least, greatest, {}, f"{least}-{greatest}") if least < greatest else None
    return _of_words(_NAMED.get(fold(written).replace(" ", ""), written))


def _of_words(text: str, least: int | None = None, greatest: int | None = None) -> Scale | None:
    parts = [_WORD.fullmatch(part.strip()) for part in text.split(";") if part.strip()]
    pairs = [(part[1].strip(), int(part[2])) for part in parts if part]
    values = {value for _, value in pairs} | {bound for bound in (least, greatest) if bound is not None}
    if len(pairs) < len(parts) or len(values) < 2:
        return None
    lowest, highest = min(values), max(values)
    words = "; ".join(f"{word}={value}" for word, value in pairs)
    return Scale(lowest, highest, {fold(word): value for word, value in pairs}, f"{lowest}-{highest} ({words})")


def canonical(column: pl.Expr) -> pl.Expr:
    """The canonical spelling, for a column; NULL where the scale is not understood."""
    return by_value(column, _canonical)


def _canonical(text: str) -> str | None:
    scale = scale_of(text)
    return scale.text if scale else None
