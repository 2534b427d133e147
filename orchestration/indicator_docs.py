"""Writes docs/indicators (the data dictionary: a Russian page for every family of the registry, and their index) and docs/marts.md.

`python -m orchestration.indicator_docs` (part of `make generate`) rewrites them; a test fails when one is stale. What is not in the
registry, in the parameters or in the properties of marts is not said here.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from orchestration.dbt_sources import PROJECT, REGISTRY, ROOT, load_registry, rewrite, stale_of
from orchestration.lineage import Basis, Fact, Project, basis_of, common_parameters, explained_facts, model_properties, read_project

PAGES = ROOT / "docs" / "indicators"
MARTS = ROOT / "docs" / "marts.md"
PARAMETERS = PROJECT / "seeds" / "parameters.csv"
NOTE = "<!-- Сделано командой make generate из {origin}: правьте его, не эту страницу. -->"
UNITS = {
    "share": "доля (0–1)",
    "mean": "среднее",
    "count": "количество",
    "index": "индекс",
    "flag": "признак: у школы 0 или 1, выше доля школ",
    "difference": "разность",
}
DIRECTIONS = {"more": "больше — лучше", "less": "меньше — лучше", "none": "направления нет"}
PERIODS = {"year": "календарный год", "academic_year": "учебный год", "as_of": "дата (реестры)", "wave": "волна опроса"}
LEVELS = {
    **{"class": "класс", "school": "школа", "municipality": "муниципалитет", "region": "регион", "cluster": "кластер"},
    **{"umc": "УМЦ", "kc": "КЦ", "group": "группа"},
}
VISIBILITY = {"public": "открыто", "internal": "для служебного пользования"}
USAGE = {"open": "открытое", "diagnostic_only": "только диагностика: не для рейтингов, выплат и финансирования"}
VERIFIED = {
    "golden": "значениями, посчитанными вручную (tests/golden)",
    "acceptance": "приёмочными значениями, сделанными не нашим кодом",
    "file": "файлом, сделанным не нашим кодом",
    "none": "**ничем со стороны: не подтверждено**",
}
EVIDENCE = {
    **{"S": "S: договорённость или документ", "V": "V: проверено", "C": "C: подтверждено косвенно"},
    **{"R": "R: по памяти, не проверено", "D": "D: наше решение"},
}
INDEX = """\
# Словарь показателей

{note}

Все показатели, которые считает Око: что это, из чего, на каких уровнях, для кого, чем подтверждено и чего число не говорит.
Откуда взялось одно число — какие файлы и строки за ним, что не вошло и почему — скажет команда:

```
uv run oko explain ПОКАЗАТЕЛЬ ОБЪЕКТ ПЕРИОД [--subject ПРЕДМЕТ] [--grade КЛАСС] [--breakdown РАЗРЕЗ]
```

