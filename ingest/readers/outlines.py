"""A GeoJSON FeatureCollection as records: the properties of a feature, and of its outline what a page needs to draw it.

An outline is made small enough for a screen, and so that neighbours keep one line between them: lines are thinned from one meeting point
to the next, the same way from both sides. It is written as a CSS polygon in per cent of its own box, so whoever places the box needs to
know no point. What a feature is, and whether its place can be right, is judged elsewhere: what could not be read is left as it is.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ingest.faults import unreadable

Point = tuple[float, float]
Ring = list[Point]
# west, south, east, north
Box = tuple[float, float, float, float]

GEOMETRY = "geometry"
_KINDS = ("Polygon", "MultiPolygon")
_OTHERS = ("Feature", "Topology", "GeometryCollection", *_KINDS, "Point", "MultiPoint", "LineString", "MultiLineString")
# how many steps of drawing the longer side of an outline has, and across how many lines the place of its name is looked for
_STEPS = 250
_LINES = 24
# more is no number of degrees or metres on Earth
_LARGEST = 1e12
_DIGITS = 6


def features_of(item: dict[str, Any]) -> list[Any] | None:
    """The features of a FeatureCollection; None for an object that is no GeoJSON. Raises FileFault for other GeoJSON."""
    kind = item.get("type")
    if kind == "FeatureCollection" and isinstance(item.get("features"), list):
        return list(item["features"])
    if kind == "FeatureCollection" or (kind in _OTHERS and item.keys() & {"geometry", "geometries", "coordinates", "arcs"}):
        raise unreadable("это не набор объектов GeoJSON (FeatureCollection с features); сохраните все границы одним таким файлом")
    return None


def records(features: list[Any]) -> Iterator[dict[str, Any]]:
    """One record a feature: its properties, `geometry` (its kind) and, as far as it could be read, `geometry.…`."""
    things = [feature if isinstance(feature, dict) else {} for feature in features]
    shapes = [_shape(thing.get("geometry")) for thing in things]
    thinned = _thinned([shape.rings if shape.is_whole else [] for shape in shapes])
    for thing, shape, rings in zip(things, shapes, thinned, strict=True):
        properties = thing.get("properties")
        yield {**({"id": thing.get("id")} | properties if isinstance(properties, dict) else {}), **_cells(shape, rings)}


# ---- reading -------------------------------------------------------------------------------------------------------------------


@dataclass
class _Shape:
    """What a geometry says: its rings, or in `odd` the first thing that stands where a coordinate should."""

    kind: str = "нет"
    rings: list[Ring] = field(default_factory=list)
    odd: str = ""

    @property
    def points(self) -> int:
        """How many different points the poorest ring has."""
        return min((len(set(ring)) for ring in self.rings), default=0)

    @property
    def open_rings(self) -> int:
        return sum(ring[0] != ring[-1] for ring in self.rings if ring)

    @property
    def is_whole(self) -> bool:
        return not self.odd and self.points >= 3 and not self.open_rings


def _shape(geometry: object) -> _Shape:
    if not isinstance(geometry, dict):
        return _Shape()
    shape = _Shape(str(geometry.get("type")))
    coordinates = geometry.get("coordinates")
    if shape.kind not in _KINDS or not isinstance(coordinates, list):
        return shape
    try:
        for polygon in [coordinates] if shape.kind == "Polygon" else coordinates:
            shape.rings += [_ring(ring) for ring in polygon]
    except (TypeError, ValueError) as error:
        shape.odd = str(error)
    return shape


def _ring(positions: list[Any]) -> Ring:
    """Its points without repetitions, as a person would draw it."""
    points = [_point(position) for position in positions]
    return [point for index, point in enumerate(points) if not index or point != points[index - 1]]


def _point(position: object) -> Point:
    """East of Greenwich everywhere: what lies west of it is in Russia the land beyond the 180th meridian."""
    if not isinstance(position, list) or len(position) < 2:
        raise ValueError(_said(position))
    for number in position[:2]:
        if type(number) not in (int, float) or not abs(number) < _LARGEST:
            raise ValueError(_said(number))
    longitude, latitude = round(position[0], _DIGITS), round(position[1], _DIGITS)
    return longitude + 360 if -180 <= longitude < 0 else longitude, latitude


def _said(thing: object) -> str:
    """What stands where a coordinate should, in quotes where it is text: `"55"` is no number."""
    return json.dumps(thing, ensure_ascii=False)[:20]


# ---- thinning ------------------------------------------------------------------------------------------------------------------


def _thinned(outlines: list[list[Ring]]) -> list[list[Ring]]:
    """Every outline with as many points as are seen. Of a line between two the finer of both steps counts."""
    beside: defaultdict[Point, set[Point]] = defaultdict(set)
    steps: dict[Point, float] = {}
    squeeze = _squeeze([point for rings in outlines for ring in rings for point in ring])
    sizes = [_side(rings, squeeze) / _STEPS for rings in outlines]
    for rings, step in zip(outlines, sizes, strict=True):
        for ring in rings:
            for before, point in pairwise(ring):
                beside[before].add(point)
                beside[point].add(before)
                steps[point] = min(step, steps.get(point, step))
    meeting = {point for point, others in beside.items() if len(others) != 2}
    return [
        [thin for ring in rings if _side([ring], squeeze) > step if len(set(thin := _thin_ring(ring, meeting, steps, squeeze))) > 2]
        for rings, step in zip(outlines, sizes, strict=True)
    ]


def _squeeze(points: list[Point]) -> float:
    """How long a degree of longitude is beside one of latitude, in the middle of all."""
    latitudes = [latitude for _, latitude in points] or [0.0]
    return abs(math.cos(math.radians((min(latitudes) + max(latitudes)) / 2)))


def _thin_ring(ring: Ring, meeting: set[Point], steps: dict[Point, float], squeeze: float) -> Ring:
    """A ring that meets others at fewer than two points gets ends that are the same wherever it begins."""
    points = ring[:-1]
    ends = {point for point in points if point in meeting}
    if len(ends) < 2:
        start = min(ends or points)
        ends |= {start, max(points, key=lambda point: (_distance(start, point, squeeze), point))}
    first = next(index for index, point in enumerate(points) if point in ends)
    turned = [*points[first:], *points[: first + 1]]
    thin, arc = [turned[0]], [turned[0]]
    for point in turned[1:]:
        arc.append(point)
        if point in ends:
            thin += _thin_arc(arc, min(steps[one] for one in arc), squeeze)[1:]
            arc = [point]
    return thin


def _thin_arc(arc: Ring, step: float, squeeze: float) -> Ring:
    """A line by Douglas and Peucker, the same one from either end."""
    if arc > arc[::-1]:
        return _thin_arc(arc[::-1], step, squeeze)[::-1]
    line = [arc[0]]
    # what stands closer than is seen goes first: a line on the scale of a cadastre has a hundred times as many points
    for point in arc[1:-1]:
        if _distance(line[-1], point, squeeze) > step / 4:
            line.append(point)
    line.append(arc[-1])
    kept, parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while parts:
        begin, end = parts.pop()
        distances = [(_aside(line[place], line[begin], line[end], squeeze), place) for place in range(begin + 1, end)]
        farthest, place = max(distances, default=(0.0, 0))
        if farthest > step:
            kept.add(place)
            parts += [(begin, place), (place, end)]
    return [line[place] for place in sorted(kept)]


def _distance(one: Point, other: Point, squeeze: float) -> float:
    return math.hypot((one[0] - other[0]) * squeeze, one[1] - other[1])


def _aside(point: Point, begin: Point, end: Point, squeeze: float) -> float:
    """How far a point lies from the line between two."""
    along, up = (end[0] - begin[0]) * squeeze, end[1] - begin[1]
    length = along * along + up * up
    share = ((point[0] - begin[0]) * squeeze * along + (point[1] - begin[1]) * up) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return _distance(point, (begin[0] + share * (end[0] - begin[0]), begin[1] + share * (end[1] - begin[1])), squeeze)


# ---- writing -------------------------------------------------------------------------------------------------------------------


def _cells(shape: _Shape, rings: list[Ring]) -> dict[str, Any]:
    """What is known of an outline; the box of a broken one as it stands in the file, so that it can be judged."""
    cells: dict[str, Any] = {"": shape.kind, ".points": shape.points, ".open_rings": shape.open_rings}
    if shape.odd:
        cells |= dict.fromkeys((".west", ".south", ".east", ".north"), shape.odd)
    elif any(rings or shape.rings):
        box = _box(rings or shape.rings)
        cells |= dict(zip((".west", ".south", ".east", ".north"), box, strict=True))
        if rings and box[0] < box[2] and box[1] < box[3]:
            cells[".outline"] = _polygon(rings, box)
            cells |= dict(zip((".label_left", ".label_top", ".label_width"), _label(rings, box), strict=True))
    return {f"{GEOMETRY}{name}": value for name, value in cells.items()}


def _box(rings: list[Ring]) -> Box:
    longitudes, latitudes = zip(*(point for ring in rings for point in ring), strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _side(rings: list[Ring], squeeze: float) -> float:
    """The longer side of a box."""
    if not any(rings):
        return 0.0
    west, south, east, north = _box(rings)
    return max((east - west) * squeeze, north - south)


def _polygon(rings: list[Ring], box: Box) -> str:
    """One CSS polygon for islands and holes alike: each further ring is gone to and come back from on one line, which encloses nothing."""
    path = [*rings[0]]
    for ring in rings[1:]:
        path += [*ring, rings[0][0]]
    # the last point is the first again, and a polygon closes by itself
    return f"polygon(evenodd, {', '.join(f'{_percent(x)} {_percent(y)}' for x, y in _within(path[:-1], box))})"


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}%"


def _within(points: Ring, box: Box) -> Ring:
    """Places as shares of the box, from its left and from its top."""
    west, south, east, north = box
    return [((x - west) / (east - west), (north - y) / (north - south)) for x, y in points]


def _label(rings: list[Ring], box: Box) -> tuple[float, float, float]:
    """Where a name has most room, in per cent of the box: the left end of a line across, its height, its length."""
    edges = [edge for ring in rings for edge in pairwise(_within(ring, box))]
    heights = [(line + 0.5) / _LINES for line in range(_LINES)]
    spans = [_spans(edges, height) for height in heights]
    best = (0.5, 0.5, 0.0)
    for above, height, across, below in zip(spans, heights[1:-1], spans[1:], spans[2:], strict=False):
        for left, right in across:
            # a line of text is higher than a line: what is free above and below it counts
            free = [span for row in (above, below) for span in row if span[0] < (left + right) / 2 < span[1]]
            if len(free) == 2:
                begin, end = max(left, free[0][0], free[1][0]), min(right, free[0][1], free[1][1])
                best = max(best, (begin, height, end - begin), key=lambda place: place[2] * (1 - abs(place[1] - 0.5)))
    left, top, width = best
    return round(100 * left, 1), round(100 * top, 1), round(100 * width, 1)


def _spans(edges: list[tuple[Point, Point]], height: float) -> list[Point]:
    """The parts of a line across that lie inside."""
    crossings = sorted(x1 + (height - y1) / (y2 - y1) * (x2 - x1) for (x1, y1), (x2, y2) in edges if (y1 <= height) != (y2 <= height))
    return list(zip(crossings[::2], crossings[1::2], strict=True))
