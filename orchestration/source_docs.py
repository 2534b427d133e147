"""Writes docs/sources: a Russian page for every source, out of its declaration, and the index by theme.

`python -m orchestration.source_docs` (part of `make generate`) rewrites them; a test fails when one is stale. What is not in a
declaration is not said here: what no column can say stands in its `description` and in the notes of its columns. The words for
types, rules and reasons are those of `ingest.wording`, the examples are the first rows of the samples that the tests read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import polars as pl

from ingest.convert import faults_of
from ingest.declarations import Column, Layout, Source, Theme, load_sources, unknown_reason
from ingest.forms import forms_of
from ingest.settings import Settings
from ingest.wording import REASONS, checks_of, key_of, kind_of, rules_of
from orchestration.dbt_sources import ROOT, plain_model, rewrite, staging_models, stale_of

PAGES = ROOT / "docs" / "sources"
SAMPLES = ROOT / "tests" / "ingest" / "samples"
CADENCES = {"on_demand": "по мере надобности", "monthly": "ежемесячно", "quarterly": "ежеквартально", "yearly": "ежегодно"}
# the header and two rows; of a form that is no plain table, its head as well
TABULAR_LINES, FORM_LINES = 3, 6
KEY_RULE = "Если ключ в файле повторяется, загружается последняя строка; строка нового файла с тем же ключом заменяет прежнюю."
NOTE = "<!-- Сделано командой make generate из {origin}: правьте объявление, не эту страницу. -->"
INDEX = """\
# Источники

{note}

Что можно положить в `landing/`, по темам. Файл узнаётся по содержанию, не по имени и не по папке: CSV (UTF-8 или cp1251; точка с запятой,
запятая или табуляция), XLSX, XLS, XLSB, ODS, Parquet (имена столбцов — те же графы). Над таблицей могут стоять строки заголовка,
под ней — итоги; лишние графы не мешают, порядок граф не важен, нули впереди кодов восстанавливаются.

- `uv run oko template <источник>` — пустая таблица XLSX с нужными графами и списками значений.
- `uv run oko check ФАЙЛ…` — что это за файл, что загрузится и что нет, по ячейкам; ничего не загружает.

Чем обслуживается каждый пункт основополагающих документов — в [coverage.md](../coverage.md).
"""


def pages(sources: dict[str, Source]) -> dict[Path, str]:
    """Every page and what it should hold."""
    texts = {PAGES / f"{name}.md": "\n\n".join(_page(source)) + "\n" for name, source in sources.items()}
    return {**texts, PAGES / "README.md": _index(sources)}


def _index(sources: dict[str, Source]) -> str:
    parts = [INDEX.format(note=NOTE.format(origin="ingest/sources")).rstrip()]
    for theme in get_args(Theme):
        rows = [
            f"| [`{source.source}`]({source.source}.md) | {source.title} | {CADENCES[source.cadence]} |"
            for source in sorted(sources.values(), key=lambda source: source.title)
            if source.theme == theme
        ]
        if rows:
            parts.append("\n".join([f"## {theme.capitalize()}", "", "| источник | что это | ожидается |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _page(source: Source) -> Iterator[str]:
    yield f"# {source.title}"
    yield NOTE.format(origin=f"ingest/sources/{source.source}")
    if source.description:
        yield source.description.strip()
    yield "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| Папка | `landing/{source.source}/`, любое имя файла, любая глубина |",
            f"| Ожидается | {CADENCES[source.cadence]} |",
            f"| Шаблон | {_template(source)} |",
            "| Проверить файл | `uv run oko check ФАЙЛ` |",
        ]
    )
    for name, layout in source.layouts.items():
        yield from _layout(source, name, layout)


def _template(source: Source) -> str:
    return f"`uv run oko template {source.source}`" if forms_of(source) else "нет: форма приходит готовой"


def _layout(source: Source, name: str, layout: Layout) -> Iterator[str]:
    yield f"## {layout.title}"
    yield _recognised(source, layout)
    rows = [_row(layout, column) for column in layout.columns.values()]
    yield "\n".join(["| графа | обязательна | что в ней | правила |", "|---|---|---|---|", *rows])
    yield f"**Ключ строки:** {key_of(layout)}. {KEY_RULE}"
    checks = list(checks_of(layout))
    if checks:
        yield "**Проверки строки:** " + "; ".join(checks) + "."
    yield "**За что строка отклоняется:** " + "; ".join(f"`{reason}` — {REASONS[reason]}" for reason in _reasons(layout)) + "."
    yield f"**Куда идёт:** таблица `raw.{name}`, {_models(source, name, layout)}."
    example = _example(source, name)
    if example:
        yield "Пример (вымышленный):"
        yield f"```\n{example}\n```"


def _recognised(source: Source, layout: Layout) -> str:
    required = [layout.columns[name].title for name in layout.required_headers]
    titles = ", ".join(f"«{title}»" for title in required)
    if source.reader != "tabular":
        return f"Узнаётся по графам (в каждом варианте формы своим): {titles}." if titles else "Узнаётся по строению листа."
    return f"Узнаётся, если есть хотя бы половина обязательных граф; без любой из них ({titles}) файл отклоняется как `missing_column`."


def _row(layout: Layout, column: Column) -> str:
    title = column.title if not column.derived else f"*{column.title}*"
    kind = "определяется при чтении, не графа файла" if column.derived and not column.joins else kind_of(column)
    if column.joins:
        kind = "делается из граф " + ", ".join(f"«{layout.columns[part].title}»" for part in column.joins)
    rules = "; ".join(rule for rule in rules_of(column) if rule != "заполняется обязательно")
    cells = [title, "да" if column.required and not column.derived else "", kind, rules]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _reasons(layout: Layout) -> list[str]:
    """The reason codes that a row of this layout can have, in the order of the contract."""
    found = {"duplicate_key"}
    for column in layout.columns.values():
        found |= {reason for reason, _ in faults_of(pl.lit(None, pl.String), pl.lit(None), column, Settings())}
        found |= {unknown_reason([column.known])} if column.known else set()
    for check in layout.checks:
        if check.known_any:
            found.add(unknown_reason(name for names in check.known_any.values() for name in names))
        elif check.known_row:
            found.add(check.known_row.reason)
        else:
            found.add("conflicting_value")
    return [reason for reason in REASONS if reason in found]


def _models(source: Source, name: str, layout: Layout) -> str:
    by_hand = staging_models(name)
    models = by_hand or [plain_model(source.source, name, {"entity": layout.entity})]
    return ("модель " if len(models) == 1 else "модели ") + ", ".join(f"`{model}`" for model in models)


def _example(source: Source, name: str) -> str:
    """The first lines of this layout's sample; nothing where the sample is no text."""
    sample = SAMPLES / source.source / f"{name}.csv"
    lines = sample.read_text(encoding="utf-8").splitlines() if sample.exists() else []
    return "\n".join(lines[: TABULAR_LINES if source.reader == "tabular" else FORM_LINES])


def stale() -> list[Path]:
    """The pages that do not say what the declarations say, and those of sources that are gone."""
    return stale_of(pages(load_sources()), PAGES.glob("*"))


def main() -> int:
    """Rewrites what is stale."""
    return rewrite(pages(load_sources()), stale())


if __name__ == "__main__":
    sys.exit(main())
