"""Looks for people where there must be none: everything under a home but vault/, landing/ and archive/.

Whom to look for is told by the landing files and the declarations (`personal:`), rejected rows included; how a number may be spelled
is said here. Databases are searched through SQL and as bytes, bytes in every encoding that a program may write.
At least as strict as ../shared/acceptance/compare.py, whose list of needles is made by hand.
"""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from ingest.declarations import Column, Source, load_sources
from ingest.faults import FileFault
from ingest.grid import Table
from ingest.known import FixedKnown
from ingest.readers import read_grids
from ingest.recognise import recognise
from ingest.settings import Limits

SEALED = ("vault", "landing", "archive")
# how many words may stand between a surname and a first name: in a text, in a row of a table
REACH, REACH_IN_A_ROW = 2, 40
# nine tenths of a database file of a small region are pages without a byte
_BLANK = bytes(4096)

_SPACES = rb"\x20-\x7e\t\r\n"
# runs of text in whatever bytes, by encoding: as `strings` finds them, Russian ones too
_RUNS = {
    "utf-8": re.compile(rb"(?:[" + _SPACES + rb"]|[\xd0\xd1][\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2[\x80-\x84][\x80-\xbf]){8,}"),
    "cp1251": re.compile(rb"[" + _SPACES + rb"\xa0\xa8\xab\xb8-\xbb\xc0-\xff]{8,}"),
    "utf-16-le": re.compile(rb"(?:[" + _SPACES + rb"]\x00|[\x01-\x5f]\x04){8,}", re.DOTALL),
    "utf-16-be": re.compile(rb"(?:\x00[" + _SPACES + rb"]|\x04[\x01-\x5f]){8,}", re.DOTALL),
}
_WORD = re.compile(r"[А-Яа-яЁё][А-Яа-яЁё-]*")
_MAIL = r"[\w.+-]+@[\w-]+\.[\w.-]+"
# СНИЛС; series and number of an identity document in one cell or in two, their zeros lost or not
_NUMBERS = (r"\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{2}\b", r"""\b[0-9]{3,4}[\s;,|"'-]{0,4}[0-9]{6}\b""", r"\b[0-9]{9,10}\b")
_DOCUMENT = r"[0-9A-Za-zА-Яа-яЁё№–—-]*[0-9]{4}[0-9A-Za-zА-Яа-яЁё№–—-]*"


def _fold(text: str) -> str:
    return text.lower().replace("ё", "е")


def _digits(text: str) -> str:
    """Digits alone; leading zeros do not count, since a number has none."""
    return re.sub(r"\D", "", text).lstrip("0")


def _document(text: str) -> str:
    """A document number as it is compared: its letters and digits."""
    return re.sub(r"[^0-9A-ZА-ЯЁ]", "", text.upper()).lstrip("0")


@dataclass
class Needles:
    """What must not be found: (surname, first name) in either order, numbers as digits, document numbers, e-mails."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)

    def found_in(self, texts: pl.Series, reach: int = REACH) -> Iterator[str]:
        """Everybody in any of these texts."""
        for patterns, made, needles in (
            (_NUMBERS, _digits, self.numbers),
            ((_DOCUMENT,), _document, self.documents),
            ((_MAIL,), _fold, self.mails),
        ):
            for pattern in patterns:
                said = texts.str.extract_all(pattern).explode().drop_nulls().unique()
                yield from (text for text in said if made(text) in needles)
        surnames = sorted({surname for surname, _ in self.pairs})
        folded = texts.str.to_lowercase().str.replace_all("ё", "е", literal=True)
        for text in folded.filter(folded.str.contains_any(surnames)):
            words = _WORD.findall(text)
            for at, word in enumerate(words):
                near = words[max(0, at - reach) : at + reach + 1]
                yield from (f"{word} {first}" for first in near if (word, first) in self.pairs)

    def add(self, table: Table, columns: dict[str, Column]) -> None:
        """The people of a table."""
        cells = {
            name: table.rows[name].cast(pl.String) for name, column in columns.items() if column.personal and name in table.rows.columns
        }
        for surname in [name for name in cells if name.endswith("last_name")]:
            first = surname.replace("last_name", "first_name")
            if first in cells:
                self.pairs |= set(filter(None, map(_pair, cells[surname], cells[first])))
        for name, texts in cells.items():
            written = texts.drop_nulls().unique()
            self.mails |= {_fold(mail) for text in written for mail in re.findall(_MAIL, text)}
            if columns[name].type in ("snils", "identity_document"):
                self.numbers |= {_digits(text) for text in written if len(re.sub(r"\D", "", text)) >= 9}
            elif columns[name].type == "document_number":
                self.documents |= {code for code in map(_document, written) if len(code) >= 6 and re.search("[0-9]{4}", code)}


def _pair(surname: str | None, first: str | None) -> tuple[str, str] | None:
    pair = tuple(_fold(" ".join(_WORD.findall(name or ""))) for name in (surname, first))
    return (pair[0], pair[1]) if all(pair) else None


def needles_of(landing: Path) -> Needles:
    """Everybody in the files under landing/, whether their rows load or not."""
    needles, sources = Needles(), load_sources()
    for path in sorted(path for path in landing.rglob("*") if path.is_file()):
        for table, source in _tables(path, landing, sources):
            needles.add(table, source.layouts[table.layout].columns)
    return needles


def _tables(path: Path, landing: Path, sources: dict[str, Source]) -> list[tuple[Table, Source]]:
    try:
        winners = recognise(read_grids(path, Limits()), sources, path.relative_to(landing).parts[0], FixedKnown())
    except FileFault:
        return []
    return [(table, winner.source) for winner in winners for table in winner.tables]


# ---- where to look -----------------------------------------------------------------------------------------------------------


def leaks_under(home: Path, needles: Needles, besides: tuple[str, ...] = ()) -> list[str]:
    """Where somebody was found, and whom: every file of a home but the sealed folders, and those that are looked at elsewhere."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file() and path.relative_to(home).parts[0] not in (*SEALED, *besides)]
    return [f"{path.relative_to(home)}{where}: {whom}" for path in files for where, whom in leaks_in_file(path, needles)]


