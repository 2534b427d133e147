"""CSV as people save it: encoding and separator found out, broken quotes kept from shifting rows.

A row of the grid is a record, so a quoted cell with line breaks counts as one row, as in a spreadsheet.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

import polars as pl

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, make_grid
from ingest.settings import Limits

_SAMPLE = 500
_MOST_LINES_IN_A_CELL = 200
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read(data: bytes, limits: Limits) -> list[Grid]:
    """The one grid of a CSV file. Raises FileFault."""
    lines = _lines(decode(data))
    if not lines.len():
        raise unreadable("в нём нет ни одной непустой строки")
    if lines.len() > limits.rows:
        raise too_large(f"{lines.len()} строк при пределе {limits.rows}")
    separator, usual = _separator(lines)
    fields = _fields(lines, separator, usual)
    width = fields.list.len().max()
    assert isinstance(width, int)
    if width > limits.columns:
        raise too_large(f"{width} столбцов при пределе {limits.columns}")
    columns = [fields.list.get(index, null_on_oob=True) for index in range(width)]
    return [make_grid("", columns)]


def decode(data: bytes) -> str:
    """Text of a file in UTF-8 (with BOM or without), UTF-16 with BOM, or else cp1251. Raises FileFault."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif _CONTROL.search(data[:1_000_000]):
        raise unreadable("это не таблица и не текст")
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("кодировка не UTF-8 и не Windows-1251")


def _lines(text: str) -> pl.Series:
    """The lines without their ends; empty lines after the last cell are dropped, all others count."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = pl.Series("line", [text.rstrip()]).str.split("\n").explode().str.strip_chars_end("\r")
    return lines.clear() if text.isspace() or not text else lines


def _separator(lines: pl.Series) -> tuple[str, int]:
    """The character that divides the most lines into the same number of cells, and how many of it a line usually has.

    A comma is in doubt: a line of n cells may have n decimal commas.
    """
    sample = [_QUOTED.sub("", line) for line in lines.head(_SAMPLE) if line.strip()]
    score, usual, best = max(_score(sample, separator) for separator in ";\t")
    commas, usual_commas, _ = _score(sample, ",")
    if commas > score and (score < 0.5 or usual_commas > usual + 1):
        return ",", usual_commas
    return best, usual


def _score(lines: list[str], separator: str) -> tuple[float, int, str]:
    counts = Counter(line.count(separator) for line in lines)
    return max((count * times / len(lines), count, separator) for count, times in [*counts.items(), (0, 0)])


def _fields(lines: pl.Series, separator: str, usual: int) -> pl.Series:
    """The cells of every record, as lists."""
    quotes = lines.str.count_matches('"', literal=True)
    if not (quotes > 0).any():
        return lines.str.split(separator)
    records = _records(lines, quotes, separator, usual).with_row_index("n")
    has_quotes = records["record"].str.contains('"', literal=True)
    plain = records.filter(~has_quotes).select("n", fields=pl.col("record").str.split(separator))
    quoted = _quoted_fields(records.filter(has_quotes), separator)
    return pl.concat([plain, quoted]).sort("n")["fields"]


def _records(lines: pl.Series, quotes: pl.Series, separator: str, usual: int) -> pl.DataFrame:
    """Lines put together where a quoted cell goes on over line ends; a quote that nobody closes stays a character."""
    odd = (quotes % 2 == 1).arg_true().to_list()
    joins = _joins(lines, odd, separator, usual)
    if not joins:
        return lines.alias("record").to_frame()
    continued = pl.Series(pl.repeat(False, lines.len(), eager=True))
    continued = continued.scatter([line for first, last in joins for line in range(first + 1, last + 1)], True)
    frame = pl.DataFrame({"record": lines, "start": (~continued).cum_sum()})
    return frame.group_by("start", maintain_order=True).agg(pl.col("record").str.join("\n")).select("record")


def _joins(lines: pl.Series, odd: list[int], separator: str, usual: int) -> list[tuple[int, int]]:
    """First and last lines of the records that take several lines, among the lines with an odd number of quotes."""
    whole = _whole_record(separator)
    joins, at = [], 0
    while at + 1 < len(odd):
        first, last = odd[at], odd[at + 1]
        if last - first < _MOST_LINES_IN_A_CELL and _is_one_record(lines[first : last + 1].to_list(), whole, separator, usual):
            joins.append((first, last))
            at += 2
        else:
            at += 1
    return joins


def _is_one_record(lines: list[str], whole: re.Pattern[str], separator: str, usual: int) -> bool:
    """Well quoted as one record of no more cells than usual, without lines that look like records of their own."""
    record = "\n".join(lines)
    if not whole.fullmatch(separator + record):
        return False
    if not usual:
        return True
    swallows = any(line.count(separator) >= usual and whole.fullmatch(separator + line) for line in lines[1:-1])
    is_all_records = all(line.count(separator) >= usual for line in lines)
    return not swallows and not is_all_records and _QUOTED.sub("", record).count(separator) <= usual


def _whole_record(separator: str) -> re.Pattern[str]:
    plain = f'[^"{separator}\n][^{separator}\n]*'
    return re.compile(f'(?:{separator}(?:"(?:[^"]|"")*"|{plain}|))*')


def _quoted_fields(records: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Cells of records with quotes: well quoted ones are unquoted; where the quotes are broken they do not bind cells together."""
    whole = pl.concat_str(pl.lit(separator), "record")
    tokens = records.with_columns(token=whole.str.extract_all(f'{separator}(?:"(?:[^"]|"")*"|[^{separator}]*)'))
    is_whole = pl.col("token").list.eval(pl.element().str.len_bytes()).list.sum() == whole.str.len_bytes()
    well_quoted = pl.col("token").list.eval(pl.element().str.slice(1))
    fields = pl.when(is_whole).then(well_quoted).otherwise(pl.col("record").str.split(separator))
    return tokens.select("n", fields=fields.list.eval(_unquoted(pl.element())))


def _unquoted(cell: pl.Expr) -> pl.Expr:
    """A quoted cell without its quotes; of a broken one the quotes at its ends are dropped."""
    is_quoted = cell.str.contains('^"(?:[^"]|"")*"$')
    is_broken = cell.str.starts_with('"') | (cell.str.count_matches('"', literal=True) % 2 == 1)
    within = pl.when(is_quoted).then(cell.str.slice(1, cell.str.len_chars() - 2)).otherwise(cell.str.strip_chars('"'))
    return pl.when(is_quoted | is_broken).then(within.str.replace_all('""', '"', literal=True)).otherwise(cell)
