"""People who do not exist: names, СНИЛС that check but were never issued, identity documents of no real series."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ingest.sample.model import words

# Serial numbers are scattered over their room by a step that is prime to it, so none repeats.
ROOM, STEP = 99_999_989, 61_195_301

# СНИЛС are issued upwards from 001; numbers from 900 on are a century away.
SNILS_FIRST = 900_000_000

# The series of a passport begins with the ОКАТО number of a region; 09 is nobody's.
DOCUMENT_SERIES = "09"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a full name."""

    last: str
    first: str
    middle: str


def draw_person(rng: Random, women: float = 0.5) -> Person:
    """A person; `women` is the share of women."""
    surname, father = rng.choice(words.SURNAMES), rng.choice(words.FATHERS)
    if rng.random() >= women:
        return Person(surname, rng.choice(words.MEN), f"{father}ич")
    return Person(feminine(surname), rng.choice(words.WOMEN), f"{father}на")


def feminine(surname: str) -> str:
    """The surname as a woman bears it."""
    return f"{surname[:-2]}ая" if surname.endswith(("ый", "ий", "ой")) else f"{surname}а"


def document(serial: int) -> tuple[str, str]:
    """Series and number of the identity document with this serial number."""
    digits = f"{serial * STEP % ROOM:08d}"
    return f"{DOCUMENT_SERIES}{digits[:2]}", digits[2:]


def snils(serial: int) -> str:
    """The СНИЛС of the person with this serial number: 11 digits, the last two are the check."""
    digits = str(SNILS_FIRST + serial * STEP % ROOM)
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"
