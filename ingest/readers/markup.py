"""Registers that come as XML or as JSON: every record a row, every leaf a column, the first row holds the names.

Of GeoJSON every feature is a record (outlines.py).
Nested objects become columns named with a dot; lists inside a record are left out. HTML is recognised here only to be refused.
A register may be larger than memory should be: it is read as a stream, and records are kept as columns of text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers.expat import ExpatError, ParserCreate

import polars as pl

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, make_grid
from ingest.readers import outlines
from ingest.settings import Limits

Record = dict[str, str]

# how many records are put into columns at a time, after how many elements of XML they are looked for, how much JSON is taken at a
# time, and the longest object of it
_RECORDS = 5_000
_ELEMENTS = 10_000
_BYTES = 10_000
_CHARACTERS = 1_000_000
_LONGEST = 100_000_000


def sniff(head: bytes) -> Literal["html", "excel 2003", "xml", "json"] | None:
    """What kind of markup begins so, if any."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<") and (b"<html" in start or start.startswith((b"<!doctype html", b"<table", b"<head", b"<body", b"<meta"))):
        return "html"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "excel 2003"
    if start.startswith(b"<"):
        return "xml"
    return "json" if start.startswith((b"{", b"[")) else None


def read_xml(path: Path, limits: Limits) -> list[Grid]:
    """The grid of an XML register. Raises FileFault."""
    try:
        _refuse_declarations(path)
        return _grid(_xml_records(path), limits)
    except (ParseError, ExpatError, LookupError, ValueError, RecursionError) as error:
        raise unreadable("XML повреждён или содержит запрещённые объявления") from error


def read_json(path: Path, limits: Limits) -> list[Grid]:
    """The grid of JSON lines or of one JSON list of objects. Raises FileFault."""
    try:
        with path.open(encoding="utf-8-sig") as text:
            return _grid((dict(_json_leaves(record)) for item in _json_objects(text) for record in _json_records(item)), limits)
    except (ValueError, AttributeError, RecursionError) as error:
        raise unreadable("это не строки JSON с объектами") from error


def _grid(records: Iterator[Record], limits: Limits) -> list[Grid]:
    names: dict[str, None] = {}
    frames, height = [], 0
    while batch := list(islice(records, _RECORDS)):
        names |= dict.fromkeys(name for record in batch for name in record)
        height += len(batch)
        if height > limits.rows or len(names) > limits.columns or height * len(names) > limits.cells:
            raise too_large(f"больше {limits.rows} записей, {limits.columns} граф или {limits.cells} ячеек")
        columns = {name: [record.get(name) or None for record in batch] for name in names}
        frames.append(pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)))
    if not names:
        raise unreadable("в нём нет ни одной записи")
    title = pl.DataFrame({name: [name] for name in names})
    # the names stand in no line of the file: the first record is number 1
    return [make_grid("", list(pl.concat([title, *frames], how="diagonal")), first=0)]


def _json_objects(text: TextIO) -> Iterator[dict[str, Any]]:
    """Objects one after another, whether lines, commas or the brackets of a list stand between them."""
    decoder = json.JSONDecoder()
    rest, wanted = "", _CHARACTERS
    while more := text.read(wanted):
        rest, at = rest + more, 0
        while (at := _next_object(rest, at)) < len(rest):
            try:
                item, at = decoder.raw_decode(rest, at)
            except ValueError:
                break
            yield item
        rest = rest[at:]
        wanted = max(_CHARACTERS, len(rest))
        if wanted > _LONGEST:
            raise too_large(f"одна запись JSON в нём длиннее {_LONGEST // 1_000_000} млн знаков")
    if rest:
        raise ValueError("an object that does not end")


def _next_object(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,[]":
        at += 1
    return at


def _json_records(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A collection of GeoJSON is a record for each of its features, any other object is one itself."""
    features = outlines.features_of(item)
    yield from [item] if features is None else outlines.records(features)


def _json_leaves(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _json_leaves(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield prefix + name, str(value).lower()
        elif value is not None and not isinstance(value, list):
            yield prefix + name, str(value)


def _refuse_declarations(path: Path) -> None:
    """No document type, so no entities: it could stand before the first element alone. The parser in C cannot be told to refuse it."""
    parser, is_begun = ParserCreate(), False

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    def begin(*_: object) -> None:
        nonlocal is_begun
        is_begun = True

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, begin
    with path.open("rb") as file:
        while not is_begun and (part := file.read(_BYTES)):
            parser.Parse(part)


def _xml_records(path: Path) -> Iterator[Record]:
    """The parser in C makes the tree, and from time to time what is complete is taken out of it."""
    root, depth = None, 0
    with path.open("rb") as file:
        for number, (_, element) in enumerate(iterparse(file, events=("start",))):
            root = element if root is None else root
            if number % _ELEMENTS == 0:
                depth = depth or _depth_of_record(root, 1, is_open=True)
                yield from _taken(root, depth - 1, is_open=True)
    if root is not None:
        yield from _taken(root, (depth or _depth_of_record(root, 1, is_open=False)) - 1, is_open=False)


def _depth_of_record(element: Element, depth: int, *, is_open: bool) -> int:
    """A record is the first element, below the root, that has leaves for children; 0 where none is yet. The last child may be open."""
    for number, child in enumerate(element, 1):
        is_child_open = is_open and number == len(element)
        if depth > 1 and not len(child) and not is_child_open:
            return depth
        if found := _depth_of_record(child, depth + 1, is_open=is_child_open):
            return found
    return 0


def _taken(element: Element, below: int, *, is_open: bool) -> Iterator[Record]:
    """The complete records that lie so deep below an element, which loses all its children but an open one."""
    if below < 0:
        return
    if not below:
        if not is_open:
            yield dict(_xml_leaves(element))
        return
    for number, child in enumerate(element, 1):
        yield from _taken(child, below - 1, is_open=is_open and number == len(element))
    del element[: len(element) - is_open]


def _xml_leaves(element: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        name = prefix + child.tag.rpartition("}")[2]
        is_list = len(child) and all(len(grandchild) for grandchild in child)
        if len(child) and not is_list:
            yield from _xml_leaves(child, f"{name}.")
        elif child.text and not len(child):
            yield name, child.text
