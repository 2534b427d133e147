"""Which raw tables fill which known list: from the declarations alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from ingest.declarations import DeclarationError, load_sources, providers_of
from orchestration.known import KnownLists, providers
from orchestration.raw_tables import personal_columns, raw_tables
from warehouse.duckdb_engine import DuckDBWarehouse


def test_every_list_that_a_source_needs_has_a_provider() -> None:
    sources = load_sources()
    found = providers(sources.values())
    assert {name for source in sources.values() for name in source.needs} <= set(found)
    assert found["school_code"] == [("schools", ("school_code",))]
    assert found["ege_result"] == [("ege", ("subject_code", "exam_date", "person_id"))]


def test_rows_that_nobody_provides_are_a_fault_of_the_declaration(tmp_path: Path) -> None:
    (tmp_path / "lost.yaml").write_text(
        dedent("""
            source: lost
            title: Без протокола
            cadence: yearly
            layouts:
              lost:
                title: Без протокола
                key: [a]
                columns: {a: {header: А, required: true}}
                checks: [{known_row: {known: nothing, columns: [a]}}]
        """)
    )
    with pytest.raises(DeclarationError, match="nothing"):
        providers(load_sources(tmp_path).values())


def test_a_reader_may_ask_for_the_rows_of_another_source(tmp_path: Path) -> None:
    """A set of rows is called as its layout; one that no source has is a fault of the declaration."""
    sources = load_sources()
    assert providers(sources.values())["survey_waves"] == [("survey_waves", tuple(sources["survey_waves"].layouts["survey_waves"].columns))]
    assert {"survey_questions", "survey_waves"} <= set(providers_of(sources["survey_forms"], sources))
    (tmp_path / "lost.yaml").write_text(
        dedent("""
            source: lost
            title: Без карты
            cadence: yearly
            reads: [no_such_layout]
            layouts: {lost: {title: Без карты, key: [a], columns: {a: {header: А, required: true}}}}
        """)
    )
    with pytest.raises(DeclarationError, match="no_such_layout"):
        providers(load_sources(tmp_path).values())


def test_an_unknown_list_is_empty(tmp_path: Path) -> None:
    sources = load_sources()
    with DuckDBWarehouse(tmp_path / "oko.duckdb") as warehouse:
        warehouse.prepare(raw_tables(sources.values()))
        known = KnownLists(warehouse, sources)
        assert known.codes("no such list") == frozenset() and known.rows("no such rows").is_empty()
        assert known.codes("school_code") == frozenset() and known.rows("ege_result").is_empty()
        assert known.rows("survey_questions").is_empty()


def test_no_raw_table_has_a_column_for_the_vault() -> None:
    sources = load_sources()
    kept = {
        (source.source, name)
        for source in sources.values()
        for layout in source.layouts.values()
        for name in layout.columns
        if layout.columns[name].personal == "vault"
    }
    tables = {table.name: table for table in raw_tables(sources.values())}
    for source in sources.values():
        for layout in source.layouts:
            assert not {name for owner, name in kept if owner == source.source} & set(tables[layout].columns) - {
                name for name, column in source.layouts[layout].columns.items() if column.personal != "vault"
            }


def test_personal_columns_are_those_that_never_mean_anything_else() -> None:
    personal = personal_columns(load_sources().values())
    assert {"last_name", "first_name", "middle_name", "birth_date"} <= personal.identities
    assert {"person_id", "document_id"} <= personal.pseudonyms
    # a person's in frdo, an organisation's in the register of accreditation
    assert "registration_number" not in personal.identities