Значения лежат в `marts.indicator_values` (после закрытия малых чисел), другие версии методик и сегодняшняя сеть школ — в
`core.indicator_values_alt`. Таблицы для чтения описаны в [marts.md](../marts.md).
"""


def pages() -> dict[Path, str]:
    """Every page and what it should hold."""
    project, facts = read_project(PROJECT), {fact.name: fact for fact in explained_facts(PROJECT)}
    parameters, families = _parameters(), _families()
    texts = {
        PAGES / f"{name}.md": _joined(_family(title, name, entries, project, facts, parameters))
        for name, (title, entries) in families.items()
    }
    return {**texts, PAGES / "README.md": _joined(_index(families, project, parameters)), MARTS: _joined(_marts())}


def _joined(parts: Iterator[str]) -> str:
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _families() -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """The files of the registry: their titles and complete entries."""
    complete = {entry["code"]: entry for entry in load_registry()}
    families = {}
    for path in sorted(REGISTRY.glob("[!_]*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = [complete[entry["code"]] for entry in content["indicators"]]
        families[path.stem] = (str(content.get("title_ru", path.stem)), entries)
    return families


def _parameters() -> dict[str, dict[str, str]]:
    with PARAMETERS.open(encoding="utf-8", newline="") as stream:
        return {row["parameter_code"]: row for row in csv.DictReader(stream)}


# ---- the index -------------------------------------------------------------------------------------------------------------------


def _index(families: dict[str, tuple[str, list[dict[str, Any]]]], project: Project, parameters: dict[str, dict[str, str]]) -> Iterator[str]:
    yield INDEX.format(note=NOTE.format(origin="dbt_project/indicators"))
    for name, (title, entries) in families.items():
        yield f"## [{title}]({name}.md)"
        rows = [f"| {' | '.join(_index_cells(name, entry))} |" for entry in entries]
        yield "\n".join(["| код | показатель | единица | период | использование |", "|---|---|---|---|---|", *rows])
    unverified = [entry for _, entries in families.values() for entry in entries if entry["verified_by"] == "none"]
    yield "## Не подтверждено"
    if unverified:
        yield "Для этих показателей нет ни значений, посчитанных вручную, ни файла, сделанного не нашим кодом:"
        yield "\n".join(f"- `{entry['code']}` — {entry['name_ru']}" for entry in unverified)
    else:
        yield "У каждого показателя есть значения, посчитанные вручную, или файл, сделанный не нашим кодом."
    yield "## Общие правила"
    yield "Эти параметры действуют для всех показателей: интервалы, динамика, закрытие малых чисел, наименования и принадлежность к сети."
    results = [path.stem for path in sorted((PROJECT / "models" / "results").glob("*.sql"))]
    yield _parameter_table(common_parameters(project, results), parameters)


def _index_cells(family: str, entry: dict[str, Any]) -> Iterator[str]:
    yield f"[`{entry['code']}`]({family}.md#{entry['code']})"
    yield _cell(entry["name_ru"])
    yield re.split(r" \(|:", UNITS[entry["unit"]])[0]
    yield PERIODS[entry["period_kind"]]
    yield re.split(":", USAGE[entry["usage"]])[0]


# ---- a family --------------------------------------------------------------------------------------------------------------------


def _family(
    title: str, name: str, entries: list[dict[str, Any]], project: Project, facts: dict[str, Fact], parameters: dict[str, dict[str, str]]
) -> Iterator[str]:
    yield f"# {title}"
    yield NOTE.format(origin=f"dbt_project/indicators/{name}.yml")
    yield "[Все показатели](README.md)"
    for entry in entries:
        yield from _entry(entry, basis_of(entry, project), facts, parameters)


def _entry(entry: dict[str, Any], basis: Basis, facts: dict[str, Fact], parameters: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f'<a id="{entry["code"]}"></a>\n\n## {entry["name_ru"]}'
    levels = "; ".join(f"{LEVELS[level]} — {VISIBILITY[visibility]}" for level, visibility in entry["levels"].items())
    rows = {
        "Код": f"`{entry['code']}`",
        "Формула": entry["formula_ru"],
        "Числитель": entry["numerator_ru"],
        "Знаменатель": entry["denominator_ru"],
        "Единица": UNITS[entry["unit"]],
        "Направление": DIRECTIONS[entry["direction"]],
        "Период": PERIODS[entry["period_kind"]],
        "Уровни": levels + ("" if "class" not in entry["levels"] else " (классы только в ядре)"),
        "Что считает n": _counts(entry),
        "Использование": USAGE[entry["usage"]],
        "Чего не говорит": entry["cannot_say_ru"],
        "Факты": ", ".join(f"`{name}`" + (f" ({facts[name].title})" if name in facts else "") for name in entry["evidence"]) or "нет",
        "Основание": entry["founding_document"],
        "Отвечает": entry["owner"],
        "Версия методики": f"{entry['version']}, действует с {entry['valid_from']}",
        "Подтверждено": VERIFIED[entry["verified_by"]],
    }
    yield "\n".join(["| | |", "|---|---|", *(f"| {key} | {_cell(value)} |" for key, value in rows.items())])
    if entry["alternatives"]:
        yield "Другие версии (`core.indicator_values_alt`):"
        yield "\n".join(_alternative(version) for version in entry["alternatives"])
    if basis.has_thresholds:
        yield "Пороги берутся из `core.dim_threshold`: загруженные регионом, за остальные годы по умолчанию (`default_thresholds`)."
    if basis.parameters:
        yield "Параметры моделей, которые показатель читает:"
        yield _parameter_table(list(basis.parameters), parameters)
    if basis.seeds:
        yield f"Справочники с основанием в каждой строке: {', '.join(f'`{name}`' for name in basis.seeds)}."


def _counts(entry: dict[str, Any]) -> str:
    words = "людей" if entry["counts"] == "people" else "объекты"
    words += ", каждого один раз в организации, муниципалитете, регионе" if entry["distinct_units"] else ""
    return words + ("; малые числа закрываются" if entry["suppress"] and entry["counts"] == "people" else "; малые числа не закрываются")


def _alternative(version: dict[str, Any]) -> str:
    said = ". ".join(version[key] for key in ("name_ru", "formula_ru") if version.get(key))
    return f"- версия {version['version']} с {version['valid_from']}" + (f": {said}" if said else "")


def _parameter_table(codes: list[str], parameters: dict[str, dict[str, str]]) -> str:
    found = {code: parameters[code] for code in codes}
    rows = [f"| `{code}` | {row['value']} | {_cell(row['description_ru'])} | {EVIDENCE[row['evidence']]} |" for code, row in found.items()]
    return "\n".join(["| параметр | значение | что значит | откуда |", "|---|---|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


# ---- marts -----------------------------------------------------------------------------------------------------------------------


def _marts() -> Iterator[str]:
    yield "# Витрины"
    yield NOTE.format(origin="dbt_project/models/marts")
    yield (
        "Таблицы схемы `marts`, которые читают дашборды и аналитики. Показатели описаны в [словаре](indicators/README.md).\n"
        "Закрытые значения пусты, `is_suppressed` говорит, что они закрыты."
    )
    models = sorted(model_properties(PROJECT, "marts/*.yml"), key=lambda model: _mart_name(model["name"]))
    yield "\n".join(
        f"- [`marts.{_mart_name(model['name'])}`](#marts{_mart_name(model['name'])}): {model['description']}" for model in models
    )
    for model in models:
        yield f"## marts.{_mart_name(model['name'])}"
        yield model["description"].rstrip(".") + "."
        rows = [f"| `{column['name']}` | {column['data_type']} | {_cell(column['description'])} |" for column in model["columns"]]
        yield "\n".join(["| графа | тип | что это |", "|---|---|---|", *rows])


def _mart_name(model: str) -> str:
    return model.removeprefix("marts__")


def stale() -> list[Path]:
    """The pages that do not say what the registry says, and those of families that are gone."""
    return stale_of(pages(), PAGES.glob("*"))


def main() -> int:
    """Rewrites what is stale."""
    return rewrite(pages(), stale())


if __name__ == "__main__":
    sys.exit(main())
