"""Registers as XML and as JSON lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.faults import FileFault
from ingest.grid import Grid
from ingest.readers import read_grids
from ingest.settings import Limits


def read(path: Path, text: str) -> Grid:
    file = path / "реестр"
    file.write_text(text, encoding="utf-8")
    (grid,) = read_grids(file, Limits())
    return grid


def test_json_lines(tmp_path: Path) -> None:
    grid = read(tmp_path, '{"Id": "a", "IsFederal": false, "Org": {"INN": 77}, "List": [1]}\n{"Id": "b", "Name": null, "Status": "x"}\n')
    assert grid.cells.rows() == [("Id", "IsFederal", "Org.INN", "Status"), ("a", "false", "77", None), ("b", None, None, "x")]


def test_a_json_list(tmp_path: Path) -> None:
    assert read(tmp_path, '[{"Id": "a"}, {"Id": "b"}]').cells.rows() == [("Id",), ("a",), ("b",)]


def test_xml_records_below_a_list_with_nested_and_repeated_parts(tmp_path: Path) -> None:
    record = "<Certificate><Id>{}</Id><Org><INN>77</INN></Org><Supplements><Supplement><Id>9</Id></Supplement></Supplements></Certificate>"
    grid = read(
        tmp_path,
        f'<?xml version="1.0"?><OpenData><Date>2024</Date><Certificates>{record.format("a")}{record.format("b")}</Certificates></OpenData>',
    )
    assert grid.cells.rows() == [("Id", "Org.INN"), ("a", "77"), ("b", "77")]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x><y><z>&b;</z></y></x>'


@pytest.mark.parametrize("text", [ENTITIES, "<x><y><z>1</z></y>", "<x/>", "{не JSON}", '{"a": 1', "[1, 2]", "[]"])
def test_what_is_no_register(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileFault) as fault:
        read(tmp_path, text)
    assert fault.value.reason == "unreadable_file"


def test_too_many_records(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text('{"Id": "a"}\n' * 5, encoding="utf-8")
    with pytest.raises(FileFault) as fault:
        read_grids(file, Limits(rows=4))
    assert fault.value.reason == "too_large"
