"""Boundaries from a GeoJSON: shapes worked out by hand, neighbours that keep one line between them, and everything that is no boundary."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ingest.faults import FileFault
from ingest.known import FixedKnown
from ingest.readers import markup
from ingest.reading import Reading
from ingest.settings import Limits

Json = dict[str, Any]
Places = list[tuple[float, float]]
KNOWN = FixedKnown({"oktmo": ["08701000", "08603000", "08604000"]})
ONE, TWO, THREE = "08701000", "08603000", "08604000"


@pytest.fixture
def load(read: Callable[..., Reading], tmp_path: Path) -> Callable[[object], Reading]:
    """Reads a document as a file in landing/boundaries."""

    def load(document: object) -> Reading:
        path = tmp_path / "границы.geojson"
        path.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return read(path, name="boundaries/границы.geojson", known=KNOWN)

    return load


Load = Callable[[object], Reading]


def collection(*features: object) -> Json:
    return {"type": "FeatureCollection", "features": list(features)}


def feature(oktmo: object, geometry: object) -> Json:
    return {"type": "Feature", "properties": {"oktmo": oktmo}, "geometry": geometry}


def polygon(*rings: object) -> Json:
    return {"type": "Polygon", "coordinates": list(rings)}


def islands(*rings: object) -> Json:
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    return [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]


def shape(reading: Reading, oktmo: str) -> Json:
    return next(row for row in reading.rows["boundaries"].to_dicts() if row["oktmo"] == oktmo)


def places(row: Json) -> Places:
    """The points of a drawn outline in degrees again."""
    pairs = re.findall(r"([\d.]+)% ([\d.]+)%", row["outline"])
    width, height = row["east"] - row["west"], row["north"] - row["south"]
    return [(row["west"] + float(x) / 100 * width, row["north"] - float(y) / 100 * height) for x, y in pairs]


def test_an_enclave_and_the_district_around_it(load: Load) -> None:
    """A district of 4° × 2° with a town of 1° × 1° in it, whose corner lies 1° east of the district's and half a degree north."""
    district = [[60, 55], [64, 55], [64, 57], [60, 57], [60, 55]]
    reading = load(collection(feature(ONE, polygon(district, square(61, 55.5))), feature(TWO, polygon(square(61, 55.5)))))
    assert reading.rejections.is_empty()
    around, town = shape(reading, ONE), shape(reading, TWO)
    assert [around[side] for side in ("west", "south", "east", "north")] == [60, 55, 64, 57]
    assert around["outline"] == (
        "polygon(evenodd, 0% 100%, 100% 100%, 100% 0%, 0% 0%, 0% 100%, 25% 75%, 50% 75%, 50% 25%, 25% 25%, 25% 75%)"
    )
    assert town["outline"] == "polygon(evenodd, 0% 100%, 100% 100%, 100% 0%, 0% 0%)"
    assert (town["west"], town["east"], town["label_left"], town["label_width"]) == (61, 62, 0, 100)
    # across the whole district there is room above the town: the fifth of 24 lines has free ones on both sides
    assert (around["label_left"], around["label_top"], around["label_width"]) == (0, 18.8, 100)


def test_neighbours_keep_one_line_between_them(load: Load) -> None:
    """A border of a thousand points, walked upwards by one and downwards by the other, and drawn with as few as are seen."""
    rng = Random(5)
    border = [[61 + 0.05 * math.sin(step / 60) + rng.uniform(-0.001, 0.001), 55 + step / 1000] for step in range(1001)]
    west = [*border, [60, 56], [60, 55], border[0]]
    east = [[62, 55], [62, 56], *border[::-1], [62, 55]]
    reading = load(collection(feature(ONE, polygon(west)), feature(TWO, polygon(east))))
    sides = [[place for place in places(shape(reading, oktmo)) if 60.9 < place[0] < 61.1] for oktmo in (ONE, TWO)]
    assert 10 < len(sides[0]) < 60
    near = [min(math.dist(place, other) for other in sides[1]) for place in sides[0]]
    assert len(sides[0]) == len(sides[1]) and max(near) < 0.002
    for longitude, latitude in border:
        assert min(abs(longitude - x) + abs(latitude - y) for x, y in _filled(sides[0])) < 0.012


def _filled(line: Places) -> Places:
    """Many places on a line."""
    return [(x1 + (x2 - x1) * step / 50, y1 + (y2 - y1) * step / 50) for (x1, y1), (x2, y2) in pairwise(line) for step in range(51)]


def test_a_region_across_the_180th_meridian(load: Load) -> None:
    """1° before it and 2° beyond: one box of 3°."""
    beyond = [[-180, 66], [-178, 66], [-178, 67], [-180, 67], [-180, 66]]
    row = shape(load(collection(feature(ONE, islands(square(179, 66), beyond)))), ONE)
    assert (row["west"], row["east"]) == (179, 182)
    assert sorted({round(longitude, 2) for longitude, _ in places(row)}) == [179, 180, 182]


def test_what_is_smaller_than_a_dot_is_left_out(load: Load) -> None:
    row = shape(load(collection(feature(ONE, islands(square(60, 55), square(61.5, 55.5, 0.001))))), ONE)
    assert (row["west"], row["east"]) == (60, 61)


