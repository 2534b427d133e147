"""What `oko check` finds out about a file: what would load, which schools it is about, how it differs from what is loaded.

Loads nothing, keeps nothing, prints nothing: check_report.py says it in words, marked.py writes it into a copy of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import polars as pl

from ingest.archive import folder_of, sha256_of
from ingest.declarations import Layout, Source
from ingest.difference import Difference, Loaded, compare, left_behind
from ingest.judge import FAULT, Judged
from ingest.known import FixedKnown, Known
from ingest.reading import Insight, Reading, look_into
from ingest.settings import Settings
from ingest.vault import Vault

SCHOOL_LISTS = {"school_code", "school_login"}
SCHOOL_LAYOUT = "schools"


@dataclass(frozen=True)
class SchoolCount:
    """The rows of one school in a file."""

    code: str
    name: str
    rows: int
    rejected: int


@dataclass(frozen=True)
class SchoolCounts:
    """The rows of one layout by school. A code that no register knows is only counted: it may be anything, even a person's document.

    `open`: how many schools of the register are open; None where there is no warehouse to ask.
    """

    schools: list[SchoolCount]
    open: int | None
    unknown_codes: int
    unknown_rows: int
    blank_rows: int


@dataclass(frozen=True)
class Earlier:
    """What was loaded under the name of this file: when, whether it is the very same content, how many of its rows would be left behind."""

    file_name: str
    modified_at: datetime
    is_same: bool
    left: int


@dataclass(frozen=True)
class Checked:
    """Everything about one file. `differences` and `schools` by layout; without a warehouse there is nothing to compare with."""

    path: Path
    insight: Insight
    schools: dict[str, SchoolCounts] = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)
    earlier: list[Earlier] = field(default_factory=list)

    @property
    def reading(self) -> Reading:
        """What a refresh would make of it."""
        return self.insight.reading

    @property
    def would_reject(self) -> bool:
        """Whether a refresh would reject anything of it."""
        return not self.reading.rejections.is_empty()


class Checker:
    """Judges files by what is known and loaded now; without a warehouse (`known` and `loaded` missing) no code is looked up."""

    def __init__(self, sources: Mapping[str, Source], settings: Settings, known: Known | None = None, loaded: Loaded | None = None) -> None:
        self._sources = sources if known else {name: _without_lists(source) for name, source in sources.items()}
        self._settings = settings
        self._known = known or FixedKnown()
        self._loaded = loaded
        self._register = _register(loaded, settings.as_of) if loaded else {}

    def check(self, path: Path, source: str | None = None) -> Checked:
        """Read a file as a refresh would, without a trace; `source` is the only one to try, where it is given."""
        tried = {source: self._sources[source]} if source else self._sources
        vault = Vault(self._settings.vault, read_only=True)
        insight = look_into(path, self._name(path, source), tried, self._known, vault, self._settings)
        columns = {one.name: school_column(one.layout) for one in insight.judged}
        return Checked(
            path,
            insight,
            schools={one.name: self._count(one, column) for one in insight.judged if (column := columns[one.name])},
            differences=self._differences(insight, path),
            earlier=self._earlier(insight.reading, path),
        )

    def _name(self, path: Path, source: str | None) -> str:
        """The path under landing/, where the file lies there; else its name, in the folder of the source that was asked for."""
        if self._is_landed(path):
            return path.resolve().relative_to(self._settings.landing).as_posix()
        return f"{source}/{path.name}" if source else path.name

    def _is_landed(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._settings.landing)

    # ---- schools ---------------------------------------------------------------------------------------------------------------

    def _count(self, judged: Judged, column: str) -> SchoolCounts:
        counts = judged.cells.group_by(column).agg(rows=pl.len(), rejected=pl.col(FAULT).count()).sort(column)
        register = self._register if self._loaded else _shown_without_register(judged, column, self._settings)
        is_known = pl.col(column).is_in(list(register))
        unknown = counts.filter(pl.col(column).is_not_null() & ~is_known)
        return SchoolCounts(
            schools=[SchoolCount(code, register[code].name, rows, bad) for code, rows, bad in counts.filter(is_known).iter_rows()],
            open=sum(school.is_open for code, school in self._register.items() if code == school.code) if self._loaded else None,
            unknown_codes=unknown.height,
            unknown_rows=int(unknown["rows"].sum()),
            blank_rows=int(counts.filter(pl.col(column).is_null())["rows"].sum()),
        )

    # ---- what is loaded --------------------------------------------------------------------------------------------------------

    def _differences(self, insight: Insight, path: Path) -> dict[str, Difference]:
        if not self._loaded:
            return {}
        modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        rows = insight.reading.rows
        return {one.name: compare(rows[one.name], one.name, one.layout, self._loaded, modified_at) for one in insight.judged}

    def _earlier(self, reading: Reading, path: Path) -> list[Earlier]:
        """The same content, wherever it lies; and what was loaded under this path, or for a file outside landing/ under its name."""
        if not self._loaded or reading.is_rejected:
            return []
        sha256 = sha256_of(path)
        files = self._loaded.files()
        rows = files.iter_rows(named=True)
        mine = [file for file in rows if file["file_sha256"] == sha256 or self._takes_the_place_of(path, reading, file)]
        found = []
        for name in dict.fromkeys(file["file_name"] for file in mine):
            contents = [file for file in mine if file["file_name"] == name]
            layouts = self._layouts(reading)
            others = [file["file_sha256"] for file in contents if file["file_sha256"] != sha256]
            left = left_behind(reading.rows, layouts, self._loaded, others) if others else 0
            found.append(Earlier(name, max(file["modified_at"] for file in contents), not others, left))
        return found

    def _takes_the_place_of(self, path: Path, reading: Reading, file: Mapping[str, str]) -> bool:
        if self._is_landed(path):
            return file["file_name"] == self._name(path, None)
        is_of_source = reading.source in (file["source"], folder_of(file["file_name"]))
        return is_of_source and PurePosixPath(file["file_name"]).name == path.name

    def _layouts(self, reading: Reading) -> dict[str, Layout]:
        """Those of the file and the others of its source: the earlier content may have held them."""
        own = {name: layout for source in self._sources.values() for name, layout in source.layouts.items() if name in reading.rows}
        return own | self._sources[reading.source].layouts


# ---- schools -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _School:
    code: str
    name: str
    is_open: bool


def school_column(layout: Layout) -> str | None:
    """The column that says which school a row is about; none in the register itself."""
    if any(column.provides in SCHOOL_LISTS for column in layout.columns.values()):
        return None
    lists: dict[str, set[str]] = {name: {column.known} for name, column in layout.columns.items() if column.known}
    for check in layout.checks:
        for name, names in (check.known_any or {}).items():
            lists.setdefault(name, set()).update(names)
    looked_up = [name for name in layout.columns if lists.get(name, set()) & SCHOOL_LISTS]
    typed = [name for name, column in layout.columns.items() if column.type == "school_code"]
    return next(iter(looked_up or typed), None)


def _register(loaded: Loaded, as_of: date) -> dict[str, _School]:
    """The schools by code and by login, each as its latest row has it."""
    rows = loaded.rows(SCHOOL_LAYOUT, {})
    found: dict[str, _School] = {}
    if rows.is_empty():
        return found
    for row in rows.sort("valid_from").iter_rows(named=True):
        is_open = row["valid_from"] <= as_of and (row["valid_to"] is None or row["valid_to"] >= as_of)
        school = _School(row["school_code"], row.get("short_name") or row["full_name"], is_open)
        found[school.code] = school
        if row.get("school_login"):
            found[row["school_login"]] = school
    return found


def _shown_without_register(judged: Judged, column: str, settings: Settings) -> dict[str, _School]:
    """Where no register can tell a school from a shifted document number, codes are shown only if nothing in the layout is personal."""
    if judged.layout.has_personal or judged.layout.typed_freely:
        return {}
    is_code = pl.col(column).str.contains(f"^([0-9]{{{settings.school_code_length}}}|(edu|sch)[0-9]{{4,8}})$")
    codes: Iterable[str] = judged.cells.filter(is_code)[column].unique()
    return {code: _School(code, "", is_open=True) for code in codes}


def _without_lists(source: Source) -> Source:
    """The same source, with nothing to look up."""
    layouts = {}
    for name, layout in source.layouts.items():
        columns = {key: column.model_copy(update={"known": None}) for key, column in layout.columns.items()}
        checks = [check for check in layout.checks if not check.known_any and not check.known_row]
        layouts[name] = layout.model_copy(update={"columns": columns, "checks": checks})
    return source.model_copy(update={"layouts": layouts})
