"""Files spoilt on purpose: small real-looking files, and mutations of which it is known what a reader may make of them.

A mutation is a function of a random generator and a base file; it answers with a mutant, or None where it does not apply.
What a mutant must give is judged in test_fuzz.py.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import openpyxl
from ingest_files import write_ods, write_xls, write_xlsx

from ingest.declarations import Source
from ingest.text import fold_header

Cells = list[list[object]]
SEPARATORS = ";,\t"
HEAD_ROWS = 40


@dataclass(frozen=True)
class Base:
    """A file as it is, and its cells: of a CSV one sheet without a name, of a register of JSON lines none."""

    name: str
    content: bytes
    source: Source
    encoding: str = ""
    separator: str = ""
    sheets: Mapping[str, Cells] = field(default_factory=dict)

    @property
    def is_workbook(self) -> bool:
        return self.content.startswith(b"PK")

    @property
    def headers(self) -> frozenset[str]:
        """Every header of the source's declaration; a classifier has none, its columns are known by their places."""
        return frozenset[str]().union(*(layout.folded_headers for layout in self.source.layouts.values()))

    def header(self, sheet: str) -> int:
        """The row that says most of what the source's declaration calls a header."""
        said, rows = self.headers, self.sheets[sheet][:HEAD_ROWS]
        return max(range(len(rows)), key=lambda row: sum(fold_header(str(cell)) in said for cell in rows[row] if cell))

    def written(self, sheets: Mapping[str, Cells], hidden: str = "") -> bytes:
        """The file with these cells, in the format of this one."""
        if self.is_workbook:
            return as_xlsx(sheets, hidden)
        return as_csv(next(iter(sheets.values())), self.encoding, self.separator)


@dataclass(frozen=True)
class Mutant:
    """A spoilt file. `touched`: sheet, row (from 1) and column (from 0) of the one cell that was changed; `bytes`: which were."""

    content: bytes
    name: str = ""
    touched: tuple[str, int, int] | None = None
    bytes: tuple[int, ...] = ()


Mutation = Callable[[Random, Base], Mutant | None]


def load_base(path: Path, name: str, source: Source) -> Base:
    """The file and its cells."""
    content = path.read_bytes()
    if content.startswith(b"PK") and path.suffix == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
        return Base(name, content, source, sheets=sheets)
    if content.startswith((b"PK", b"\xd0\xcf", b"{", b"<")):
        return Base(name, content, source)
    try:
        encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1251"
        text = content.decode(encoding)
    separator = max(SEPARATORS, key=text.count)
    return Base(
        name,
        content,
        source,
        encoding,
        separator,
        {"": [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]},
    )