@pytest.mark.parametrize("name", ["oktmo", "ОКТМО", "Код ОКТМО", "oktmo:user", "code", "CODE", "Код"])
def test_the_code_under_its_names(load: Load, name: str) -> None:
    one = {"type": "Feature", "id": 7, "properties": {name: 8701000, "name": "Белый", "население": 5}, "geometry": polygon(square(60, 55))}
    reading = load(collection(one))
    assert shape(reading, ONE)["name"] == "Белый"
    assert reading.findings.is_empty()


GOOD = polygon(square(60, 55))
BAD = {
    "no geometry": (feature(ONE, None), "geometry", "unknown_code"),
    "a point": (feature(ONE, {"type": "Point", "coordinates": [60, 55]}), "geometry", "unknown_code"),
    "a collection of geometries": (feature(ONE, {"type": "GeometryCollection", "geometries": [GOOD]}), "geometry", "unknown_code"),
    "no code": ({"type": "Feature", "properties": None, "geometry": GOOD}, "ОКТМО", "missing_value"),
    "another code": (feature("09999000", GOOD), "ОКТМО", "unknown_code"),
    "no object": (7, "ОКТМО", "missing_value"),
    "metres": (feature(ONE, polygon(square(4_187_591, 7_508_807, 500))), "Долгота западного края, градусы WGS 84", "out_of_range"),
    "latitude first": (feature(ONE, polygon(square(55, 37))), "Широта южного края, градусы WGS 84", "out_of_range"),
    "not a number": (
        feature(ONE, polygon([[60, 55], [61, math.nan], [61, 56], [60, 55]])),
        "Долгота западного края, градусы WGS 84",
        "bad_number",
    ),
    "infinite": (
        feature(ONE, polygon([[60, 55], [math.inf, 55], [61, 56], [60, 55]])),
        "Долгота западного края, градусы WGS 84",
        "bad_number",
    ),
    "text": (
        feature(ONE, polygon([["60", "55"], ["61", "55"], ["61", "56"], ["60", "55"]])),
        "Долгота западного края, градусы WGS 84",
        "bad_number",
    ),
    "too deep": (
        feature(ONE, {"type": "Polygon", "coordinates": [[square(60, 55)]]}),
        "Долгота западного края, градусы WGS 84",
        "bad_number",
    ),
    "too flat": (feature(ONE, {"type": "Polygon", "coordinates": [60, 55]}), "Долгота западного края, градусы WGS 84", "bad_number"),
    "no coordinates": (feature(ONE, {"type": "Polygon"}), "Разных точек в самом коротком кольце", "out_of_range"),
    "empty": (feature(ONE, polygon()), "Разных точек в самом коротком кольце", "out_of_range"),
    "an empty ring": (feature(ONE, polygon(square(60, 55), [])), "Разных точек в самом коротком кольце", "out_of_range"),
    "there and back": (feature(ONE, polygon([[60, 55], [61, 56], [60, 55]])), "Разных точек в самом коротком кольце", "out_of_range"),
    "not closed": (feature(ONE, polygon(square(60, 55)[:-1])), "Незамкнутых колец", "out_of_range"),
    "a line": (feature(ONE, polygon([[60, 55], [61, 55], [62, 55], [60, 55]])), "Контур с ненулевой площадью", "missing_value"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_feature_that_is_no_boundary_is_rejected_alone(load: Load, wrong: str) -> None:
    given, column, reason = BAD[wrong]
    reading = load(collection(given, feature(TWO, polygon(square(62, 55)))))
    assert reading.rejections.select("row_number", "column_name", "reason_code").rows() == [(1, column, reason)]
    assert reading.rows["boundaries"]["oktmo"].to_list() == [TWO]


def test_of_one_municipality_the_last_outline_counts(load: Load) -> None:
    reading = load(collection(feature(ONE, GOOD), feature(ONE, polygon(square(62, 55)))))
    assert reading.rejections.select("row_number", "reason_code").rows() == [(1, "duplicate_key")]
    assert shape(reading, ONE)["west"] == 62


FILES = {
    "a polygon": (GOOD, "unreadable_file"),
    "a feature": (feature(ONE, GOOD), "unreadable_file"),
    "TopoJSON": ({"type": "Topology", "arcs": [], "objects": {}}, "unreadable_file"),
    "no features": ({"type": "FeatureCollection"}, "unreadable_file"),
    "an empty collection": (collection(), "unreadable_file"),
    "cut off": (json.dumps(collection(feature(ONE, GOOD)))[:-20], "unreadable_file"),
    "nested without end": ('{"type": "FeatureCollection", "features": ' + "[" * 100_000, "unreadable_file"),
    "no property is a code": (collection({"properties": {"население": 5}, "geometry": GOOD}), "missing_column"),
}


@pytest.mark.parametrize("wrong", FILES)
def test_a_file_that_holds_no_boundaries(load: Load, wrong: str) -> None:
    document, reason = FILES[wrong]
    reading = load(document)
    assert reading.rejections["reason_code"].to_list() == [reason] and reading.source == "boundaries"
    assert not reading.rows


def test_a_collection_longer_than_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_LONGEST", 2_000_000)
    path = tmp_path / "x"
    path.write_text('{"type": "FeatureCollection", "features": [' + " " * 4_000_000, encoding="utf-8")
    with pytest.raises(FileFault) as fault:
        markup.read_json(path, Limits())
    assert fault.value.reason == "too_large"
