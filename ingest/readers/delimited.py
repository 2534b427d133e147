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
_LOOKED_AT = 100_000
_CONTROL = bytes({*range(0x20)} - {*b"\t\n\v\f\r"})
_NBSP = "\u00a0".encode()
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read(data: bytes, limits: Limits) -> list[Grid]:
    """The one grid of a CSV file. Raises FileFault."""
    for encoding in _encodings(data):
        try:
            return [_grid(_utf8(data, encoding), limits)]
        except UnicodeError:
            continue
    raise unreadable("кодировка не UTF-8 и не Windows-1251")


def _encodings(data: bytes) -> list[str]:
    """UTF-16 says what it is; what is no UTF-8, which is found out by reading it, is cp1251. Raises FileFault."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    head = data[:_LOOKED_AT]
    if len(head.translate(None, _CONTROL)) < len(head):
        raise unreadable("это не таблица и не текст")
    return ["utf-8", "cp1251"]


def _utf8(data: bytes, encoding: str) -> bytes:
    """The text with `\\n` at the ends of its lines but the last, and without empty lines after it."""
    if encoding == "cp1251":
        _refuse_spoilt_utf8(data)
    text = data.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else data.decode(encoding).encode()
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    text = text.rstrip()
    while text.endswith(_NBSP):
        text = text.removesuffix(_NBSP).rstrip()
    return text


def _refuse_spoilt_utf8(data: bytes) -> None:
    """One spoilt or missing byte in UTF-8 must not turn every letter of the file into two others. Raises FileFault."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        around = data[max(0, error.start - _LOOKED_AT) : error.start + _LOOKED_AT].decode("utf-8", "replace")
        broken = around.count("\ufffd")
        if len(around) - len(around.encode("ascii", "ignore")) > 2 * broken:
            line = data.count(b"\n", 0, error.start) + 1
            raise unreadable(f"это текст в UTF-8, но в строке {line} он повреждён или оборван; выгрузите файл заново") from error


def _grid(text: bytes, limits: Limits) -> Grid:
    """Raises FileFault, and UnicodeError where the text is no UTF-8."""
    height = text.count(b"\n") + 1
    if height > limits.rows:
        raise too_large(f"{height} строк при пределе {limits.rows}")
    sample = _first_lines(text)
    if not any(map(str.strip, sample)) and not text.decode().strip():
        raise unreadable("в нём нет ни одной непустой строки")
    separator, usual = _separator(sample)
    width = max(line.count(separator) for line in sample) + 1
    cells = _quoted(text, separator, usual, limits) if b'"' in text else _parse(text, separator, width, limits)
    return make_grid("", list(cells))


def _first_lines(text: bytes) -> list[str]:
    end = -1
    for _ in range(_SAMPLE):
        end = text.find(b"\n", end + 1)
        if end < 0:
            return text.decode().split("\n")
    return text[:end].decode().split("\n")


def _parse(text: bytes, separator: str, width: int, limits: Limits) -> pl.DataFrame:
    """The cells of text whose quotes, if any, are all well-formed; `width` is tried first. Raises FileFault or UnicodeError."""
    _judge_size(text.count(b"\n") + 1, width, limits)
    # the first line says how wide the table is, and often it is a title alone
    padded = text.partition(b"\n")[0].count(separator.encode()) + 1 != width or b'"' in text
    source = separator.encode() * (width - 1) + b"\n" + text if padded else text
    schema = {f"c{index}": pl.String for index in range(width)}
    try:
        cells = pl.read_csv(source, has_header=False, separator=separator, quote_char='"' if b'"' in text else None, schema=schema)
    except pl.exceptions.ComputeError as error:
        if "utf-8" in str(error):
            raise UnicodeError from error
        widest = _widest(pl.Series([text.decode()]).str.split("\n").explode(), separator)
        if widest == width:
            raise unreadable("строки в нём не разделяются на ячейки") from error
        return _parse(text, separator, widest, limits)
    return cells.slice(int(padded))


def _widest(records: pl.Series, separator: str) -> int:
    """The most cells of a well-formed record."""
    most = records.str.replace_all(_QUOTED.pattern, "").str.count_matches(separator, literal=True).max()
    assert isinstance(most, int)
    return most + 1


def _judge_size(height: int, width: int, limits: Limits) -> None:
    """A short file may be a huge table: one long line makes all others as wide. Raises FileFault."""
    if width > limits.columns:
        raise too_large(f"{width} столбцов при пределе {limits.columns}")
    if height * width > limits.cells:
        raise too_large(f"{height} строк и {width} столбцов")


def _separator(lines: list[str]) -> tuple[str, int]:
    """The character that divides the most lines into the same number of cells, and how many of it a line usually has.

    A comma is in doubt: a line of n cells may have n decimal commas.
    """
    sample = [_QUOTED.sub("", line) for line in lines if line.strip()]
    score, usual, best = max(_score(sample, separator) for separator in ";\t")
    commas, usual_commas, _ = _score(sample, ",")
    if commas > score and (score < 0.5 or usual_commas > usual + 1):
        return ",", usual_commas
    return best, usual


def _score(lines: list[str], separator: str) -> tuple[float, int, str]:
    counts = Counter(line.count(separator) for line in lines)
    return max((count * times / len(lines), count, separator) for count, times in [*counts.items(), (0, 0)])


def _quoted(text: bytes, separator: str, usual: int, limits: Limits) -> pl.DataFrame:
    """The cells of text with quotes: records that are well-formed in one line apart from those that are not."""
    lines = pl.Series("line", [text.decode()]).str.split("\n").explode().str.strip_chars_end("\r")
    records = _records(lines, lines.str.count_matches('"', literal=True), separator, usual).with_row_index("n")
    cell = f'(?:"(?:[^"\n]|"")*"|[^"{separator}\n]*)'
    is_good = records["record"].str.contains(f"^{cell}(?:{separator}{cell})*$")
    good, broken = records.filter(is_good), _quoted_fields(records.filter(~is_good), separator)
    plain = pl.DataFrame()
    if good.height:
        plain = _parse("".join(f"{record}\n" for record in good["record"]).encode(), separator, _widest(good["record"], separator), limits)
    longest = broken["fields"].list.len().max() or 0
    assert isinstance(longest, int)
    _judge_size(records.height, max(plain.width, longest), limits)
    cells = broken.select("n", **{f"c{index}": pl.col("fields").list.get(index, null_on_oob=True) for index in range(longest)})
    return pl.concat([good.select("n").hstack(plain), cells], how="diagonal").sort("n").drop("n")


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
    is_all_records = all(_QUOTED.sub("", line).count(separator) >= usual for line in lines)
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
