"""What changed between two publications, and which files caused it.

Everything is asked of the two publications themselves: their manifests for files and code, marts.indicator_values for the figures, facts of
the core for the files behind an entity. How the answer looks: changes_report.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestration.evidence_of_changes import files_behind
from orchestration.explain import Row, literal
from orchestration.publications import Publication
from orchestration.published import Pair

if TYPE_CHECKING:
    from warehouse.manifest import Manifest

KEY = ("indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown")
Key = tuple[str, ...]
TOLERANCE = "1e-9"
ADDED, REMOVED, CHANGED = "добавлено", "убрано", "изменено"

# what may differ between two rows of one key, in words: numbers, and what is compared as it stands
_ASPECTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "значение": (("value",), ()),
    "числитель или знаменатель": (("numerator", "denominator"), ()),
    "численность": (("n",), ()),
    "интервал": (("ci_low", "ci_high"), ()),
    "сравнение с прошлым": (("previous_value", "delta"), ("dynamics", "assessment")),
    "закрытие": ((), ("is_suppressed", "suppression")),
    "методика": ((), ("methodology_version", "unit")),
    "доступ": ((), ("visibility",)),
    "наименование": ((), ("entity_name",)),
}


@dataclass(frozen=True)
class FileChange:
    """One file that stands behind one of the publications and not, or not so, behind the other; `kind` is Russian."""

    kind: str
    source: str
    name: str


@dataclass(frozen=True)
class MartChange:
    """A mart whose content differs: how many rows it had and has, None where it is not there."""

    name: str
    rows_before: int | None
    rows_after: int | None


@dataclass(frozen=True)
class Cause:
    """Files behind a change, and how that is known, in Russian."""

    files: tuple[str, ...]
    basis: str


BY_ROWS, BY_SOURCES = "строки объекта", "источники показателя"
NO_FILES = "файлы показателя те же"
UNKNOWN = "файлы неизвестны: публикация старше манифестов"


def file_changes(before: Manifest, after: Manifest) -> list[FileChange]:
    """Files added, corrected (a name with another content), removed, and moved (a content under another name or time)."""
    old, new = ({file.sha256: file for file in one.files} for one in (before, after))
    old_names, fresh = {file.name for file in before.files}, [file for sha, file in new.items() if sha not in old]
    corrected = {file.name for file in fresh if file.name in old_names}
    gone = [file for sha, file in old.items() if sha not in new and file.name not in corrected]
    moved = [file for sha, file in new.items() if sha in old and (file.name, file.modified_at) != (old[sha].name, old[sha].modified_at)]
    found = [FileChange("исправлен" if file.name in corrected else "добавлен", file.source, file.name) for file in fresh]
    found += [FileChange("убран", file.source, file.name) for file in gone]
    found += [FileChange("перемещён", file.source, file.name) for file in moved]
    return sorted(found, key=lambda change: (change.source, change.name, change.kind))


def mart_changes(before: Manifest, after: Manifest) -> list[MartChange]:
    """The marts whose hashes differ."""
    names = sorted({*before.marts, *after.marts})
    differing = [name for name in names if before.marts.get(name) != after.marts.get(name)]
    return [MartChange(name, *(one.marts[name].rows if name in one.marts else None for one in (before, after))) for name in differing]


class Changes:
    """The questions that `oko diff` asks of two publications."""

    def __init__(self, before: Publication, after: Publication, pair: Pair) -> None:
        self.before, self.after = before, after
        self._pair = pair

    @cached_property
    def files(self) -> list[FileChange] | None:
        """The files that differ; None where a publication is older than manifests."""
        if self.before.manifest is None or self.after.manifest is None:
            return None
        return file_changes(self.before.manifest, self.after.manifest)

    @cached_property
    def marts(self) -> list[MartChange] | None:
        """The marts that differ; None where a publication is older than manifests."""
        if self.before.manifest is None or self.after.manifest is None:
            return None
        return mart_changes(self.before.manifest, self.after.manifest)

    def versions(self) -> list[Row]:
        """Indicators whose method differs: `indicator_code`, `old_version`, `new_version`; None where there is no such indicator."""
        return self._pair.ask(f"""
            SELECT coalesce(b.indicator_code, a.indicator_code) AS indicator_code,
                   b.methodology_version AS old_version, a.methodology_version AS new_version
            FROM {self._pair.before("core")}.dim_indicator AS b
            FULL JOIN {self._pair.after("core")}.dim_indicator AS a ON b.indicator_code = a.indicator_code
            WHERE b.methodology_version IS DISTINCT FROM a.methodology_version ORDER BY 1
        """)

    def days(self) -> tuple[str, str]:
        """The days that the figures were computed for."""
        sql = "SELECT cast(as_of AS varchar) AS as_of FROM {}.publication"
        before, after = (str(self._pair.ask(sql.format(side("quality")))[0]["as_of"]) for side in (self._pair.before, self._pair.after))
        return before, after

    def summary(self) -> list[Row]:
        """One row per indicator and level with changes: counts, and the greatest change of a value that is shown in both."""
        return self._pair.ask(f"""
            SELECT c.indicator_code, max(d.indicator_name) AS indicator_name, c.level,
                   count(*) FILTER (WHERE c.change = '{ADDED}') AS added, count(*) FILTER (WHERE c.change = '{REMOVED}') AS removed,
                   count(*) FILTER (WHERE c.change = '{CHANGED}') AS changed,
                   count(*) FILTER (WHERE c.change = '{CHANGED}' AND c.has_other_value) AS values_changed,
                   count(*) FILTER (WHERE c.change = '{CHANGED}' AND c.was_hidden <> c.is_hidden) AS hidden_changed,
                   max(abs(c.new_value - c.old_value)) AS greatest
            FROM ({changed_rows(self._pair)}) AS c
            LEFT JOIN {self._pair.after("core")}.dim_indicator AS d ON c.indicator_code = d.indicator_code
            GROUP BY c.indicator_code, c.level ORDER BY c.indicator_code, c.level
        """)

    def rows(self) -> Iterator[Row]:
        """Every row that differs, in the order of its key."""
        columns, rows = self._pair.run(f"{changed_rows(self._pair)} ORDER BY {', '.join(KEY)}")
        for row in rows:
            yield dict(zip(columns, row, strict=True))

    @cached_property
    def _behind(self) -> Mapping[Key, tuple[str, ...]]:
        if not self.files or not self._pair.has_core:
            return {}
        codes = [row["indicator_code"] for row in self._pair.ask(f"SELECT DISTINCT indicator_code FROM ({changed_rows(self._pair)}) AS c")]
        names = sorted({file.name for file in self.files})
        found: dict[Key, set[str]] = {}
        for side in (self._pair.before, self._pair.after):
            for key, name in files_behind(self._pair, side, codes, names, lambda code: changed_rows(self._pair, code)):
                found.setdefault(key, set()).add(name)
        return {key: tuple(sorted(files)) for key, files in found.items()}

    @cached_property
    def _behind_groups(self) -> Mapping[tuple[str, str], list[Key]]:
        groups: dict[tuple[str, str], list[Key]] = {}
        for key in self._behind:
            groups.setdefault((key[0], key[2]), []).append(key)
        return groups

    def cause(self, keys: Collection[Key]) -> Cause:
        """The files behind some rows of one indicator: those with rows of the entities, else those of the sources of the indicator."""
        if self.files is None:
            return Cause((), UNKNOWN)
        exact = sorted({name for key in keys for name in self._behind.get(key, ())})
        if exact:
            return Cause(tuple(exact), BY_ROWS)
        sources = {source for key in keys for source in self._sources(key[0])}
        names = sorted({file.name for file in self.files if file.source in sources})
        return Cause(tuple(names), BY_SOURCES) if names else Cause((), NO_FILES)

    def cause_of_group(self, code: str, level: str) -> Cause:
        """The files behind all changes of an indicator at a level."""
        return self.cause(self._behind_groups.get((code, level)) or [(code, "", level, "", "", "", "")])

    def _sources(self, code: str) -> frozenset[str]:
        return self._sources_of.get(code, frozenset())

    @cached_property
    def _sources_of(self) -> Mapping[str, frozenset[str]]:
        from orchestration.dbt_sources import PROJECT, load_registry
        from orchestration.lineage import read_project, sources_of

        project = read_project(PROJECT)
        return {entry["code"]: sources_of(entry["code"], entry["evidence"], project) for entry in load_registry()}


# ---- the rows that differ --------------------------------------------------------------------------------------------------------


def changed_rows(pair: Pair, code: str | None = None) -> str:
    """SQL of the rows of marts.indicator_values that differ, of one indicator or of all.

    What is closed in either publication shows its value in neither: two publications must not tell together what one hides.
    """
    only = f" WHERE indicator_code = {literal(code)}" if code else ""
    same = " AND ".join(f"b.{name} = a.{name}" for name in KEY)
    keys = ", ".join(f"coalesce(a.{name}, b.{name}) AS {name}" for name in (*KEY, "entity_name"))
    aspects = ", ".join(f"CASE WHEN {_differs(*columns)} THEN '{words}' END" for words, columns in _ASPECTS.items())
    is_there = "{0}.indicator_code IS NOT NULL"
    hidden_n = " OR ".join(f"({is_there.format(side)} AND {side}.n IS NULL)" for side in ("a", "b"))
    return f"""
        SELECT {", ".join(KEY)}, entity_name, change, was_hidden, is_hidden, has_other_value, what,
               CASE WHEN was_hidden OR is_hidden THEN NULL ELSE old_value END AS old_value,
               CASE WHEN was_hidden OR is_hidden THEN NULL ELSE new_value END AS new_value,
               CASE WHEN has_hidden_n THEN NULL ELSE old_n END AS old_n,
               CASE WHEN has_hidden_n THEN NULL ELSE new_n END AS new_n
        FROM (
            SELECT {keys}, b.value AS old_value, a.value AS new_value, b.n AS old_n, a.n AS new_n,
                   coalesce(b.is_suppressed, false) AS was_hidden, coalesce(a.is_suppressed, false) AS is_hidden,
                   ({hidden_n}) AS has_hidden_n, ({_differs(("value",), ())}) AS has_other_value,
                   CASE WHEN b.indicator_code IS NULL THEN '{ADDED}' WHEN a.indicator_code IS NULL THEN '{REMOVED}'
                        ELSE '{CHANGED}' END AS change,
                   CASE WHEN b.indicator_code IS NULL OR a.indicator_code IS NULL THEN '' ELSE concat_ws(', ', {aspects}) END AS what
            FROM (SELECT * FROM {pair.before("marts")}.indicator_values{only}) AS b
            FULL JOIN (SELECT * FROM {pair.after("marts")}.indicator_values{only}) AS a ON {same}
        ) AS pairs
        WHERE change <> '{CHANGED}' OR what <> ''
    """


def _differs(numbers: Sequence[str], others: Sequence[str]) -> str:
    conditions = [f"b.{name} IS DISTINCT FROM a.{name}" for name in others]
    conditions += [f"((b.{name} IS NULL) <> (a.{name} IS NULL) OR abs(b.{name} - a.{name}) > {TOLERANCE})" for name in numbers]
    return " OR ".join(conditions)
