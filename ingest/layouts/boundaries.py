"""Boundaries of municipalities: features of a GeoJSON, whose outlines the formats' reader has made ready for drawing.

What is decided here is which property is the code and which the name, by the spellings of the declaration. Other properties are left out
by design. Judges no value.
"""

from __future__ import annotations

import polars as pl

from ingest.declarations import Source
from ingest.grid import ROW, Grid, Table
from ingest.known import Known
from ingest.layouts.labels import numbered
from ingest.readers.outlines import GEOMETRY
from ingest.text import fold_header

LAYOUT = "boundaries"
PROPERTIES = ("oktmo", "name")
# the columns that are made of the geometry, by what the reader calls its cells
PARTS = {
    "geometry_kind": "",
    "least_points": ".points",
    "open_rings": ".open_rings",
    **{name: f".{name}" for name in ("west", "south", "east", "north", "outline", "label_left", "label_top", "label_width")},
}


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """The features of every collection."""
    return [_table(grid, source) for grid in grids if grid.height and GEOMETRY in grid.cells.row(0)]


def _table(grid: Grid, source: Source) -> Table:
    layout = source.layouts[LAYOUT]
    places = {fold_header(name): f"c{index}" for index, name in reversed(list(enumerate(grid.cells.row(0)))) if name}
    spellings = {name: map(fold_header, layout.columns[name].spellings) for name in PROPERTIES}
    properties = {name: [places[said] for said in its if said in places] for name, its in spellings.items()}
    # of several properties that may be meant the first of the declaration counts
    cells = [pl.coalesce(found).alias(name) for name, found in properties.items() if found]
    cells += [pl.col(places[GEOMETRY + part]).alias(name) for name, part in PARTS.items() if GEOMETRY + part in places]
    missing = [layout.columns[name].title for name, found in properties.items() if layout.columns[name].required and not found]
    # a feature has no columns with letters: messages name its number and what is wrong with it
    headers = {"geometry_kind": (GEOMETRY, "")}
    advice = "Добавьте каждому объекту свойство с кодом и загрузите файл снова."
    return Table(LAYOUT, grid.sheet, numbered(grid, 1).select(ROW, *cells), missing, headers, advice=advice)
