"""Texts made to keep a program busy or to break it: every function that reads cells answers at once, for a cell of any length.

These functions run outside the child process and its limits of time: one cell that takes minutes would hold up the night.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import polars as pl
import pytest

from ingest import convert, text
from ingest.declarations import Column
from ingest.layouts import protocol, survey_form
from ingest.settings import Settings

LENGTH = 30_000 if os.environ.get("OKO_TEST_FULL") else 3_000
# for a hundred cells and more; whatever takes the square of their length takes minutes
SECONDS = 8.0
Reader = Callable[[list[str]], object]
# what patterns begin with, repeat and separate by: with each of them a careless pattern takes the square of the length, or worse
ATOMS = [
    *(" ", ".", ",", "-", "0", "9", "a", "я", '"', "(", "[", "/", "*", ";", "№", "i", "\n", "«"),
    *(
        "1.",
        "1,",
        "1 ",
        "0-",
        ", ",
        "г.",
        "1 / ",
        "1 и ",
        "2024-",
        "01.01.2024 ",
        "1=",
        "=1;",
        "-0",
        "e9",
        "перв ",
        "1-го ",
        "1 кв ",
        "1 по ",
    ),
]
ENDS = ("", "!", "1", "\nя")
LONG = [atom * (LENGTH // len(atom)) + end for atom in ATOMS for end in ENDS]
ODD = [
    *(
        "1e999999",
        "1e-999999",
        "-1e308",
        "9" * 100_000,
        "0." + "0" * 100_000 + "1",
        "NaN",
        "inf",
        "-inf",
        "1_000",
        "٣",
        "𝟛",
        "²",
        "0x10",
    ),
    *(
        "0000-00-00",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "31.12.9999",
        "31.02.2024",
        "99999.99999",
        "1/0",
        "\x00",
        "\x1b[2J",
        "\u202e",
    ),
    *("{{ 1 }}", "{% raw %}", "'; DROP TABLE x; --", "=cmd|' /C calc'!A0", "%s%n%x", "${jndi:ldap://x}", "<script>", "9" * 5000, "\ud7ff"),
]


def _column(kind: str) -> Column:
    return Column.model_construct(
        type=kind,
        values=[],
        synonyms={},
        default=None,
        title="x",
        advice="",
        min=None,
        max=None,
        required=False,
        future=True,
        personal=None,
    )


def _of_type(kind: str) -> Reader:
    value = convert.value_of(pl.col("text"), _column(kind), Settings())
    return lambda cells: pl.DataFrame({"text": cells}).select(value)


def _each(function: Callable[[str], object]) -> Reader:
    return lambda cells: [function(cell) for cell in cells]


# as they are, without what remembers their answers
FOLDING = [getattr(function, "__wrapped__", function) for function in (text.clean, text.fold, text.fold_header, text.name_key)]
READERS: dict[str, Reader] = {
    **{f"type {kind}": _of_type(kind) for kind in convert._TYPES},
    **{function.__name__: _each(function) for function in FOLDING},
    "moment of a form": _each(survey_form.moment_of),
    "question of a form": _each(survey_form.question_key),
    "version of a form": _each(survey_form._version),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_long_or_breaks_its_reader(reader: str) -> None:
    started = time.process_time()
    READERS[reader]([*LONG, *ODD])
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("written", ["1e999999", "9" * 400, "NaN", "inf", "1_000", "٣", "0x10", "1/0"])
def test_what_no_person_writes_is_no_number(written: str) -> None:
    assert convert.number_of(written) is None


@pytest.mark.parametrize("written", ["0000-01-01", "31.02.2024", "29.02.2023", "2024-13-01", "10000-01-01"])
def test_what_no_calendar_has_is_no_date(written: str) -> None:
    assert convert.date_of(written) is None


def test_controls_and_marks_that_turn_a_text_round_do_not_come_in() -> None:
    hostile = "Шко\x1b[2Jла\x00 № \u202e1\u2066\x9b\x07"
    assert text.clean(hostile) == "Шко[2Jла № 1"
    assert text.clean_columns(pl.DataFrame({"a": [hostile]}))["a"].to_list() == ["Шко[2Jла № 1"]


def test_a_title_is_looked_for_in_its_beginning_alone() -> None:
    assert len("я" * protocol.TITLE_LENGTH) < LENGTH
