"""The known lists by which files are judged, read from the warehouse when first asked for and again when a provider was loaded.

A code list is what columns with `provides` hold; a list of rows is what another layout of the same source holds under the same key
(`known_row`), or all that a layout holds, under its own name, where a reader asks for it (`reads`). Judging is done in ingest/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import polars as pl

from ingest.declarations import DeclarationError, Source
from ingest.known import Known
from warehouse.engine import Warehouse

Provider = tuple[str, tuple[str, ...]]


def providers(sources: Iterable[Source]) -> dict[str, list[Provider]]:
    """For every known list the raw tables and columns that fill it."""
    found: dict[str, list[Provider]] = {}
    sources = list(sources)
    for source in sources:
        for name, layout in source.layouts.items():
            for column, declared in layout.columns.items():
                if declared.provides:
                    found.setdefault(declared.provides, []).append((name, (column,)))
        found.update(_row_providers(source))
        found.update(_read_layouts(source, sources))
    return found


def _read_layouts(source: Source, sources: Iterable[Source]) -> dict[str, list[Provider]]:
    layouts = {name: layout for other in sources for name, layout in other.layouts.items()}
    unknown = set(source.reads) - set(layouts)
    if unknown:
        raise DeclarationError(f"{source.source}: reads what is no layout: {', '.join(sorted(unknown))}")
    return {name: [(name, tuple(layouts[name].columns))] for name in source.reads}


def _row_providers(source: Source) -> dict[str, list[Provider]]:
    found: dict[str, list[Provider]] = {}
    for name, layout in source.layouts.items():
        for row in [check.known_row for check in layout.checks if check.known_row]:
            siblings = [other for other, its in source.layouts.items() if other != name and its.key == row.columns]
            if not siblings:
                raise DeclarationError(f"{source.source}: no layout has the key {row.columns} of the known rows {row.known}")
            found[row.known] = [(other, tuple(row.columns)) for other in siblings]
    return found


class KnownLists(Known):
    """What `ingest` asks for by name, and the means to see whether a list has changed."""

    def __init__(self, warehouse: Warehouse, sources: Mapping[str, Source]) -> None:
        self._warehouse = warehouse
        self._providers = providers(sources.values())
        self._read = {name for source in sources.values() for name in source.reads}
        self._sets = {name for source in sources.values() for name in _row_providers(source)}
        self._tables: dict[str, pl.DataFrame] = {}
        self._code_sets: dict[str, frozenset[str]] = {}
        self._generations = dict.fromkeys(self._providers, 0)

    def codes(self, name: str) -> frozenset[str]:
        """The codes known now."""
        if name not in self._code_sets:
            self._code_sets[name] = frozenset(self.rows(name).to_series(0)) if name in self._providers else frozenset()
        return self._code_sets[name]

    def rows(self, name: str) -> pl.DataFrame:
        """The rows known now."""
        if name not in self._providers:
            return pl.DataFrame()
        if name not in self._tables and name in self._read:
            self._tables[name] = self._all_rows(name)
        elif name not in self._tables:
            frames = [self._warehouse.current(table, columns) for table, columns in self._providers[name]]
            self._tables[name] = pl.concat([frame.rename(dict(zip(frame.columns, frames[0].columns, strict=True))) for frame in frames])
        return self._tables[name]

    def among(self, name: str, wanted: pl.DataFrame) -> pl.DataFrame:
        """Those of these rows that any of the set's tables has: its columns are their keys, so that any row of them counts."""
        tables = [table for table, _ in self._providers.get(name, [])]
        return pl.concat([wanted.clear(), *(self._warehouse.among(table, wanted) for table in tables)]).unique()

    def _all_rows(self, layout: str) -> pl.DataFrame:
        rows = self._warehouse.current_rows(layout, {})
        columns = [name for _, names in self._providers[layout] for name in names if name in rows.columns]
        return rows.select(columns).sort(columns)

    def loaded(self, tables: Iterable[str]) -> None:
        """Forgets the lists that these raw tables fill: they were just loaded into."""
        touched = set(tables)
        for name, filled in self._providers.items():
            if touched & {table for table, _ in filled}:
                self._tables.pop(name, None)
                self._code_sets.pop(name, None)
                self._generations[name] += 1

    def generations(self) -> dict[str, int]:
        """How many times the providers of each list were loaded here: cheap, and only good within one refresh."""
        return dict(self._generations)

    def versions(self) -> dict[str, str]:
        """What tells a list from what it was in another refresh: of a set the contents that fill it, since nobody reads all its rows."""
        return {name: sha256(self._told(name).write_csv().encode()).hexdigest()[:16] for name in sorted(self._providers)}

    def _told(self, name: str) -> pl.DataFrame:
        if name not in self._sets:
            return self.rows(name)
        return pl.concat(self._warehouse.row_counts(table) for table, _ in self._providers[name])