def as_csv(
    rows: Sequence[Sequence[object]], encoding: str, separator: str, newline: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    """The rows as text; what the encoding has no letter for goes as the bytes of a broken program."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=newline, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode(encoding, "surrogatepass" if encoding.startswith("utf-8") else "replace")


def as_xlsx(sheets: Mapping[str, Cells], hidden: str = "", corner: tuple[int, int] = (0, 0)) -> bytes:
    """The rows as a workbook."""
    with TemporaryDirectory() as folder:
        named = {name or "Лист1": rows for name, rows in sheets.items()}
        return write_xlsx(Path(folder) / "x", named, hidden, corner).read_bytes()


# ---- what changes nothing ----------------------------------------------------------------------------------------------------


def _changed(change: Callable[[Random, Cells, int], Cells]) -> Mutation:
    """The same change of rows on every sheet; it is told where the header stands."""

    def mutation(rng: Random, base: Base) -> Mutant | None:
        if not base.sheets or not base.headers:
            return None
        sheets = {name: change(rng, [list(row) for row in rows], base.header(name)) for name, rows in base.sheets.items() if rows}
        return Mutant(base.written(sheets))

    return mutation


def _of_text(write: Callable[[Random, Base, Cells], bytes]) -> Mutation:
    return lambda rng, base: Mutant(write(rng, base, base.sheets[""])) if "" in base.sheets else None


def _of_workbook(write: Callable[[Random, Base], bytes]) -> Mutation:
    return lambda rng, base: Mutant(write(rng, base)) if base.is_workbook and base.sheets else None


def _encodings(base: Base) -> list[str]:
    """The encodings that have every letter of the file."""
    text = base.content.decode(base.encoding)
    fits = text.encode("cp1251", "replace").decode("cp1251") == text
    return ["utf-8", "utf-8-sig", "utf-16", *(["cp1251"] if fits else [])]


def _other_quoting(rng: Random, base: Base, rows: Cells) -> bytes:
    return as_csv(rows, base.encoding, rng.choice(SEPARATORS), rng.choice(["\n", "\r\n"]), rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))


def _corner(rng: Random, base: Base) -> tuple[int, int]:
    """Where a table may begin; one without a header is known by its places."""
    return (rng.randint(0, 3), rng.randint(0, 3)) if base.headers else (0, 0)


def _as_other_workbook(rng: Random, base: Base, rows: Cells) -> bytes:
    with TemporaryDirectory() as folder:
        write = rng.choice([write_xls, write_ods])
        return write(Path(folder) / "x", rows).read_bytes()


def _titles(rng: Random, rows: Cells, header: int) -> Cells:
    return [
        *rng.choice([[["Выгрузка"]], [[], ["", "Министерство образования"], []], [["Для служебного пользования", "", "лист 1"]]]),
        *rows,
    ]


def _blank_rows(rng: Random, rows: Cells, header: int) -> Cells:
    for _ in range(rng.randint(1, 4)):
        rows.insert(rng.randint(min(header + 2, len(rows)), len(rows)), rng.choice([[], ["", " "]]))
    return rows


def _blank_columns(rng: Random, rows: Cells, header: int) -> Cells:
    for place in sorted(rng.sample(range(len(rows[header]) + 1), 2), reverse=True):
        rows = [[*row[:place], None, *row[place:]] if len(row) > place else row for row in rows]
    return rows


def _footers(rng: Random, rows: Cells, header: int) -> Cells:
    return [*rows, [], *rng.choice([[["Итого"]], [["Всего участников:", "", ""]], [["Средние"], ["Минимальная граница"]]])]


def _header_case(rng: Random, rows: Cells, header: int) -> Cells:
    change: Callable[[str], str] = rng.choice(
        [str.upper, str.lower, lambda text: text.replace(" ", "\u00a0"), lambda text: f" {text} ", lambda text: text.replace("ё", "е")]
    )
    # a task of a report is no header word: its letter case is its number (1К1)
    rows[header] = [change(cell) if isinstance(cell, str) and "(" not in cell else cell for cell in rows[header]]
    return rows


def _repeated_header(rng: Random, rows: Cells, header: int) -> Cells:
    rows.insert(rng.randint(min(header + 2, len(rows)), len(rows)), list(rows[header]))
    return rows


def _hidden(rng: Random, base: Base) -> bytes:
    return as_xlsx({**base.sheets, "Заметки": [["Заметки методиста"], ["проверить", "до пятницы"]]}, hidden=next(iter(base.sheets)))


PRESERVING: dict[str, Mutation] = {
    "written again": _changed(lambda rng, rows, header: rows),
    "another encoding": _of_text(lambda rng, base, rows: as_csv(rows, rng.choice(_encodings(base)), base.separator)),
    "another separator, quotes, line ends": _of_text(_other_quoting),
    "text as .xlsx": _of_text(lambda rng, base, rows: as_xlsx(base.sheets, corner=_corner(rng, base))),
    "text as .xls or .ods": _of_text(_as_other_workbook),
    "titles above": _changed(_titles),
    "blank rows": _changed(_blank_rows),
    "blank columns": _changed(_blank_columns),
    "footers below": _changed(_footers),
    "the header in another letter case": _changed(_header_case),
    "the header once more": _changed(_repeated_header),
    "sheets in another order": _of_workbook(lambda rng, base: as_xlsx(dict(reversed(base.sheets.items())))),
    "hidden and foreign sheets": _of_workbook(_hidden),
    "another name": lambda rng, base: Mutant(base.content, name=f"{base.name}.{rng.choice(['txt', 'xls', 'csv', 'xlsx', 'ods', 'pdf'])}"),
}

# ---- one cell ----------------------------------------------------------------------------------------------------------------

GARBAGE: dict[str, object] = {
    "nothing": "",
    "an X": "X",
    "a word": "нет данных",
    "a number": 7,
    "a negative number": "-5",
    "a huge number": "1e308",
    "more digits than a float has": "9" * 40,
    "infinity": "inf",
    "a day that is none": "31.02.2024",
    "a day far away": "01.01.9999",
    "a serial number": 45_000,
    "spaces": " \u00a0\u2003 ",
    "control characters": "\x01\x02\x1f",
    "a line end": "первая\nвторая",
    "a quote": 'ООО "Ромашка',
    "separators": "а;б,в\tг",
    "a formula": "=1+1",
    "a dangerous formula": "=cmd|'/c calc'!A1",
    "a very long text": "Я" * 32_000,
    "40,000 letters": "ы" * 40_000,
    "marks of direction": "\u202e\u200f540101\u202c",
    "invisible characters": "\ufeff5\u200b",
    "other digits": "١٢٣",
    "emoji": "👩‍🏫 5",
    "combining marks": "и\u0306" * 20,
    "a NUL": "a\0b",
    "half a surrogate": "\ud83d",
}
# text with one of these is no text any more: the whole file may be refused
NO_TEXT = {"control characters", "a NUL", "half a surrogate"}


def _one_cell(value: object) -> Mutation:
    def mutation(rng: Random, base: Base) -> Mutant | None:
        rows = {
            name: [row for row in range(base.header(name) + 1, len(cells)) if any(cells[row])]
            for name, cells in base.sheets.items()
            if cells
        }
        places = [(name, row) for name, numbers in rows.items() for row in numbers]
        if not places:
            return None
        name, row = rng.choice(places)
        column = rng.randrange(len(base.sheets[name][row]))
        sheets = {sheet: [list(cells) for cells in grid] for sheet, grid in base.sheets.items()}
        if base.is_workbook and isinstance(value, str) and not value.isprintable():
            sheets[name][row][column] = value.encode("utf-8", "replace").decode()
        else:
            sheets[name][row][column] = value
        if base.encoding == "cp1251":
            # such a program would have written UTF-8
            base = replace(base, encoding="utf-8")
        return Mutant(base.written(sheets), touched=(name, row + 1, column))

    return mutation


def _merged(rng: Random, base: Base) -> Mutant | None:
    """A cell merged with the one above it, which swallows what it said."""
    if not base.is_workbook or not base.sheets:
        return None
    name = rng.choice([name for name, rows in base.sheets.items() if rows])
    rows, first = base.sheets[name], base.header(name) + 2
    if len(rows) <= first + 1:
        return None
    row, column = rng.randrange(first + 1, len(rows)), rng.randrange(len(rows[first]))
    book = openpyxl.load_workbook(io.BytesIO(base.content))
    book[name].merge_cells(start_row=row, end_row=row + 1, start_column=column + 1, end_column=column + 1)
    out = io.BytesIO()
    book.save(out)
    return Mutant(out.getvalue(), touched=(name, row + 1, column))


CELLS: dict[str, Mutation] = {**{f"a cell: {name}": _one_cell(value) for name, value in GARBAGE.items()}, "cells merged": _merged}

# ---- the whole file ----------------------------------------------------------------------------------------------------------


def _flip(rng: Random, base: Base) -> Mutant:
    content = bytearray(base.content)
    places = tuple(rng.randrange(len(content)) for _ in range(rng.choice([1, 1, 2, 8])))
    for place in places:
        content[place] ^= 1 << rng.randrange(8)
    return Mutant(bytes(content), bytes=places)


def _overwrite(rng: Random, base: Base) -> Mutant:
    content, place = bytearray(base.content), rng.randrange(len(base.content))
    length = rng.choice([1, 4, 64])
    content[place : place + length] = rng.randbytes(length)
    return Mutant(bytes(content), bytes=tuple(range(place, place + length)))


def _insert(rng: Random, base: Base) -> Mutant:
    place, length = rng.randrange(len(base.content)), rng.choice([1, 5, 100])
    return Mutant(base.content[:place] + rng.randbytes(length) + base.content[place:], bytes=(place,) * length)


def _cut_out(rng: Random, base: Base) -> Mutant:
    place, length = rng.randrange(len(base.content)), rng.choice([1, 5, 100])
    return Mutant(base.content[:place] + base.content[place + length :], bytes=tuple(range(place, place + length)))


def _truncate(rng: Random, base: Base) -> Mutant:
    place = rng.randrange(1, len(base.content))
    return Mutant(base.content[:place], bytes=tuple(range(max(place - 1, 0), len(base.content))))


def _directory(rng: Random, base: Base) -> Mutant | None:
    """Bytes of the zip's central directory, which is at its end."""
    if not base.content.startswith(b"PK"):
        return None
    content, start = bytearray(base.content), base.content.rindex(b"PK\x01\x02")
    for _ in range(3):
        content[rng.randrange(start, len(content))] = rng.randrange(256)
    return Mutant(bytes(content))


def _entry(rng: Random, base: Base) -> Mutant | None:
    """One entry of the archive cut, emptied, taken away or spoilt; the archive itself stays whole."""
    if not base.content.startswith(b"PK"):
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base.content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoilt:
        chosen = rng.choice([name for name in archive.namelist() if name.endswith(("xml", "rels"))])
        what = rng.choice(["cut", "empty", "gone", "unclosed", "binary"])
        for name in archive.namelist():
            data = archive.read(name)
            if name == chosen:
                middle = len(data) // 2
                data = {
                    "cut": data[:middle],
                    "empty": b"",
                    "unclosed": data[:middle] + b"<<&" + data[middle:],
                    "binary": rng.randbytes(300),
                }.get(what, data)
            if not (name == chosen and what == "gone"):
                spoilt.writestr(name, data)
    return Mutant(out.getvalue())


def _entity(rng: Random, base: Base) -> Mutant | None:
    """A document type with entities that grow, in front of the first sheet."""
    if not base.is_workbook:
        return None
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base.content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoilt:
        for name in archive.namelist():
            data = archive.read(name)
            if "sheet" in name and name.endswith(".xml"):
                start, mark, rest = data.partition(b"?>")
                data = start + mark + bomb + rest if mark else data
            spoilt.writestr(name, data)
    return Mutant(out.getvalue())


def _header_cell(change: Callable[[Random, Cells, int, int], None]) -> Mutation:
    def mutation(rng: Random, base: Base) -> Mutant | None:
        sheets = {name: [list(row) for row in rows] for name, rows in base.sheets.items()}
        names = [name for name, rows in sheets.items() if rows]
        if not names:
            return None
        name = rng.choice(names)
        header = base.header(name)
        column = rng.choice([index for index, cell in enumerate(sheets[name][header]) if cell])
        change(rng, sheets[name], header, column)
        return Mutant(base.written(sheets), touched=(name, header + 1, column))

    return mutation


def _rename(rng: Random, rows: Cells, header: int, column: int) -> None:
    rows[header][column] = rng.choice(["", "Графа", "1", "Примечание для себя"])


def _drop_column(rng: Random, rows: Cells, header: int, column: int) -> None:
    for row in rows:
        del row[column : column + 1]


def _twice(rng: Random, base: Base) -> Mutant | None:
    """The file with itself below, as people put files together."""
    return Mutant(base.content.rstrip() + b"\r\n" + base.content.removeprefix(b"\xef\xbb\xbf")) if "" in base.sheets else None


WHOLE: dict[str, Mutation] = {
    "twice in one file": _twice,
    "bits flipped": _flip,
    "bytes overwritten": _overwrite,
    "bytes inserted": _insert,
    "bytes cut out": _cut_out,
    "truncated": _truncate,
    "a damaged zip directory": _directory,
    "a spoilt entry of the archive": _entry,
    "entities": _entity,
    "a header renamed": _header_cell(_rename),
    "a column dropped": _header_cell(_drop_column),
}
