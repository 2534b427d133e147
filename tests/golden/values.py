"""Reads values/*.txt: rows of indicators at every level, worked out by hand beside the files of landing/.

    code period [subject S] [grade G] [breakdown «text»]: ENTITY cell · ENTITY cell | …

A cell is `numerator/denominator`, `value of n` (a count), `value ~ n` (an index or a difference), `numerator/denominator ~ n` where n is
not the denominator; a star marks 1-4 people. Entities are those of expected.py, and C1 C2 (clusters), U1 U2 (УМЦ), K1 (КЦ), G1 G2
(groups), NET (the whole network), `A1/5А` (a class). Within the codes and levels that a file names, what no line says has no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .expected import CODES_OF_ENTITIES

FOLDER = Path(__file__).with_name("values")
ENTITIES = {
    **CODES_OF_ENTITIES,
    "C1": ("cluster", "C1"),
    "C2": ("cluster", "C2"),
    "U1": ("umc", "У1"),
    "U2": ("umc", "У2"),
    "K1": ("kc", "К1"),
    "G1": ("group", "Опорные школы"),
    "G2": ("group", "Лесная агломерация"),
    "NET": ("group", "network"),
}
HEAD = re.compile(
    r"(?P<code>\w+) (?P<period>[^\s:]+)(?: subject (?P<subject>\w+))?(?: grade (?P<grade>\w+))?"
    r"(?: breakdown «(?P<breakdown>.+?)»)?:\s+(?P<cells>.+)"
)
NUMBER = r"-?\d+(?:\.\d+)?"
CELL = re.compile(rf"(?:(?P<top>{NUMBER})/(?P<bottom>{NUMBER})|(?P<value>{NUMBER}))(?: (?P<how>of|~) (?P<n>\d+))?(?P<star>\*)?")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """What a row shows before suppression; None is what the line does not say."""

    value: float
    n: int
    is_primary: bool
    numerator: float | None = None
    denominator: float | None = None
    is_count: bool = False


def _entity(name: str) -> tuple[str, str]:
    school, _, label = name.partition("/")
    level, code = ENTITIES[school]
    return ("class", f"{code}/{label}") if label else (level, code)


def _value(text: str) -> Value:
    found = CELL.fullmatch(text)
    assert found, f"no cell: {text}"
    star = found["star"] is not None
    if found["value"]:
        assert found["n"], f"no n: {text}"
        number, n = float(found["value"]), int(found["n"])
        counted = found["how"] == "of"
        return Value(number, n, star, number if counted else None, None, counted)
    top, bottom = float(found["top"]), float(found["bottom"])
    return Value(top / bottom, int(found["n"] or bottom), star, top, bottom)


def rows_of(text: str) -> Iterator[tuple[Row, Value]]:
    """(key of contracts 4.1, value) of every cell."""
    lines = "\n".join(line for line in text.splitlines() if line and not line.startswith("#"))
    for line in re.sub(r"\n +", " ", lines).splitlines():
        said = HEAD.fullmatch(line)
        assert said, f"no such line: {line}"
        for item in re.split(r" [·|] ", said["cells"]):
            name, _, cell = item.strip().rstrip("|").strip().partition(" ")
            level, code = _entity(name)
            key = (said["code"], said["period"], level, code, said["subject"] or "", said["grade"] or "", said["breakdown"] or "")
            yield key, _value(cell.strip())


def all_rows() -> dict[Row, Value]:
    """Every row of every file; a row that two lines say is a mistake."""
    found: dict[Row, Value] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for key, value in rows_of(path.read_text(encoding="utf-8")):
            assert key not in found, f"{path.name} repeats {key}"
            found[key] = value
    return found


VALUES = all_rows()
SCOPE = {(key[0], key[2]) for key in VALUES}
CODES = sorted({key[0] for key in VALUES})
