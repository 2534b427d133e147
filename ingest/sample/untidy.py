"""How people spell things: the blemishes of real exports, applied to a value that is right.

Nothing here makes a value wrong; rows that must be rejected are planted by the exports.
"""

from __future__ import annotations

from random import Random

NBSP = "\u00a0"


def spaced(rng: Random, text: str) -> str:
    """Now and then a trailing, a double or a no-break space."""
    chance = rng.random()
    if chance > 0.04:
        return text
    if chance > 0.02:
        return f"{text} "
    return text.replace(" ", NBSP if chance > 0.01 else "  ", 1)


def quoted(rng: Random, text: str) -> str:
    """Now and then straight quotes, and the blemishes of `spaced`."""
    if rng.random() < 0.08:
        text = text.replace("«", '"').replace("»", '"')
    return spaced(rng, text)


def without_yo(rng: Random, text: str) -> str:
    """ё is written е by every fourth hand."""
    return text.replace("ё", "е").replace("Ё", "Е") if rng.random() < 0.25 else text


def any_case(rng: Random, word: str) -> str:
    """A word of a closed list in the letter case of the moment."""
    chance = rng.random()
    if chance < 0.03:
        return word.upper()
    return word.capitalize() if chance < 0.08 else word


def snils(rng: Random, digits: str) -> str:
    """The three spellings of a СНИЛС: `900-000-000 00`, `900-000-000-00`, `90000000000`."""
    chance = rng.random()
    if chance < 0.3:
        return digits
    glue = " " if chance < 0.7 else "-"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]}{glue}{digits[9:]}"


def academic_year(rng: Random, ending: int) -> str:
    """The three spellings of an academic year: `2023/2024`, `2023-2024`, `2023/24`."""
    chance = rng.random()
    if chance < 0.9:
        return f"{ending - 1}/{ending}"
    return f"{ending - 1}-{ending}" if chance < 0.95 else f"{ending - 1}/{ending % 100:02d}"


def as_number(code: str) -> int:
    """A code as Excel keeps it once somebody opened the file: without its leading zeros."""
    return int(code)
