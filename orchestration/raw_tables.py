"""Raw tables and personal columns as the declarations of ingest/ describe them."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.declarations import Column, Layout, Source
from warehouse.publish import Personal
from warehouse.tables import Part, RawTable, SqlType

_SQL_TYPES: dict[str, SqlType] = {"integer": "bigint", "number": "double", "result": "double", "date": "date", "yes_no": "boolean"}


def raw_tables(sources: Iterable[Source]) -> list[RawTable]:
    """One table a layout."""
    return [_table(name, layout) for source in sources for name, layout in source.layouts.items()]


def _table(name: str, layout: Layout) -> RawTable:
    part = Part(layout.part.day, layout.part.subject) if layout.part else None
    return RawTable(name, _columns(layout), tuple(layout.key), part)


def _columns(layout: Layout) -> dict[str, SqlType]:
    columns: dict[str, SqlType] = {}
    for name, column in layout.columns.items():
        if column.personal != "vault":
            columns[name] = "text" if column.personal else _SQL_TYPES.get(column.type, "text")
        if column.name_key:
            columns[f"{name}_key"] = "text"
    return columns


def personal_columns(sources: Iterable[Source]) -> Personal:
    """Which column names carry people and never anything else, for the audit of what is published."""
    columns = [item for source in sources for layout in source.layouts.values() for item in layout.columns.items()]
    harmless = _named(columns, None)
    return Personal(_named(columns, "pseudonym") - harmless, _named(columns, "vault") - harmless)


def _named(columns: list[tuple[str, Column]], kind: str | None) -> frozenset[str]:
    return frozenset(name for name, column in columns if column.personal == kind)
