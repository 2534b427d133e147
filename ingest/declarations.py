"""The declarations under `ingest/sources`, loaded and validated: what a source is called, its layouts, columns, keys, checks.

Nothing here reads a data file. A declaration that does not hold together stops the program at its start, with the file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ingest.text import fold_header

# the parser in C, where PyYAML has it: the one in Python takes seconds for all declarations
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SOURCES = Path(__file__).parent / "sources"
SCHOOL_LISTS = {"school_code", "school_login", "school_inn"}

ColumnType = Literal[
    "text",
    "school_code",
    "login",
    "oktmo",
    "oktmo_code",
    "inn",
    "ogrn",
    "snils",
    "region_code",
    "msu_code",
    "subject_code",
    "subject_name",
    "academic_year",
    "month",
    "term",
    "years",
    "scale",
    "document_number",
    "identity_document",
    "person_name",
    "integer",
    "number",
    "result",
    "date",
    "yes_no",
]
UnknownReason = Literal["unknown_code", "unknown_school"]
Cadence = Literal["on_demand", "monthly", "quarterly", "yearly"]
Theme = Literal[
    "реестры и справочники",
    "экзамены и диагностика",
    "педагогические работники",
    "условия и контингент",
    "мнения и открытость",
    "управление качеством",
    "прочее",
]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_as_list)]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Declared):
    """One column of a layout. `header` names one column of the file, `headers` several that are joined by a space.

    A `derived` column is made by the reader and has a `label` for messages instead of a header; with `joins` it is made of other
    columns of the row, and is empty where the first of them is. `note` says in Russian what the header does not; `advice` is what to
    tell about a value that is not in the list or no such number: with it, either is `unknown_code`.
    """

    header: str | None = None
    headers: list[str] = []
    alias: Names = []
    label: str | None = None
    type: ColumnType = "text"
    required: bool = False
    values: list[str] = []
    synonyms: dict[str, str] = {}
    min: float | None = None
    max: float | None = None
    known: str | None = None
    provides: str | None = None
    name_key: bool = False
    personal: Literal["pseudonym", "vault"] | None = None
    future: bool = False
    derived: bool = False
    joins: list[str] = []
    default: str | None = None
    note: str | None = None
    advice: str | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if bool(self.header) + bool(self.headers) + self.derived != 1 or bool(self.label) != self.derived:
            raise ValueError("exactly one of header, headers, derived (with a label)")
        if not set(self.synonyms.values()) <= set(self.values):
            raise ValueError("a synonym stands for a value that is not listed")
        if self.joins and not self.derived:
            raise ValueError("only a derived column joins others")
        return self

    @property
    def title(self) -> str:
        """What people call this column: its header, as declared."""
        return self.header or ", ".join(self.headers) or self.label or ""

    @property
    def spellings(self) -> list[str]:
        """Every header that means this column on its own (the parts of `headers` do not)."""
        return [*([self.header] if self.header else []), *self.alias]


class KnownRow(_Declared):
    """The row's values in `columns` must be among the rows known under this name."""

    known: str
    columns: list[str]
    reason: UnknownReason = "unknown_code"


class Check(_Declared):
    """A check over several cells of a row; exactly one of the five is given. `within`: a value, the least and the greatest it may be."""

    order: tuple[str, str] | None = None
    at_most: tuple[str, str] | None = None
    within: tuple[str, str, str] | None = None
    known_any: dict[str, Names] | None = None
    known_row: KnownRow | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if sum(given is not None for given in (self.order, self.at_most, self.within, self.known_any, self.known_row)) != 1:
            raise ValueError("a check is exactly one of order, at_most, within, known_any, known_row")
        return self

    @property
    def columns(self) -> list[str]:
        """The columns that this check reads."""
        if self.known_row:
            return self.known_row.columns
        return [*(self.order or ()), *(self.at_most or ()), *(self.within or ()), *(self.known_any or {})]


class Part(_Declared):
    """The columns by whose values the rows of a layout fall into parts that are counted anew apart from each other."""

    day: str
    subject: str


