"""Invented boundaries of the municipalities, as a GeoJSON: fields of a crooked grid in the open sea, where no real region is.

One municipality has none, so that a map shows what becomes of it.
"""

from __future__ import annotations

import json
import math
from datetime import date
from itertools import pairwise
from random import Random

from ingest.sample.files import Fault, Landing
from ingest.sample.model import World
from ingest.sample.model.places import Municipality

NAME = "boundaries/Границы (вымышленные).geojson"
# the sea of Okhotsk; so long a side has a field, in so many parts, none of which strays farther than this
WEST, NORTH = 147.0, 57.0
WIDTH, HEIGHT = 0.9, 0.5
PARTS, STRAY = 6, 0.06
# no degrees: a projection of maps in browsers
METRES = [[4187591.5, 7508807.8], [4187691.5, 7508807.8], [4187691.5, 7508907.8], [4187591.5, 7508807.8]]

Point = tuple[float, float]


def write(world: World, landing: Landing) -> None:
    """A feature for every municipality but the last, by its present code, and three that no map can show."""
    rng = world.stream("export/boundaries")
    outlined = world.places.municipalities[:-1]
    columns = math.ceil(math.sqrt(len(outlined)))
    strays: dict[Point, Point] = {}
    features = [_feature(one, world.last_day, _ring(rng, place % columns, place // columns, strays)) for place, one in enumerate(outlined)]
    sound, last = len(features), world.places.municipalities[-1]
    nowhere = _feature(last, world.last_day, [])
    metres = _feature(last, world.last_day, METRES)
    stranger = {**features[0], "properties": {"oktmo": "09999000", "name": "Соседняя область"}}
    features += [nowhere, metres, stranger]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    landing.lines(NAME, [f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}'], date(world.last_year, 2, 10))
    landing.planted.sound[NAME] = sound
    reasons = ("out_of_range", "out_of_range", "unknown_code")
    landing.planted.faults += [Fault(NAME, row, reason) for row, reason in enumerate(reasons, start=sound + 1)]


def _feature(municipality: Municipality, day: date, ring: list[list[float]]) -> dict[str, object]:
    version = municipality.on(day)
    properties = {"oktmo": version.oktmo, "name": version.name}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring] if ring else []}}


def _ring(rng: Random, column: int, row: int, strays: dict[Point, Point]) -> list[list[float]]:
    """Once around a field; what it shares with its neighbours strays the same way for all."""
    corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
    ring = []
    for (x1, y1), (x2, y2) in pairwise(corners):
        for part in range(PARTS):
            place = (round(x1 + (x2 - x1) * part / PARTS, 3), round(y1 + (y2 - y1) * part / PARTS, 3))
            if place not in strays:
                strays[place] = (rng.uniform(-STRAY, STRAY), rng.uniform(-STRAY, STRAY))
            x, y = (sum(pair) for pair in zip(place, strays[place], strict=True))
            ring.append([round(WEST + x * WIDTH, 5), round(NORTH - y * HEIGHT, 5)])
    return [*ring, ring[0]]
