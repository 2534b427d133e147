"""Any table, written in any allowed encoding, separator, order, date and number style, reads back as the rows that were meant.

For every tabular declaration of the repository, and for declarations that nobody wrote. What can be drawn is in strategies.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import AS_OF, CSV_STYLES, KNOWN, TYPED_SPELLINGS, VALUES, WORKBOOK_STYLES, Written, declarations, written_tables

from ingest.declarations import Source, load_sources
from ingest.known import FixedKnown
from ingest.reading import read_file
from ingest.settings import Settings
from ingest.vault import Vault

IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
# the same examples in every `make test`, others in every `make test-full`
EXAMPLES = settings(
    derandomize=not IS_FULL,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
TABULAR = {name: source for name, source in load_sources().items() if source.reader == "tabular"}
LAYOUTS = [pytest.param(source, layout, id=layout) for source in TABULAR.values() for layout in source.layouts]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("styles")


def assert_reads_back(written: Written, source: Source, sources: Mapping[str, Source], folder: Path, layout: str) -> None:
    vault = Vault(folder / "vault")
    reading = read_file(written.write(folder), f"{source.source}/таблица", sources, FixedKnown(KNOWN), vault, Settings(as_of=AS_OF))
    assert reading.rejections.is_empty(), reading.rejections["message_ru"].to_list()
    assert reading.layout == layout
    loaded = reading.rows[layout].drop("_sheet", "_row_number").to_dicts()
    assert loaded == written.expected(lambda kind, value: vault.pseudonym(kind, pl.Series([value]))[0])
    assert (reading.rows_in, reading.rows_loaded, reading.rows_rejected) == (len(loaded), len(loaded), 0)


def test_every_type_and_list_of_the_declarations_can_be_drawn() -> None:
    columns = [
        column
        for source in TABULAR.values()
        for layout in source.layouts.values()
        for column in layout.columns.values()
        if not column.derived
    ]
    assert {column.type for column in columns} <= set(VALUES)
    assert {column.known for column in columns if column.known} <= set(KNOWN)
    assert set(TYPED_SPELLINGS) <= set(VALUES)
    assert len(LAYOUTS) > 40


@pytest.mark.parametrize(("source", "layout"), LAYOUTS)
def test_csv_of_every_declaration(folder: Path, source: Source, layout: str) -> None:
    @settings(EXAMPLES, max_examples=40 if IS_FULL else 3)
    @given(written_tables(source.layouts[layout], CSV_STYLES))
    def reads_back(written: Written) -> None:
        assert_reads_back(written, source, load_sources(), folder, layout)

    reads_back()


@pytest.mark.parametrize(("source", "layout"), LAYOUTS)
def test_workbooks_of_every_declaration(folder: Path, source: Source, layout: str) -> None:
    @settings(EXAMPLES, max_examples=20 if IS_FULL else 2)
    @given(written_tables(source.layouts[layout], WORKBOOK_STYLES))
    def reads_back(written: Written) -> None:
        assert_reads_back(written, source, load_sources(), folder, layout)

    reads_back()


@settings(EXAMPLES, max_examples=500 if IS_FULL else 60)
@given(data=st.data())
def test_declarations_that_nobody_wrote(folder: Path, data: st.DataObject) -> None:
    source = data.draw(declarations())
    written = data.draw(written_tables(source.layouts["generated"], CSV_STYLES | WORKBOOK_STYLES))
    assert_reads_back(written, source, {"generated": source}, folder, "generated")