def leaks_in_text(text: str, needles: Needles) -> list[str]:
    """Whom a text names, line by line."""
    return list(needles.found_in(pl.Series(text.splitlines(), dtype=pl.String)))


def leaks_in_file(path: Path, needles: Needles) -> Iterator[tuple[str, str]]:
    """Whom a file holds: in its name, as bytes, and as what it is."""
    data = path.read_bytes()
    # all at once: a home has a thousand small files, and each question costs more than most of them
    texts = pl.Series([path.name, *_texts(data)], dtype=pl.String)
    yield from (("", whom) for whom in needles.found_in(texts))
    if data[8:12] == b"DUCK":
        rows = _duckdb_rows(path)
    elif data.startswith(b"SQLite format 3"):
        rows = _sqlite_rows(path)
    elif data.startswith(b"PAR1"):
        rows = iter([("", pl.read_parquet(io.BytesIO(data)))])
    else:
        return
    for where, frame in rows:
        yield from ((f": {where}", whom) for whom in needles.found_in(_as_texts(frame), REACH_IN_A_ROW))


def _texts(data: bytes) -> Iterator[str]:
    """What may be text in it, in every encoding, and unpacked where it is packed."""
    written = _written(data)
    for encoding, runs in _RUNS.items():
        yield from (run.decode(encoding, "replace") for run in set(runs.findall(written)))
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from _texts(archive.read(name))
    elif data.startswith(b"\x1f\x8b"):
        yield from _texts(gzip.decompress(data))


def _written(data: bytes) -> bytes:
    """The pages that hold something; one blank page stays for a row of them, so that what they part is not brought together."""
    pages = [data[at : at + len(_BLANK)] for at in range(0, len(data), len(_BLANK))]
    return b"".join(page for page, last in zip(pages, [b"", *pages], strict=False) if page != _BLANK or last != _BLANK)


def _duckdb_rows(path: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for schema, table in connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            yield f"{schema}.{table}", connection.sql(f'SELECT COLUMNS(*)::VARCHAR FROM "{schema}"."{table}"').pl()


def _sqlite_rows(path: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.text_factory = lambda data: data.decode(errors="replace")
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            rows = [[cell.decode(errors="replace") if isinstance(cell, bytes) else cell and str(cell) for cell in row] for row in cursor]
            yield table, pl.DataFrame(rows, schema=[(column[0], pl.String) for column in cursor.description], orient="row")


def _as_texts(rows: pl.DataFrame) -> pl.Series:
    """Every row as one text: a name may stand in two columns, a document's series and number too."""
    texts = (
        rows.select(pl.concat_str(pl.all().cast(pl.String), separator=" | ", ignore_nulls=True)) if rows.width else pl.DataFrame({"": []})
    )
    return texts.to_series().cast(pl.String).drop_nulls().unique()
