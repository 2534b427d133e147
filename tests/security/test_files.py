"""Files made to harm: whatever they hold, a table comes out or a rejection, soon; nothing else is read, nothing is written.

What a sparse sheet, a bomb and a dying reader do is tested in tests/ingest/test_spreadsheet.py, spoilt files in test_fuzz.py.
"""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ingest_files import CLUSTER, CLUSTERS, write_csv, write_raw_xlsx, write_xlsx

from ingest.faults import FileFault
from ingest.readers import read_grids
from ingest.reading import Reading
from ingest.settings import Limits

Read = Callable[..., Reading]
SECONDS = 60
FILE_REASONS = {"unreadable_file", "unknown_layout", "missing_column", "too_large"}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XML = {
    "an entity of a file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><a><b>&x;</b></a></r>',
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><r><a><b>1</b></a></r>',
    "a billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "ха">{LAUGHS}]><r><a><b>&l9;</b></a></r>',
    "an include": '<r xmlns:xi="http://www.w3.org/2001/XInclude"><a><xi:include href="file:///etc/passwd" parse="text"/></a></r>',
    "a style sheet": '<?xml-stylesheet href="file:///etc/passwd"?><r><a><b>1</b></a></r>',
    "deep": "<r>" + "<a>" * 100_000 + "</a>" * 100_000 + "</r>",
    "one attribute without end": f'<r><a b="{"x" * 1_000_000}"/></r>',
    "a million names": "<r><a>" + "".join(f"<n{n}>1</n{n}>" for n in range(100_000)) + "</a></r>",
}
JSON = {
    "deep": "[" * 200_000,
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a number without end": '[{"a": ' + "9" * 10_000 + "}]",
    "a million names": json.dumps([{f"n{n}": 1 for n in range(100_000)}]),
    "lone halves of letters": '[{"a": "\\ud800"}]',
    "not a number": '[{"a": NaN, "b": Infinity}]',
}


def judged(read: Read, path: Path) -> Reading:
    """A reading that ended in time and well; of a rejected file one rejection, in Russian, that is no fault of ours."""
    started = time.monotonic()
    reading = read(path)
    assert time.monotonic() - started < SECONDS
    assert reading.rows_in == reading.rows_loaded + reading.rows_rejected
    said = reading.rejections["message_ru"].to_list()
    assert not any("внутренняя ошибка" in message for message in said), said
    assert not any("root:" in message for message in said)
    if reading.is_rejected:
        assert reading.rejections["reason_code"].to_list()[0] in FILE_REASONS and len(said) == 1
    return reading


def cells(path: Path) -> str:
    """All that the readers make of a file, as one text; nothing of a file that they refuse."""
    try:
        return "\n".join(str(grid.cells.rows()) for grid in read_grids(path, Limits()))
    except FileFault:
        return ""


