"""The declarations of all sources hold together, and those that do not are refused with the file's name."""

from __future__ import annotations

from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from ingest.declarations import DeclarationError, load_sources, providers_of
from ingest.recognise import reader_of

GOOD = """
source: things
title: Вещи
cadence: yearly
layouts:
  things:
    title: Вещи
    key: [code]
    columns:
      code: {header: Код, required: true, provides: thing}
"""


def declared(folder: Path, text: str, name: str = "things") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_all_sources_load_and_have_a_reader() -> None:
    sources = load_sources()
    assert {"schools", "staff", "ege", "vpr", "ege_by_school", "accreditation", "plan_items"} <= set(sources)
    assert all(callable(reader_of(source)) for source in sources.values())


def test_who_fills_a_list_comes_before_who_is_judged_by_it() -> None:
    sources = load_sources()
    order = list(TopologicalSorter({name: providers_of(source, sources) for name, source in sources.items()}).static_order())
    assert sorted(order) == sorted(load_sources())
    for user in ("staff", "ege", "vpr", "certificates", "network", "school_aliases"):
        assert order.index("schools") < order.index(user)
    assert order.index("municipalities") < order.index("groups")


def test_a_new_tabular_source_is_one_file(tmp_path: Path) -> None:
    (source,) = load_sources(declared(tmp_path, GOOD)).values()
    assert (source.reader, source.provides, source.needs) == ("tabular", {"thing"}, set())


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("source: things", "source: other"),
        ("cadence: yearly", "cadence: sometimes"),
        ("key: [code]", "key: []"),
        ("key: [code]", "key: [name]"),
        ("key: [code]", "key: [code_key]"),
        ("header: Код", "derived: true"),
        ("required: true", "requird: true"),
        ("required: true", "type: money"),
        ("required: true", "values: [a], synonyms: {c: b}"),
        ("required: true", "joins: [code]"),
        ("provides: thing}", "provides: thing}\n      all: {derived: true, label: Всё, joins: [code, name]}"),
        ("cadence: yearly", "cadence: yearly\ntheme: разное"),
        ("    key:", "    checks: [{order: [code, name]}]\n    key:"),
        ("    key:", "    checks: [{order: [code, code], at_most: [code, code]}]\n    key:"),
        ("    title: Вещи", "    title: [Вещи"),
    ],
)
def test_a_declaration_that_does_not_hold_together(tmp_path: Path, good: str, bad: str) -> None:
    assert good in GOOD
    with pytest.raises(DeclarationError, match=r"things\.yaml"):
        load_sources(declared(tmp_path, GOOD.replace(good, bad)))


def test_a_column_made_of_others(tmp_path: Path) -> None:
    made = "provides: thing}\n      all: {derived: true, label: Всё, joins: [code]}"
    (source,) = load_sources(declared(tmp_path, GOOD.replace("provides: thing}", made))).values()
    assert source.layouts["things"].required_headers == ["code"]


def test_two_sources_with_one_raw_table(tmp_path: Path) -> None:
    declared(tmp_path, GOOD)
    declared(tmp_path, GOOD.replace("source: things", "source: more"), "more")
    with pytest.raises(DeclarationError, match="things"):
        load_sources(tmp_path)
