"""Writes what dbt cannot read for itself: raw tables from the declarations of sources, the registry of indicators as a macro, and
a plain staging model for every layout that no model written by hand reads.

`python -m orchestration.dbt_sources` (part of `make generate`) rewrites files of dbt_project, which are committed; a test fails when
one is stale. Here are no rules of sources or indicators: those stand in `ingest/sources` and `dbt_project/indicators`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.lineage import basis_of, common_parameters, explained_facts, read_project

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "ingest" / "sources"
PROJECT = ROOT / "dbt_project"
REGISTRY = PROJECT / "indicators"
STAGING = PROJECT / "models" / "staging"
PLAIN = STAGING / "plain"
RESULTS = PROJECT / "models" / "results"
RAW = STAGING / "_raw.yml"
KEYS_MACRO = PROJECT / "macros" / "raw_keys.sql"
REGISTRY_MACRO = PROJECT / "macros" / "indicator_registry.sql"
LINEAGE_MACRO = PROJECT / "macros" / "indicator_lineage.sql"
INDICATORS = PROJECT / "models" / "indicators" / "_indicators.yml"
DERIVED = PROJECT / "models" / "derived" / "_derived.yml"

SQL_TYPES = {"integer": "bigint", "number": "double precision", "result": "double precision", "date": "date", "yes_no": "boolean"}
ORIGIN = {
    "_file_sha256": ("text", "Контрольная сумма файла"),
    "_sheet": ("text", "Лист файла"),
    "_row_number": ("bigint", "Номер строки в файле"),
    "_load_id": ("text", "Загрузка"),
}
_FILE = {"source": ("text", "Источник"), "file_name": ("text", "Путь файла"), "file_sha256": ("text", "Контрольная сумма файла")}
_PLACE = {"sheet": ("text", "Лист"), "row_number": ("bigint", "Номер строки"), "column_name": ("text", "Графа")}
JOURNAL: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "_files": (
        "Файлы, которые были прочитаны, по содержанию",
        {
            **_FILE,
            "modified_at": ("timestamp", "Когда изменён"),
            "in_landing": ("boolean", "Лежит ли в папке приёма"),
            "key_id": ("text", "Какого ключа псевдонимы, если файл прочитан после их появления"),
            "rows_loaded": ("bigint", "Строк загружено сейчас; пусто у прочитанных прежними версиями"),
        },
    ),
    "_loads": (
        "Загрузки файлов",
        {
            "load_id": ("text", "Загрузка"),
            **_FILE,
            "layout": ("text", "Форма"),
            "rows_in": ("bigint", "Строк в файле"),
            "rows_loaded": ("bigint", "Строк загружено"),
            "rows_rejected": ("bigint", "Строк отклонено"),
            "loaded_at": ("timestamp", "Когда загружен"),
        },
    ),
    "_rejections": (
        "Отклонённые строки и файлы, как они стоят сейчас",
        {
            **_FILE,
            **_PLACE,
            "reason_code": ("text", "Код причины"),
            "message_ru": ("text", "Что не так и что сделать"),
            "rejected_at": ("timestamp", "Когда отклонено"),
        },
    ),
    "_findings": (
        "Замечания, найденные при чтении файлов",
        {
            **_FILE,
            **_PLACE,
            "rule_code": ("text", "Код правила"),
            "severity": ("text", "Важность"),
            "message_ru": ("text", "Что найдено"),
            "found_at": ("timestamp", "Когда найдено"),
        },
    ),
    "_sources": (
        "Объявленные источники",
        {
            "source": ("text", "Источник"),
            "title": ("text", "Наименование"),
            "cadence": ("text", "Как часто ожидается"),
            "layouts": ("text", "Формы"),
        },
    ),
    "_run": (
        "Обновление, которое идёт сейчас: одна строка",
        {
            "as_of": ("date", "День, на который считаются показатели"),
            "region_code": ("text", "Код региона из настроек"),
            "region_name": ("text", "Наименование региона из настроек"),
            "school_code_length": ("bigint", "Длина кода ОО"),
            "started_at": ("timestamp", "Начало обновления"),
            "publication_id": ("text", "Публикация"),
        },
    ),
    "_watch": (
        "Прежняя публикация, с которой сравнивается новая, и срок следующего обновления: одна строка",
        {
            "publication_id": ("text", "Прежняя публикация; пусто, если её нет"),
            "as_of": ("date", "День, на который посчитана прежняя публикация"),
            "due_at": ("timestamp", "Когда самое позднее должно закончиться следующее обновление (UTC)"),
        },
    ),
    "_previous_values": (
        "Открытые значения по региону в прежней публикации",
        {
            "indicator_code": ("text", "Код показателя"),
            "period": ("text", "Период"),
            "entity_code": ("text", "Код региона"),
            "subject_code": ("text", "Код предмета; пустая строка, если не применяется"),
            "grade": ("text", "Класс; пустая строка, если не применяется"),
            "breakdown": ("text", "Разрез; пустая строка, если его нет"),
            "value": ("double precision", "Значение; пусто, если оно закрыто"),
            "ci_low": ("double precision", "Нижняя граница 95 %: неопределённость из-за малой численности"),
            "ci_high": ("double precision", "Верхняя граница 95 %: неопределённость из-за малой численности"),
        },
    ),
    "_previous_rows": (
        "Сколько строк было в прежней публикации у каждого источника и показателя",
        {
            "counted": ("text", "Что посчитано: источник или показатель"),
            "code": ("text", "Код источника или показателя"),
            "row_count": ("bigint", "Сколько строк"),
        },
    ),
    "_touched": (
        "Годы и предметы, строки которых пришли или ушли после последней проверенной сборки",
        {"year": ("bigint", "Год"), "subject_code": ("text", "Код предмета")},
    ),
    "_inputs": (
        "Из чего, кроме протоколов, сделана последняя проверенная сборка",
        {"input": ("text", "Таблица"), "content": ("text", "Сверка её содержания")},
    ),
}
INDICATOR_COLUMNS = {
    "unit_id": ("text", "Кто или что посчитано: человек, работа, организация"),
    "units": ("bigint", "Сколько людей или объектов стоит за строкой"),
    "member_code": ("text", "За кого посчитано: Код ОО; у того, что не относится к школе, узел сети или муниципалитет"),
    "class_name": ("text", "Класс одним написанием; пустая строка, если не известен или не применяется"),
    "event_date": ("date", "День, на который берётся принадлежность школы к муниципалитету, сети, кластеру"),
    "period": ("text", "Период, как в marts.indicator_values"),
    "subject_code": ("text", "Код предмета; пустая строка, если не применяется"),
    "grade": ("text", "Класс; пустая строка, если не применяется"),
    "breakdown": ("text", "Разрез; пустая строка, если его нет"),
    "numerator": ("double precision", "Вклад в числитель"),
    "denominator": ("double precision", "Вклад в знаменатель; пусто для количеств"),
    "sum_squares": ("double precision", "Сумма квадратов для интервала среднего; пусто, если не применяется"),
}
ROW_OF_FILE = {"file_name": ("text", "Путь файла в папке приёма"), "row_number": ("bigint", "Номер строки в файле")}
OPEN_END = {"valid_to": ("date", "По какой день действует включительно; 9999-12-31, если конца нет")}
UNIT_KEY = ["unit_id", "member_code", "event_date", "period", "subject_code", "grade", "breakdown"]
DERIVED_COLUMNS = {
    "period": INDICATOR_COLUMNS["period"],
    "level": ("text", "Уровень"),
    "entity_code": ("text", "Код того, о ком строка"),
    **{name: INDICATOR_COLUMNS[name] for name in ("subject_code", "grade", "breakdown")},
    "numerator": ("double precision", "Числитель; пусто у разностей"),
    "denominator": ("double precision", "Знаменатель; пусто у разностей"),
    "value": ("double precision", "Значение"),
    "n": ("bigint", "Сколько людей или объектов стоит за строкой"),
    "n_other": ("bigint", "Сколько их в группе, с которой сравнивается; пусто, если ни с кем"),
    "ci_low": ("double precision", "Нижняя граница 95 %: неопределённость из-за малой численности"),
    "ci_high": ("double precision", "Верхняя граница 95 %: неопределённость из-за малой численности"),
}
DERIVED_KEY = ["period", "level", "entity_code", "subject_code", "grade", "breakdown"]
NOTE = "{what} made by `make generate` from {origin}; edit that instead"


class _Plain(yaml.SafeDumper):
    """Lists indented, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def load_declarations(folder: Path = SOURCES) -> list[dict[str, Any]]:
    """Every declared source, by name."""
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*/source.yaml")])
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    return sorted(found, key=lambda source: str(source["source"]))


