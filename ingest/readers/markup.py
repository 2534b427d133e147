"""Registers that come as XML or as JSON lines: every record a row, every leaf a column, the first row holds the names.

Nested objects become columns named with a dot; lists inside a record are left out. HTML is recognised here only to be refused.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, make_grid
from ingest.settings import Limits

Record = dict[str, str]


def sniff(data: bytes) -> Literal["html", "excel 2003", "xml", "json"] | None:
    """What kind of markup this is, if any."""
    start = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<") and (b"<html" in start or start.startswith((b"<!doctype html", b"<table", b"<head", b"<body", b"<meta"))):
        return "html"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "excel 2003"
    if start.startswith(b"<"):
        return "xml"
    return "json" if start.startswith((b"{", b"[")) else None


def read_xml(data: bytes, limits: Limits) -> list[Grid]:
    """The grid of an XML register. Raises FileFault."""
    try:
        return _grid(_xml_records(data), limits)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise unreadable("XML повреждён или содержит запрещённые объявления") from error


def read_json_lines(data: bytes, limits: Limits) -> list[Grid]:
    """The grid of JSON lines or of one JSON list of objects. Raises FileFault."""
    try:
        text = data.decode("utf-8-sig")
        objects = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line.strip()]
        return _grid((dict(_json_leaves(item)) for item in objects), limits)
    except (ValueError, AttributeError, RecursionError) as error:
        raise unreadable("это не строки JSON с объектами") from error


def _grid(records: Iterable[Record], limits: Limits) -> list[Grid]:
    rows = []
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record)
        rows.append(record)
        if len(rows) > limits.rows or len(names) > limits.columns:
            raise too_large(f"больше {limits.rows} записей или {limits.columns} граф")
    if not names:
        raise unreadable("в нём нет ни одной записи")
    return [make_grid("", [pl.Series([name, *(row.get(name) or None for row in rows)], dtype=pl.String) for name in names])]


def _json_leaves(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _json_leaves(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield prefix + name, str(value).lower()
        elif value is not None and not isinstance(value, list):
            yield prefix + name, str(value)


def _xml_records(data: bytes) -> Iterator[Record]:
    """A record is the first element, below the root, that has leaves for children; and every later one of that depth."""
    open_elements: list[Element] = []
    depth_of_record = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        depth = len(open_elements) + 1
        if not depth_of_record and not len(element) and depth > 2:
            depth_of_record = depth - 1
        if depth == depth_of_record:
            yield dict(_xml_leaves(element))
            open_elements[-1].remove(element)


def _xml_leaves(element: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        name = prefix + child.tag.rpartition("}")[2]
        is_list = len(child) and all(len(grandchild) for grandchild in child)
        if len(child) and not is_list:
            yield from _xml_leaves(child, f"{name}.")
        elif child.text and not len(child):
            yield name, child.text