@pytest.mark.parametrize("what", XML)
def test_xml(tmp_path: Path, read: Read, what: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(f'<?xml version="1.0"?>{XML[what]}', encoding="utf-8")
    assert judged(read, path).is_rejected
    assert "root:" not in cells(path) and "хаха" not in cells(path)


@pytest.mark.parametrize("what", JSON)
def test_json(tmp_path: Path, read: Read, what: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(JSON[what], encoding="utf-8")
    assert judged(read, path).is_rejected


def _with_entry(path: Path, name: str, content: bytes | str) -> Path:
    """The same archive with one entry in the place of its own."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, old in (entries | {name: content}).items():
            archive.writestr(entry, content if entry == name else old)
    return path


@pytest.mark.parametrize("entry", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("what", ["an entity of a file", "a billion laughs"])
def test_entities_inside_a_workbook(tmp_path: Path, read: Read, entry: str, what: str) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": [CLUSTERS, CLUSTER]})
    with zipfile.ZipFile(path) as archive:
        plain = archive.read(entry).decode()
    declared = XML[what].partition("]>")[0] + "]>"
    name = "&x;" if what == "an entity of a file" else "&l9;"
    head, root, rest = plain.partition("?>")
    spoilt = head + root + declared + rest.replace("К1", name).replace("Лист1", f"Лист{name}").replace("rId1", f"rId1{name}", 1)
    judged(read, _with_entry(path, entry, spoilt))
    assert "root:" not in cells(path) and "хаха" not in cells(path)


OUTSIDE = ["../../evil.txt", "/tmp/evil.txt", "..\\..\\evil.txt", "xl/../../../evil.txt", "xl/worksheets/../../../../evil.txt"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_entries_that_point_outside_write_nothing(tmp_path: Path, read: Read, name: str) -> None:
    folder = tmp_path / "a" / "b" / "c" / "d"
    folder.mkdir(parents=True)
    path = _with_entry(write_xlsx(folder / "x.xlsx", {"Лист1": [CLUSTERS, CLUSTER]}), name, b"evil")
    before = set(tmp_path.rglob("*"))
    assert judged(read, path).rows_in == 1
    made = set(tmp_path.rglob("*")) - before
    assert not [entry for entry in made if entry.is_file() and b"evil" in entry.read_bytes()]
    assert not Path("/tmp/evil.txt").exists()


def test_a_sheet_that_lies_outside_its_archive_is_not_read(tmp_path: Path, read: Read) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": [CLUSTERS, CLUSTER]})
    with zipfile.ZipFile(path) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    judged(read, _with_entry(path, "xl/_rels/workbook.xml.rels", relations.replace("worksheets/sheet1.xml", "../../../../../etc/passwd")))
    assert "root:" not in cells(path)


def test_archives_in_archives_are_not_opened(tmp_path: Path, read: Read) -> None:
    inner = write_xlsx(tmp_path / "inner.xlsx", {"Лист1": [CLUSTERS, CLUSTER]}).read_bytes()
    for level in range(20):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"{level}.xlsx", inner)
        inner = packed.getvalue()
    path = tmp_path / "x.zip"
    path.write_bytes(inner)
    assert judged(read, path).rejections["reason_code"].to_list() == ["unreadable_file"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_give_one_table(tmp_path: Path, read: Read) -> None:
    """Of two sheets under one name one is judged and the other read: the child's limits hold for whichever it is."""
    path = write_xlsx(tmp_path / "x.xlsx", {"Лист1": [CLUSTERS, CLUSTER]})
    with zipfile.ZipFile(write_raw_xlsx(tmp_path / "sparse.xlsx", "<sheetData/>")) as sparse, zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sparse.read("xl/worksheets/sheet1.xml"))
    assert judged(read, path).rows_in <= 1


def test_an_entry_that_lies_about_its_size(tmp_path: Path, read: Read) -> None:
    path = write_raw_xlsx(tmp_path / "x.xlsx", f"<sheetData>{' ' * 30_000_000}</sheetData>")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    # the directory at the end says 100 bytes
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    assert judged(read, path).is_rejected


def _workbook(tmp_path: Path) -> bytes:
    return write_xlsx(tmp_path / "book.xlsx", {"Лист1": [CLUSTERS, CLUSTER]}).read_bytes()


TWO_IN_ONE: dict[str, Callable[[bytes], bytes]] = {
    "a workbook behind a PDF": lambda book: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + book,
    "a workbook behind a program": lambda book: b"MZ" + bytes(500) + book,
    "a workbook behind HTML": lambda book: b"<html><script>alert(1)</script></html>" + book,
    "a picture": lambda book: b"GIF89a;\xff\xd8\xff" + bytes(100),
    "a workbook with a tail": lambda book: book + b"<?php system($_GET[0]); ?>",
    "a gzip": lambda book: b"\x1f\x8b\x08\x00" + bytes(100),
    "an encrypted entry": lambda book: book.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00"),
}


@pytest.mark.parametrize("what", TWO_IN_ONE)
def test_two_kinds_of_file_in_one(tmp_path: Path, read: Read, what: str) -> None:
    path = tmp_path / "кластеры.csv"
    path.write_bytes(TWO_IN_ONE[what](_workbook(tmp_path)))
    reading = judged(read, path)
    assert reading.is_rejected or reading.rows_in == 1


def test_a_csv_of_a_million_columns(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "x.csv"
    path.write_text(";".join(["Код ОО"] * 1_000_000) + "\n" + ";" * 999_999, encoding="utf-8")
    assert judged(read, path).rejections["reason_code"].to_list() == ["too_large"]


CELLS = {
    "a quote without end": '"' + "а" * 200_000,
    "quotes alone": '"' * 100_001,
    "spaces alone": " " * 1_000_000 + "x",
    "points alone": "." * 1_000_000 + "x",
    "days without end": "0-" * 500_000,
    "digits without end": "9" * 2_000_000,
}


@pytest.mark.parametrize("what", CELLS)
def test_a_cell_without_end(tmp_path: Path, read: Read, what: str) -> None:
    """As a header, as a title, and in a table whose other rows are sound."""
    sound = [CLUSTERS, CLUSTER, ["080101", "2022/2023", CELLS[what]]]
    for number, rows in enumerate(([[CELLS[what], "Код ОО"]], [[CELLS[what]], *sound[:2]], sound)):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
        judged(read, path)


HOSTILE = [
    "{{ env_var('HOME') }}",
    "{% for x in range(10**9) %}x{% endfor %}",
    "'; DROP TABLE raw.clusters; --",
    '"; DROP TABLE x',
    "$${x}$$",
    "\\'; --",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_headers_and_sheets_are_only_text(tmp_path: Path, read: Read, name: str) -> None:
    path = write_csv(tmp_path / "x.csv", [[*CLUSTERS, name], [*CLUSTER, "1"]])
    assert judged(read, path).rows_loaded == 1
    book = write_xlsx(
        tmp_path / "x.xlsx", {name.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), "_"))[:31]: [CLUSTERS, [CLUSTER[0], CLUSTER[1], name]]}
    )
    reading = judged(read, book)
    assert reading.rows["clusters"].to_dicts()[0].get("cluster_name", name) == name


def test_the_child_that_reads_has_no_secret_and_no_more_rights_than_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.readers import child

    monkeypatch.setenv("OKO_DATABASE_URL", "postgresql://oko:MARKED@h/d")
    child.close()
    try:
        read_grids(write_csv(tmp_path / "x.csv", [CLUSTERS, CLUSTER]), Limits())
        (running,) = child._children
        environment = Path(f"/proc/{running.process.pid}/environ").read_bytes()
        limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    finally:
        child.close()
    assert b"MARKED" not in environment
    memory = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert "unlimited" not in memory.split()[3:5]
    assert os.getpid() != running.process.pid
