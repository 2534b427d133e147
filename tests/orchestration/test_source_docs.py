"""The pages of docs/sources: what they say of a source, for one that is added as CONTRIBUTING says, and for all that there are."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from ingest.declarations import SOURCES, Source, load_sources
from ingest.known import FixedKnown
from ingest.reading import read_file
from ingest.settings import Settings
from ingest.vault import Vault
from orchestration import dbt_sources, source_docs

CONTRIBUTING = dbt_sources.ROOT / "CONTRIBUTING.md"
FILE = "Код ОО;Дата;Экземпляров;В том числе учебников\n080101;31.12.2023;5400;1800\n080102;31.12.2023;100;200\n080103;31.12.2023;10;1\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The declarations, and with them the one that CONTRIBUTING shows."""
    folder = tmp_path_factory.mktemp("declared") / "sources"
    shutil.copytree(SOURCES, folder)
    block = re.search(r"```yaml\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    (folder / "libraries.yaml").write_text("\n".join(line[3:] for line in block[1].splitlines()), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def sources(folder: Path) -> dict[str, Source]:
    return load_sources(folder)


def test_a_new_source_is_read_by_its_declaration_alone(sources: dict[str, Source], tmp_path: Path) -> None:
    path = tmp_path / "фонд.csv"
    path.write_text(FILE, encoding="utf-8")
    settings = Settings(home=tmp_path, archive=tmp_path, vault=tmp_path, as_of=date(2024, 12, 30))
    reading = read_file(path, "фонд.csv", sources, FixedKnown({"school_code": ["080101", "080102"]}), Vault(tmp_path), settings)
    assert (reading.source, reading.rows_loaded) == ("libraries", 1)
    assert reading.rejections.select("row_number", "reason_code").rows() == [(3, "conflicting_value"), (4, "unknown_school")]


def test_a_new_source_has_its_staging_model_and_its_page(folder: Path, sources: dict[str, Source]) -> None:
    models = {path.stem: text for path, text in dbt_sources.plain_files(dbt_sources.load_declarations(folder)).items()}
    assert "current_rows('libraries')" in models["stg_libraries__stock"]
    pages = {path.name: text for path, text in source_docs.pages(sources).items()}
    assert "[`libraries`](libraries.md) | Школьные библиотеки | ежегодно" in pages["README.md"]
    page = pages["libraries.md"]
    for said in (
        "# Школьные библиотеки",
        "Книжный фонд школьных библиотек на конец года.",
        "`uv run oko template libraries`",
        "| Экземпляров | да | целое число | от 0 |",
        "| В том числе учебников |  | целое число | от 0; пусто — неизвестно |",
        "«Код ОО», «Дата»",
        "«В том числе учебников» не больше, чем «Экземпляров»",
        "`unknown_school`",
        "`conflicting_value`",
        "модель `stg_libraries__stock`",
    ):
        assert said in page
    assert "`unknown_code`" not in page


@pytest.mark.parametrize("name", sorted(load_sources()))
def test_every_source_says_what_it_is(name: str) -> None:
    source = load_sources()[name]
    assert source.description and source.theme != "прочее"
    page = source_docs.pages({name: source})[source_docs.PAGES / f"{name}.md"]
    for layout in source.layouts.values():
        assert f"## {layout.title}" in page
        assert all(column.title in page for column in layout.columns.values())


@pytest.mark.parametrize("name", sorted(name for name, source in load_sources().items() if source.reader == "tabular"))
def test_every_tabular_page_shows_an_example(name: str) -> None:
    page = source_docs.pages({name: load_sources()[name]})[source_docs.PAGES / f"{name}.md"]
    example = page.split("```\n")[1].splitlines()
    rows = list(csv.reader(example[:3], delimiter=";"))
    assert len(rows) == 3 and len({len(row) for row in rows}) == 1


def test_links_lead_somewhere() -> None:
    for path in [source_docs.PAGES / "README.md", dbt_sources.ROOT / "README.md", dbt_sources.ROOT / "README.ru.md", CONTRIBUTING]:
        links = re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8"))
        assert links and [link for link in links if not (path.parent / link).exists()] == []
