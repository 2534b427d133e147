"""Which tables of which sources a file holds: told by its content, over all layouts; the folder decides a tie.

A file in the wrong folder is what it is. No value is looked at here beyond headers. With dozens of sources almost every sheet has
some headers of most of them, so the first rows alone decide, and only the winner reads the others.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from ingest.declarations import Source
from ingest.faults import FileFault
from ingest.grid import HEAD_ROWS, Grid, Table
from ingest.known import Known
from ingest.layouts import tabular

LayoutReader = Callable[[list[Grid], Source, Known], list[Table]]


@dataclass(frozen=True)
class Candidate:
    """What one source makes of one sheet."""

    source: Source
    sheet: str
    tables: list[Table]

    @property
    def is_complete(self) -> bool:
        """No required header is missing."""
        return all(not table.missing for table in self.tables)

    @property
    def fit(self) -> tuple[bool, int]:
        """A complete table wins, then the one that explains more headers."""
        return self.is_complete, max(len(table.headers) for table in self.tables)

    @property
    def title(self) -> str:
        """The layouts as people call them."""
        return ", ".join(dict.fromkeys(self.source.layouts[table.layout].title for table in self.tables))


def recognise(grids: list[Grid], sources: Mapping[str, Source], folder: str, known: Known) -> list[Candidate]:
    """The winning candidate of every sheet that is recognised, the complete ones first. Raises FileFault if there is none."""
    heads = [Grid(grid.sheet, grid.cells.head(HEAD_ROWS), grid.first) for grid in grids]
    asked = [(source, reader_of(source)(heads, source, known)) for source in sources.values() if _needs_asking(source, heads)]
    plain = [source for source in sources.values() if source.reader == "tabular"]
    likely = [best for head in heads if (best := _of_sheet([*_own(head.sheet, asked), *_plain(head, plain)], head.sheet, folder))]
    winners = likely if all(grid.height <= HEAD_ROWS for grid in grids) else _in_full(likely, grids, known)
    if not winners:
        raise _unknown_layout(grids, sources, folder)
    complete = [winner for winner in winners if winner.is_complete]
    incomplete = [winner for winner in winners if not winner.is_complete]
    layouts = {table.layout for winner in complete for table in winner.tables}
    for winner in incomplete:
        if not complete or any(table.layout in layouts for table in winner.tables):
            raise _missing_column(max(incomplete, key=lambda candidate: candidate.fit) if not complete else winner)
    return complete + incomplete


def _in_full(likely: list[Candidate], grids: list[Grid], known: Known) -> list[Candidate]:
    """The winners again, of all rows."""
    of_source = {candidate.source.source: reader_of(candidate.source)(grids, candidate.source, known) for candidate in likely}
    full = [(candidate, _of(candidate.sheet, of_source[candidate.source.source])) for candidate in likely]
    return [Candidate(candidate.source, candidate.sheet, tables) for candidate, tables in full if tables]


def _needs_asking(source: Source, grids: list[Grid]) -> bool:
    """Whether a reader of its own is worth asking: one of its source's headers stands in the first rows, or it has none to look for."""
    headers = frozenset[str]().union(*(layout.folded_headers for layout in source.layouts.values()))
    return source.reader != "tabular" and (not headers or any(headers & grid.said.keys() for grid in grids))


def reader_of(source: Source) -> LayoutReader:
    """The function that makes tables of this source out of grids."""
    return cast(LayoutReader, importlib.import_module(f"ingest.layouts.{source.reader}").tables)


def _own(sheet: str, found: Iterable[tuple[Source, list[Table]]]) -> Iterator[Candidate]:
    """What the readers of their own made of this sheet."""
    for source, tables in found:
        if of_sheet := _of(sheet, tables):
            yield Candidate(source, sheet, of_sheet)


def _of(sheet: str, tables: list[Table]) -> list[Table]:
    return [table for table in tables if table.sheet == sheet and _has_evidence(table)]


def _plain(grid: Grid, sources: list[Source]) -> Iterator[Candidate]:
    """The tabular sources whose header fits this sheet best; only theirs become tables."""
    matches = [(source, match) for source in sources if (match := tabular.best_match(grid, source)) and match.is_recognised]
    best = max((match.fit for _, match in matches), default=None)
    for source, match in matches:
        if match.fit == best:
            yield Candidate(source, grid.sheet, [tabular.table_of(grid, match, source.layouts[match.layout])])


def _of_sheet(candidates: list[Candidate], sheet: str, folder: str) -> Candidate | None:
    best = [candidate for candidate in candidates if candidate.fit == max(c.fit for c in candidates)]
    if len(best) > 1:
        best = [candidate for candidate in best if candidate.source.source == folder] or best
    if len(best) > 1:
        names = " и ".join(f"«{candidate.title}» ({candidate.source.source})" for candidate in best)
        raise FileFault("unknown_layout", f"Таблица подходит сразу под {names}. Положите файл в папку нужного источника.", sheet=sheet)
    return best[0] if best else None


def _has_evidence(table: Table) -> bool:
    """Numbers in a row of data look like the headers 2, 3, 4, 5 of mark statistics: alone they make no layout."""
    return not table.missing or any(not text.isdigit() for text, _ in table.headers.values())


def _missing_column(candidate: Candidate) -> FileFault:
    table = next(table for table in candidate.tables if table.missing)
    titles = ", ".join(f"«{title}»" for title in table.missing)
    place = f" на листе «{table.sheet}»" if table.sheet else ""
    title = candidate.source.layouts[table.layout].title
    message = f"Это «{title}», но{place} нет обязательных граф: {titles}. {table.advice}"
    columns = ", ".join(table.missing)
    return FileFault("missing_column", message, sheet=table.sheet, column=columns, source=candidate.source.source)


def _unknown_layout(grids: list[Grid], sources: Mapping[str, Source], folder: str) -> FileFault:
    """Names the nearest layout and what it would need."""
    tried = [(tabular.best_match(grid, source), source) for source in sources.values() for grid in grids]
    matches = [(match, source) for match, source in tried if match and match.places]
    if not matches:
        return FileFault("unknown_layout", "Таблица не похожа ни на одну известную форму: ни одна графа не узнана.")
    match, source = max(matches, key=lambda pair: (len(pair[0].places), pair[1].source == folder, -len(pair[0].missing)))
    missing = ", ".join(f"«{title}»" for title in match.missing)
    title = source.layouts[match.layout].title
    lacking = f"в ней нужны ещё графы: {missing}" if missing else "её шапка не цельная: уберите из неё пустые строки"
    return FileFault("unknown_layout", f"Форма не узнана. Ближе всего «{title}» ({source.source}), но {lacking}.")