@cache
def load_registry(folder: Path = REGISTRY) -> list[dict[str, Any]]:
    """Every indicator of the registry with what `_defaults.yml` adds and the title of its file, by file and in the order of the file."""
    defaults = yaml.safe_load((folder / "_defaults.yml").read_text(encoding="utf-8"))
    files = sorted(path for path in folder.glob("*.yml") if not path.name.startswith("_"))
    contents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    entries = [{"topic": content["title_ru"], **entry} for content in contents for entry in content["indicators"]]
    return [_complete({**defaults, **entry}) for entry in entries]


def _complete(entry: dict[str, Any]) -> dict[str, Any]:
    """Dates as text, a family of its own for a code that names none, and shares as percents."""
    shown_as = entry["shown_as"] or ("percent" if entry["unit"] in ("share", "flag") else "number")
    return {**entry, "valid_from": str(entry["valid_from"]), "family": entry["family"] or entry["code"], "shown_as": shown_as}


def raw_columns(layout: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name → (SQL type, Russian description) of the columns that this layout has in raw."""
    columns: dict[str, tuple[str, str]] = {}
    for name, column in layout["columns"].items():
        if column.get("personal") == "vault":
            continue
        title = column.get("header") or column.get("label") or ", ".join(column.get("headers", []))
        if column.get("personal") == "pseudonym":
            title += " (псевдоним)"
        columns[name] = (SQL_TYPES.get(column.get("type", "text"), "text"), title)
        if column.get("name_key"):
            columns[f"{name}_key"] = ("text", f"{title}, приведённое к одному написанию")
    return {**columns, **ORIGIN}


def raw_yaml(sources: list[dict[str, Any]]) -> str:
    """The dbt properties of schema raw."""
    tables = [
        _table(layout, declared["title"], raw_columns(declared), declared["key"])
        for source in sources
        for layout, declared in source["layouts"].items()
    ]
    journal = [_table(name, title, columns, []) for name, (title, columns) in JOURNAL.items()]
    raw = {"name": "raw", "schema": "raw", "description": "Строки прочитанных файлов", "tables": [*tables, *journal]}
    return _yaml("This file is", "ingest/sources", {"version": 2, "sources": [raw]})


def _table(name: str, title: str, columns: dict[str, tuple[str, str]], key: list[str]) -> dict[str, Any]:
    table: dict[str, Any] = {"name": name, "description": title}
    if key:
        table["config"] = {"meta": {"key": key}}
    return {**table, "columns": _columns(columns)}


def _columns(columns: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "description": text, "data_type": kind} for name, (kind, text) in columns.items()]


def keys_macro(sources: list[dict[str, Any]]) -> str:
    """The business key of every raw table, by table."""
    keys = [(name, layout["key"]) for source in sources for name, layout in source["layouts"].items()]
    return _macro("raw_keys", "ingest/sources", "{}", [f"{json.dumps(name)}: {json.dumps(key)}" for name, key in keys])


def registry_macro(registry: list[dict[str, Any]]) -> str:
    """The registry: the same entries, as a Jinja list."""
    return _macro("indicator_registry", "dbt_project/indicators", "[]", [json.dumps(entry, ensure_ascii=False) for entry in registry])


@cache
def lineage_lists() -> dict[str, list[Any]]:
    """The facts behind every indicator and which of their rows count, parameters and seeds, and the facts that name their files."""
    project, registry = read_project(PROJECT), load_registry()
    facts = [
        {
            "name": fact.name,
            "title": fact.title,
            **fact.places,
            "excluded": [{"when": when, "reason_ru": why} for when, why in fact.excluded],
        }
        for fact in explained_facts(PROJECT)
    ]
    common = common_parameters(project, [path.stem for path in sorted(RESULTS.glob("*.sql"))])
    bases = [{"code": entry["code"], "facts": entry["evidence"], **asdict(basis_of(entry, project))} for entry in registry]
    bases = [{**basis, "common": common} for basis in bases]
    dated = sorted({fact for basis in bases for fact in basis["dated_facts"]})
    return {"explained_facts": facts, "indicator_bases": bases, "dated_facts": dated}


def lineage_macro() -> str:
    """The same as Jinja lists, a macro each."""
    origin, lists = "the registry and the texts of the models", lineage_lists()
    return "".join(_macro(name, origin, "[]", [json.dumps(item, ensure_ascii=False) for item in items]) for name, items in lists.items())


def _macro(name: str, origin: str, brackets: str, items: list[str]) -> str:
    note, lines = NOTE.format(what="This macro is", origin=origin), ",\n".join(f"    {item}" for item in items)
    body = f"{{{{ return({brackets[0]}\n{lines}\n{brackets[1]}) }}}}"
    return f"{{# {note}. #}}\n{{% macro {name}() -%}}\n{body}\n{{%- endmacro %}}\n"


def indicators_yaml(registry: list[dict[str, Any]]) -> str:
    """The dbt properties of the models of counted units, all of one shape: ind_<code> and those of other versions."""
    counted = [entry for entry in registry if entry["kind"] == "units"]
    models = [model for entry in counted for model in (_units(entry, f"ind_{entry['code']}", entry), *_alternatives(entry))]
    return _yaml("This file is", "dbt_project/indicators", {"version": 2, "models": models})


def derived_yaml(registry: list[dict[str, Any]]) -> str:
    """The dbt properties of the models ind_<code> that are computed from rolled-up values."""
    models = [_derived(entry) for entry in registry if entry["kind"] == "derived"]
    return _yaml("This file is", "dbt_project/indicators", {"version": 2, "models": models})


def _alternatives(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [_units(entry, version["model"], {**entry, **version}) for version in entry["alternatives"]]


def _units(entry: dict[str, Any], model: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": model,
        "description": f"{said['name_ru']}. {said['formula_ru']}. Строка — посчитанная единица.",
        "config": {"meta": {"usage": entry["usage"], "key": UNIT_KEY}},
        "data_tests": [{"indicator_units": {"arguments": {"unit": entry["unit"], "key": UNIT_KEY}}}],
        "columns": _columns(INDICATOR_COLUMNS),
    }


def _derived(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"ind_{entry['code']}",
        "description": f"{entry['name_ru']}. {entry['formula_ru']}. Строка — тот, о ком показатель.",
        "config": {"meta": {"usage": entry["usage"], "key": DERIVED_KEY}},
        "data_tests": [{"primary_key": {"arguments": {"columns": DERIVED_KEY}}}],
        "columns": _columns(DERIVED_COLUMNS),
    }


def staging_models(layout: str) -> list[str]:
    """The models written by hand that read this layout's raw table."""
    return [name for name, read in _read_by_hand().items() if layout in read]


def plain_model(source: str, layout: str, declared: dict[str, Any]) -> str:
    """What the generated staging model of a layout is called: by what one row is, else by the layout."""
    return f"stg_{source}__{declared.get('entity') or layout.removeprefix(f'{source}_')}"


def plain_files(sources: list[dict[str, Any]]) -> dict[Path, str]:
    """A view of the rows that count for every layout that no model written by hand reads, and the properties of all of them."""
    taken = {layout for read in _read_by_hand().values() for layout in read}
    plain = [
        (plain_model(source["source"], layout, declared), layout, declared)
        for source in sources
        for layout, declared in source["layouts"].items()
        if layout not in taken
    ]
    properties = [
        {"name": name, "description": declared["title"], "columns": _described(_plain_columns(declared))} for name, _, declared in plain
    ]
    files = {PLAIN / f"{name}.sql": _plain_sql(layout, declared) for name, layout, declared in plain}
    return {**files, PLAIN / "_plain.yml": _yaml("This file is", "ingest/sources", {"version": 2, "models": properties})}


def _read_by_hand() -> dict[str, set[str]]:
    reads = re.compile(r"(?:current_rows\(|source\('raw',)\s*['\"](\w+)['\"]")
    return {path.stem: set(reads.findall(path.read_text(encoding="utf-8"))) for path in sorted(STAGING.glob("*.sql"))}


def _plain_columns(declared: dict[str, Any]) -> dict[str, tuple[str, str]]:
    columns = {name: column for name, column in raw_columns(declared).items() if name not in ORIGIN}
    return {**columns, **{name: end for name, end in OPEN_END.items() if name in columns}, **ROW_OF_FILE}


def _plain_sql(layout: str, declared: dict[str, Any]) -> str:
    *others, last = declared["key"]
    key = f"{', '.join(others)} and {last}" if others else last
    columns = [
        f"    coalesce({name}, {{{{ last_day() }}}}) as {name}" if name in OPEN_END else f"    {name}" for name in _plain_columns(declared)
    ]
    lines = [
        f"-- Grain: one row per {key}.",
        f"{{# {NOTE.format(what='This model is', origin='ingest/sources')}, or write a model of its own one folder up. #}}",
        "with source as (",
        f"    select * from {{{{ current_rows('{layout}') }}}} as rows_that_count",
        ")",
        "",
        "select",
        ",\n".join(columns),
        "from source",
    ]
    return "\n".join(lines) + "\n"


def _described(columns: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "description": text} for name, (_, text) in columns.items()]


