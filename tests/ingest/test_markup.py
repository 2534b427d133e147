"""Registers as XML and as JSON lines."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_a_json_list_in_one_line_and_an_object_over_several(tmp_path: Path) -> None:
    assert read(tmp_path, '[{"Id": "a"},\n {"Id":\n "b"}]\n{"Id": "c"}').cells.rows() == [("Id",), ("a",), ("b",), ("c",)]


def test_a_field_that_comes_late_and_records_in_several_lists(tmp_path: Path) -> None:
    lists = "<A><R><Id>1</Id></R></A><A/><A><R><Id>2</Id><Name>x</Name></R><R><Id>3</Id></R></A>"
    assert read(tmp_path, f"<D>{lists}</D>").cells.rows() == [("Id", "Name"), ("1", None), ("2", "x"), ("3", None)]


def test_the_first_record_is_number_one(tmp_path: Path) -> None:
    assert read(tmp_path, '{"Id": "a"}').first == 0


# A record of the register is mostly its list of programmes, which is not kept.
PROGRAMMES = 60
SHAPES = {
    "xml": (
        "<O><L>",
        "<C><Id>{}</Id><Name>Школа</Name><Ps>" + "<P><Id>1</Id><Level>Общее</Level></P>" * PROGRAMMES + "</Ps></C>",
        "</L></O>",
    ),
    "json": ("", '{{"Id": "{}", "Name": "Школа", "Ps": [' + ", ".join(['{{"Id": "1", "Level": "Общее"}}'] * PROGRAMMES) + "]}}\n", ""),
}
# what a process has taken since it began; ru_maxrss would remember the size of the one that forked it
PEAK = """
import os, re, sys
from pathlib import Path
from ingest.readers import read_grids
from ingest.settings import Limits
(grid,) = read_grids(Path(sys.argv[1]), Limits())
processes = ["self", *Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
statuses = [Path(f"/proc/{process}/status").read_text() for process in processes]
print(grid.height, *(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024 for status in statuses))
"""


def peak(path: Path, shape: str, size: int) -> int:
    """Megabytes that our process and the one that parses take at most for a register of so many megabytes."""
    before, record, after = SHAPES[shape]
    records = size * 1024**2 // len(record.encode()) or 1
    with path.open("w", encoding="utf-8") as file:
        file.write(before)
        file.writelines(record.format(number) for number in range(records))
        file.write(after)
    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True)
    height, *megabytes = map(int, done.stdout.split())
    assert height == records + 1 and len(megabytes) == 2
    return sum(megabytes)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_register_is_never_in_memory_as_a_whole(tmp_path: Path, shape: str) -> None:
    """What a large one takes beyond a tiny one is less than its size; and the largest stays under 512 MB."""
    size = 350 if os.environ.get("OKO_TEST_FULL") else 24
    large = peak(tmp_path / "large", shape, size)
    assert large - peak(tmp_path / "small", shape, 0) < size
    assert large < 512
