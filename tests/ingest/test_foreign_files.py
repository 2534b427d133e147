"""Files that nobody here wrote: whatever they hold, a table comes out or a rejection; no crash, no hang, no silence."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from ingest.faults import FileFault
from ingest.readers import read_grids
from ingest.reading import Reading
from ingest.settings import Limits

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not DATA.is_dir(), reason="../shared is not there")
SECONDS = 60
FILE_REASONS = {"unreadable_file", "unknown_layout", "missing_column", "too_large"}


def _dead_children() -> list[str]:
    """Processes of ours that have ended and were never waited for."""
    stats = [path.read_text() for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    return [stat for stat in stats if (fields := stat.rpartition(")")[2].split())[0] == "Z" and int(fields[1]) == os.getpid()]


@needs_shared
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize(
    "folder", ["csv_spectrum", "spreadsheets_calamine", "spreadsheets_poi", "accreditation", "oktmo", "moscow", "ege_by_school"]
)
def test_a_table_or_a_rejection(read: Callable[..., Reading], folder: str) -> None:
    paths = sorted((DATA / folder).iterdir())
    assert paths
    for path in paths:
        started = time.monotonic()
        reading = read(path)
        assert time.monotonic() - started < SECONDS, path.name
        assert reading.rows_in == reading.rows_loaded + reading.rows_rejected, path.name
        if reading.is_rejected:
            (rejection,) = reading.rejections.to_dicts()
            assert rejection["reason_code"] in FILE_REASONS, path.name
            assert re.search("[а-яё]{4}", rejection["message_ru"]), path.name
            assert "внутренняя ошибка" not in rejection["message_ru"], path.name
        else:
            assert reading.rows_in, path.name
    assert _dead_children() == []


def _sheets(path: Path) -> dict[str, str]:
    """Titles and states of the sheets of cells, by another library; none of a workbook that it cannot open."""
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except Exception:
        return {}
    return {sheet.title: sheet.sheet_state for sheet in book.worksheets}


@needs_shared
def test_no_sheet_of_the_corpora_is_left_out() -> None:
    """Hidden ones too: every sheet that another library finds, in every workbook that both can open."""
    hidden: list[str] = []
    compared = 0
    for path in sorted((DATA / "spreadsheets_calamine").glob("*.xlsx")):
        sheets = _sheets(path)
        with suppress(FileFault):
            assert sheets.keys() <= {grid.sheet for grid in read_grids(path, Limits())}, path.name
            compared += bool(sheets)
            hidden += [title for title, state in sheets.items() if state != "visible"]
    assert compared > 40 and hidden


# by its content, as it comes: what each of the real files is, and how many of its records load (a structure without data: none)
REAL = [
    ("oktmo/tom3_oktmo_1.csv", "oktmo", 1956),
    ("oktmo/tom5_oktmo_1.csv", "oktmo", 6743),
    ("moscow/data-9722-2016-10-31.csv", "ege_totals_by_school", 626),
    ("base_form.xlsx", "unknown_layout", 0),
    ("moscow/LICENSE.txt", "unknown_layout", 0),
    ("accreditation/examples_registry_status_names_vocab.json", "unknown_layout", 0),
    ("accreditation/specs_xml_data-20160908-structure-20160713.xml", "accreditation", 0),
]


@needs_shared
@pytest.mark.parametrize(("name", "kind", "rows"), REAL)
def test_what_the_real_files_are(read: Callable[..., Reading], name: str, kind: str, rows: int) -> None:
    reading = read(DATA / name)
    got = reading.layout or reading.rejections["reason_code"][0]
    assert (got, reading.rows_loaded) == (kind, rows), reading.rejections["message_ru"].to_list()[:3]


@needs_shared
@pytest.mark.parametrize(
    "path", sorted((DATA / "accreditation").glob("*lines*.jsonl")) if DATA.is_dir() else [], ids=lambda path: path.stem
)
def test_lines_of_the_register_load_one_record_each(read: Callable[..., Reading], path: Path) -> None:
    reading = read(path)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert reading.layout == "accreditation", reading.rejections["message_ru"].to_list()
    assert reading.rows_in == len(lines)


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