def _yaml(what: str, origin: str, content: dict[str, Any]) -> str:
    note = NOTE.format(what=what, origin=origin)
    body = yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=130)
    return f"# {note}.\n---\n{body}"


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    registry, sources = load_registry(), load_declarations()
    return {
        RAW: raw_yaml(sources),
        KEYS_MACRO: keys_macro(sources),
        REGISTRY_MACRO: registry_macro(registry),
        LINEAGE_MACRO: lineage_macro(),
        INDICATORS: indicators_yaml(registry),
        DERIVED: derived_yaml(registry),
        **plain_files(sources),
    }


def stale() -> list[Path]:
    """The generated files that do not hold what they should, and those that should not be."""
    return stale_of(generated(), PLAIN.glob("*"))


def stale_of(texts: Mapping[Path, str], there: Iterable[Path]) -> list[Path]:
    """Of generated files those that do not hold these texts, and those `there` that nothing generates any more."""
    wrong = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return wrong + [path for path in sorted(there) if path not in texts]


def rewrite(texts: Mapping[Path, str], wrong: Iterable[Path]) -> int:
    """Writes or removes these generated files, and says so."""
    for path in wrong:
        if path in texts:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


def main() -> int:
    """Rewrites what is stale."""
    return rewrite(generated(), stale())


if __name__ == "__main__":
    sys.exit(main())
