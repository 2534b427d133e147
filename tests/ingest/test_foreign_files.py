"""Files that nobody here wrote: whatever they hold, a table comes out or a rejection; no crash, no hang, no silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.readers import read_grids
from ingest.reading import Reading
from ingest.settings import Limits

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not DATA.is_dir(), reason="../shared is not there")


@needs_shared
@pytest.mark.parametrize("folder", ["csv_spectrum", "spreadsheets_calamine", "spreadsheets_poi"])
def test_a_table_or_a_rejection(read: Callable[..., Reading], folder: str) -> None:
    paths = sorted((DATA / folder).iterdir())
    assert len(paths) > 20
    for path in paths:
        reading = read(path)
        assert reading.layout or reading.rejections.height == 1, path.name
        assert "внутренняя ошибка" not in "".join(reading.rejections["message_ru"]), path.name


@needs_shared
def test_csv_spectrum_reads_as_its_json_says() -> None:
    """Its three-line tables give cells; an empty cell is NULL here and line ends inside a cell are `\\n`."""
    compared = 0
    for path in sorted((DATA / "csv_spectrum").glob("csvs~*.csv")):
        expected = json.loads((DATA / "csv_spectrum" / path.name.replace("csvs~", "json~").replace(".csv", ".json")).read_bytes())
        (grid,) = read_grids(path, Limits())
        header, *rows = grid.cells.rows()
        records = [{name: cell or "" for name, cell in zip(header, row, strict=True)} for row in rows]
        assert records == [{name: cell.replace("\r\n", "\n") for name, cell in record.items()} for record in expected], path.name
        compared += 1
    assert compared > 8
