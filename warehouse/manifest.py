"""What a publication is made of and what came out: its files, the code, and a hash of the content of every mart.

The hash is the same on both engines and in any order of rows, so it tells whether two publications say the same. One generator writes
the SQL; what the engines say differently stands in `_DIALECTS`. Which publication is shown, and how long it is kept, is not known here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.keeping import started_at

MANIFEST_FILE = "manifest.json"
SCHEMA = "marts"
# columns that tell of the run, not of the data: two runs over the same files differ in them
RUN_COLUMNS = frozenset({"publication_id", "started_at", "built_at", "due_at", "loaded_at", "last_loaded_at", "rejected_at", "found_at"})

# the rows of one statement
Query = Callable[[str], pl.DataFrame]


class NoHash(Exception):
    """A mart has a column of a type whose text is not known to be the same on both engines; the message is Russian."""


@dataclass(frozen=True)
class FileEntry:
    """One content behind a publication; `modified_at` is UTC in ISO 8601."""

    sha256: str
    source: str
    name: str
    modified_at: str


@dataclass(frozen=True)
class Past:
    """A publication that was replaced, and when it was published (UTC in ISO 8601). It may be retired by now."""

    id: str
    published_at: str


@dataclass(frozen=True)
class MartEntry:
    """How many rows a mart has and the hash of their content, in hex."""

    rows: int
    hash: str


@dataclass(frozen=True)
class Manifest:
    """`manifest.json` of a publication: `files` in the order in which they count, `marts` by `marts.<table>`.

    `history`: all publications before it, oldest first: what was shown on a day is known when that publication is long gone.
    """

    id: str
    published_at: str
    previous: str | None
    engine: str
    as_of: str
    code: str
    files: tuple[FileEntry, ...]
    marts: Mapping[str, MartEntry]
    hash: str
    history: tuple[Past, ...] = ()

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """The manifest of such a text; raises ValueError, KeyError or TypeError where it is none."""
        found = json.loads(text)
        files = tuple(FileEntry(**file) for file in found.pop("files"))
        marts = {name: MartEntry(**mart) for name, mart in found.pop("marts").items()}
        history = tuple(Past(**past) for past in found.pop("history", ()))
        return cls(**found, files=files, marts=marts, history=history)


@dataclass(frozen=True)
class Origin:
    """What whoever publishes knows of the run: its id, the day that it is for, the version of Oko (`code_version()`)."""

    id: str
    as_of: date
    code: str


def make(
    origin: Origin, previous: Manifest | str | None, engine: str, files: Sequence[FileEntry], marts: Mapping[str, MartEntry]
) -> Manifest:
    """The manifest of what is published now in the place of `previous`, of which only the id is known if it is older than manifests."""
    history = _history(previous)
    return Manifest(
        id=origin.id,
        published_at=_after(history).isoformat(timespec="microseconds"),
        previous=previous.id if isinstance(previous, Manifest) else previous,
        engine=engine,
        as_of=origin.as_of.isoformat(),
        code=origin.code,
        files=tuple(files),
        marts=marts,
        hash=_digest([f"{name} {mart.rows} {mart.hash}" for name, mart in sorted(marts.items())]),
        history=history,
    )


def _after(history: Sequence[Past]) -> datetime:
    """Now; or, where the clock was set back, as soon after the last publication as can be told: time is what they are kept by."""
    now = datetime.now(UTC)
    return max([now, *[datetime.fromisoformat(past.published_at) + timedelta(microseconds=1) for past in history[-1:]]])


def _history(previous: Manifest | str | None) -> tuple[Past, ...]:
    if previous is None:
        return ()
    if isinstance(previous, Manifest):
        return (*previous.history, Past(previous.id, previous.published_at))
    time = started_at(previous)
    return (Past(previous, time.isoformat()),) if time else ()


def files_of(query: Query, schema: str = "raw") -> list[FileEntry]:
    """The contents whose rows the build database holds, in the order in which they count."""
    sql = f"SELECT file_sha256, source, file_name, modified_at FROM {schema}._files ORDER BY modified_at, file_name"
    rows = query(sql).iter_rows()
    return [FileEntry(sha, source, name, modified.replace(tzinfo=UTC).isoformat()) for sha, source, name, modified in rows]


def write(folder: Path, manifest: Manifest) -> None:
    """Puts `manifest.json` into a publication that nobody sees yet."""
    descriptor = os.open(folder / MANIFEST_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(manifest.to_json())


def read(folder: Path) -> Manifest | None:
    """The manifest of a publication; None where there is none that can be read (publications older than manifests)."""
    try:
        return Manifest.from_json((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


# ---- the hash of a mart ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Dialect:
    """Where the engines differ. Each text holds `{0}` for what it is about.

    `half` is 15 hex digits of an md5 as a number, beginning with the digit `{1}`; `large` the text of a double that is not small.
    """

    half: str
    large: str
    date: str
    timestamp: str


_DIALECTS: Mapping[str, _Dialect] = {
    "duckdb": _Dialect(
        half="cast('0x' || substring({0}, {1}, 15) AS BIGINT)",
        large="regexp_replace(cast({0} AS VARCHAR), '[.]0$', '')",
        date="strftime({0}, '%Y-%m-%d')",
        timestamp="strftime({0}, '%Y-%m-%d %H:%M:%S.%f')",
    ),
    "postgres": _Dialect(
        half="cast(cast('x' || substring({0}, {1}, 15) AS bit(60)) AS bigint)",
        large="CASE WHEN {0} = 'NaN' THEN 'nan' WHEN {0} = 'Infinity' THEN 'inf' WHEN {0} = '-Infinity' THEN '-inf'"
        " WHEN abs({0}) < 1e16 THEN cast(cast(cast({0} AS text) AS numeric) AS text) ELSE cast({0} AS text) END",
        date="to_char({0}, 'YYYY-MM-DD')",
        timestamp="to_char({0}, 'YYYY-MM-DD HH24:MI:SS.US')",
    ),
}

# up to here a double tells 1e-9 apart, and 1e9 times it is a whole number that a double holds exactly; above, it is taken as it is
_SMALL = "4e6"
# first to 12 digits, then to 9: the last bit of a double must not decide where 1/1024 goes. Plain arithmetic of doubles, which is the
# same everywhere, and several times cheaper than decimal(38, 12)
_ROUNDED = "cast(cast(floor(floor({0} * 1e12 + 0.5) / 1e3 + 0.5) AS bigint) AS varchar)"
_NUMBER = f"CASE WHEN abs({{0}}) < {_SMALL} THEN {_ROUNDED} ELSE {{large}} END"

_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("text", "varchar", "character varying", "char", "character"), "text"),
    **dict.fromkeys(("smallint", "integer", "bigint", "hugeint", "boolean"), "plain"),
    **dict.fromkeys(("double", "double precision", "real", "float", "numeric", "decimal"), "number"),
    "date": "date",
    "timestamp": "timestamp",
    "timestamp without time zone": "timestamp",
}


def mart_entries(query: Query, engine: str, schema: str = SCHEMA) -> dict[str, MartEntry]:
    """Rows and hash of every table of the schema, by `marts.<table>` however the schema is called. Raises NoHash."""
    sql = f"SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = '{schema}'"
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in query(sql).iter_rows():
        tables.setdefault(table, {})[column] = kind
    return {f"{SCHEMA}.{table}": _entry(query, engine, f'{schema}."{table}"', tables[table]) for table in sorted(tables)}


def _entry(query: Query, engine: str, table: str, columns: Mapping[str, str]) -> MartEntry:
    counted = sorted(set(columns) - RUN_COLUMNS)
    [(rows, first, second)] = query(hash_sql(engine, table, {name: columns[name] for name in counted})).iter_rows()
    return MartEntry(int(rows), _digest([*counted, str(rows), first, second]))


def hash_sql(engine: str, table: str, columns: Mapping[str, str]) -> str:
    """One row: how many rows there are, and the sums over all rows of the two halves of the md5 of the row, as text."""
    dialect = _DIALECTS[engine]
    texts = ", ".join(f"{_text(dialect, name, kind)} AS c{number}" for number, (name, kind) in enumerate(columns.items()))
    # the length before the text: nothing that a text holds makes two columns look like others; NULL is no empty text
    row = " || ".join(f"coalesce(cast(length(c{number}) AS varchar) || ':' || c{number}, '-')" for number in range(len(columns)))
    halves = (f"coalesce(cast(sum({dialect.half.format('digest', start)}) AS varchar), '0') AS sum_{start}" for start in (1, 16))
    digests = f"SELECT md5({row}) AS digest FROM (SELECT {texts} FROM {table}) AS texts"
    return f"SELECT count(*) AS row_count, {', '.join(halves)} FROM ({digests}) AS digests"


def _text(dialect: _Dialect, name: str, data_type: str) -> str:
    kind = _KINDS.get(data_type.lower().partition("(")[0])
    column = '"' + name.replace('"', '""') + '"'
    if kind == "number":
        double = f"cast({column} AS double precision)"
        return _NUMBER.format(double, large=dialect.large.format(double))
    if kind is None:
        raise NoHash(f"Графа «{name}» типа {data_type}: для этого типа не сказано, как сверять содержание витрин")
    return {
        "text": column,
        "plain": f"cast({column} AS varchar)",
        "date": dialect.date.format(column),
        "timestamp": dialect.timestamp.format(column),
    }[kind]


def _digest(lines: Sequence[Any]) -> str:
    return sha256("\n".join(str(line) for line in lines).encode()).hexdigest()