class Layout(_Declared):
    """One layout = one raw table. `entity` is what one of its rows is, as the staging model is called: `stg_<source>__<entity>`.

    `typed_freely`: respondents write into its cells what they like, so no message repeats one.
    `part`: its history is long, and a night counts anew the years and subjects alone that a file changed.
    """

    title: str
    entity: str | None = None
    header_required: bool = False
    typed_freely: bool = False
    key: list[str] = Field(min_length=1)
    part: Part | None = None
    columns: dict[str, Column]
    checks: list[Check] = []

    @model_validator(mode="after")
    def _columns_exist(self) -> Self:
        keys = {f"{name}_key" for name, column in self.columns.items() if column.name_key}
        unknown = set(self.key) - set(self.columns) - keys
        unknown |= {column for check in self.checks for column in check.columns} - set(self.columns)
        unknown |= {part for column in self.columns.values() for part in column.joins} - set(self.columns)
        if unknown:
            raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
        if self.part and not {self.part.day, self.part.subject} <= set(self.key):
            raise ValueError("a part that is not in the key: which file wins for a record would depend on other parts")
        return self

    @property
    def has_personal(self) -> bool:
        """Whether any column says something about a person."""
        return any(column.personal for column in self.columns.values())

    @cached_property
    def required_headers(self) -> list[str]:
        """The columns whose headers a file of this layout must have."""
        return [name for name in self.columns if self.is_header_required(name)]

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Which column a header means, by its folded spelling."""
        return {fold_header(spelling): name for name, column in self.columns.items() for spelling in column.spellings}

    @cached_property
    def folded_headers(self) -> frozenset[str]:
        """Every folded spelling of every header, parts included."""
        return frozenset([*self.by_header, *(part for parts in self.joined.values() for part in parts)])

    @cached_property
    def joined(self) -> dict[str, list[str]]:
        """Columns that several headers make together, with those headers folded."""
        return {name: [fold_header(part) for part in column.headers] for name, column in self.columns.items() if column.headers}

    def is_header_required(self, column: str) -> bool:
        """Whether a file of this layout must have this column's header."""
        declared = self.columns[column]
        return not declared.derived and (declared.required or self.header_required)


class Source(_Declared):
    """One kind of file, named as its folder under landing/. `description` says in Russian what it is and which real files are read.

    `reads`: layouts of other sources whose rows its reader asks for by name (`known.rows`); its files are read again when they change.
    """

    source: str
    title: str
    theme: Theme = "прочее"
    description: str | None = None
    cadence: Cadence
    reader: str = "tabular"
    reads: list[str] = []
    layouts: dict[str, Layout] = Field(min_length=1)

    @property
    def provides(self) -> set[str]:
        """The code lists that this source fills."""
        return {column.provides for _, column in self._columns() if column.provides}

    @property
    def needs(self) -> set[str]:
        """The lists that must be known before this source is judged."""
        return {*self.reads, *(name for names, _ in self._looked_up() for name in names)}

    def waits_for(self, reason: str) -> set[str]:
        """The lists that may take away a rejection for this reason when they change."""
        return {name for names, its in self._looked_up() if its == reason for name in names}

    def _looked_up(self) -> Iterator[tuple[list[str], str]]:
        """The lists that are asked together, and the reason of what none of them knows."""
        for _, column in self._columns():
            if column.known:
                yield [column.known], unknown_reason([column.known])
        for check in (check for layout in self.layouts.values() for check in layout.checks):
            if check.known_any:
                names = [name for its in check.known_any.values() for name in its]
                yield names, unknown_reason(names)
            elif check.known_row:
                yield [check.known_row.known], check.known_row.reason

    def _columns(self) -> list[tuple[str, Column]]:
        return [item for layout in self.layouts.values() for item in layout.columns.items()]


def unknown_reason(lists: Iterable[str]) -> UnknownReason:
    """The reason code of a value that none of these lists knows."""
    return "unknown_school" if SCHOOL_LISTS & {*lists} else "unknown_code"


class DeclarationError(ValueError):
    """A declaration that cannot be used; says which file and why."""


@cache
def load_sources(folder: Path = SOURCES) -> dict[str, Source]:
    """Every source by its name. Layout names are unique over all of them, since each is a raw table."""
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*/source.yaml")])
    sources = [_load(path) for path in paths]
    _refuse_doubles(sources)
    return {source.source: source for source in sources}


def providers_of(source: Source, sources: Mapping[str, Source]) -> list[str]:
    """The other sources that fill the lists it is read and judged by: they are read before it."""
    return [other.source for other in sources.values() if other is not source and (other.provides | other.layouts.keys()) & source.needs]


def _load(path: Path) -> Source:
    name = path.parent.name if path.name == "source.yaml" else path.stem
    try:
        source = Source.model_validate(yaml.load(path.read_text(encoding="utf-8"), _LOADER))
    except (yaml.YAMLError, ValidationError) as error:
        raise DeclarationError(f"{path}: {error}") from error
    if source.source != name:
        raise DeclarationError(f"{path}: declares the source «{source.source}», its place says «{name}»")
    return source


def _refuse_doubles(sources: list[Source]) -> None:
    seen: dict[str, str] = {}
    for source in sources:
        for layout in source.layouts:
            if layout in seen:
                raise DeclarationError(f"layout {layout} is declared by {seen[layout]} and by {source.source}")
            seen[layout] = source.source
