"""Tables for hypothesis: typed rows drawn from a declaration, and the ways in which people write them into files.

A strategy knows what a value is in the end and the spellings that mean it; reading is never asked what it would make of one.
Left out, because no reader could tell: a single point or comma between thousands (1,234), a share that a workbook shows as per cent
(its stored value counts), dates as serial numbers outside 1954–2118 (they may be codes), a 12-digit ИНН or 15-digit ОГРН that lost two
zeros, a table of one column, a cell with a line end beside quotes or separators (it may be two records with a stray quote each).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st
from ingest_files import write_ods, write_xls, write_xlsx

from ingest.convert import value_of
from ingest.declarations import Column, Layout, Source
from ingest.settings import Settings
from ingest.text import name_key

Value = Any
Cell = str | int | float | date | None
Spelling = Callable[[Any], Cell]
Record = dict[str, Value]

AS_OF = date(2024, 12, 30)
NBSP, THIN = "\u00a0", "\u202f"
SCHOOLS = [f"{code:06d}" for code in range(80101, 80200)]
# every list that a tabular declaration may name, so that all codes drawn are known
KNOWN = {
    "school_code": SCHOOLS,
    "school_login": [f"edu{code}" for code in SCHOOLS],
    "school_inn": [f"08{code}55" for code in SCHOOLS],
    "municipality_code": ["m08-01", "m08-02", "08"],
    "oktmo": ["08701000", "54701000", "08601000"],
    "node_code": ["КЦ-1", "УМЦ-1", "УМЦ-2"],
    "survey_wave": ["2018-02", "2019-10"],
}
SUBJECTS = {"1": "Русский язык", "3": "Физика", "9": "Английский язык", "12": "Обществознание"}

# ---- values by type ----------------------------------------------------------------------------------------------------------

# no letter of «Итого», «Всего» or «Средние» begins a cell of these: such words begin footers
TEXTS = st.text("абвгдёАЁБ№«»\"'-,;.() 15", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


def _digits(length: int, nonzero: int = 0) -> st.SearchStrategy[str]:
    """Codes of this length, their first `nonzero` digits other than 0."""
    low = int("1" * nonzero or "0") * 10 ** (length - nonzero)
    return (
        st.integers(max(low, 1), 10**length - 1).map(lambda number: f"{number:0{length}d}").filter(lambda code: "0" not in code[:nonzero])
    )


def _numbers(column: Column, digits: int) -> st.SearchStrategy[float]:
    low, high = int(column.min or 0), int(min(column.max if column.max is not None else 5000, 5000))
    return st.integers(low * 10**digits, high * 10**digits).map(lambda number: number / 10**digits)


def _days(column: Column) -> st.SearchStrategy[date]:
    return st.dates(date(1955, 1, 1), date(2099, 12, 31) if column.future else AS_OF)


VALUES: dict[str, Callable[[Column], st.SearchStrategy[Value]]] = {
    "text": lambda column: TEXTS,
    "school_code": lambda column: st.sampled_from(SCHOOLS),
    "login": lambda column: st.sampled_from(KNOWN["school_login"]),
    "oktmo": lambda column: st.sampled_from(KNOWN["oktmo"]),
    "inn": lambda column: _digits(10) | _digits(12, nonzero=2),
    "ogrn": lambda column: _digits(13) | _digits(15, nonzero=2),
    "snils": lambda column: _digits(11),
    "region_code": lambda column: _digits(2),
    "msu_code": lambda column: _digits(3),
    "subject_code": lambda column: st.sampled_from(sorted(SUBJECTS)),
    "subject_name": lambda column: st.sampled_from(sorted(SUBJECTS)),
    "academic_year": lambda column: st.integers(1998, 2030).map(lambda year: f"{year}/{year + 1}"),
    "month": lambda column: st.dates(date(2010, 1, 1), AS_OF).map(lambda day: f"{day:%Y-%m}"),
    "scale": lambda column: st.sampled_from(["1-5", "0-10"]),
    "document_number": lambda column: _digits(6, nonzero=1) | _digits(12, nonzero=1) | _digits(6).map(lambda digits: f"УПК18{digits}"),
    "integer": lambda column: _numbers(column, 0).map(int),
    "number": lambda column: _numbers(column, 2),
    "result": lambda column: _numbers(column, 2),
    "date": _days,
    "yes_no": lambda column: st.booleans(),
}


def values_of(column: Column) -> st.SearchStrategy[Value]:
    """What a cell of this column may mean; None where it may be empty."""
    if column.values:
        values: st.SearchStrategy[Value] = st.sampled_from(column.values)
    elif column.known:
        values = st.sampled_from(KNOWN[column.known])
    else:
        values = VALUES[column.type](column)
    return values if column.required else values | st.none()


def rows_of(layout: Layout, most: int = 5) -> st.SearchStrategy[list[Record]]:
    """Rows that load, with different keys; every declared column is there, but those that are made of others."""
    row = st.fixed_dictionaries({name: values_of(column) for name, column in layout.columns.items() if not column.derived})
    return st.lists(row.map(lambda row: _consistent(row, layout)), min_size=1, max_size=most, unique_by=lambda row: key_of(row, layout))


def _consistent(row: Record, layout: Layout) -> Record:
    """The row with what its checks want made true."""
    # from the last to the first: of a chain of limits the upper ones are settled before the lower
    for check in reversed(layout.checks):
        for low, high in filter(None, (check.order, check.at_most)):
            if row[low] is not None and row[high] is not None:
                row[low] = min(row[low], row[high])
        if check.known_any:
            name, (known, *_) = next(iter(check.known_any.items()))
            row[name] = row[name] if row[name] in KNOWN[known] else KNOWN[known][0]
        assert check.known_row is None, "rows that wait for others are no matter of style"
    return row


def key_of(row: Record, layout: Layout) -> tuple[str, ...]:
    """The business key, as duplicates are judged."""
    values = {name: layout.columns[name].default if value is None else value for name, value in row.items()}
    parts = [values[key] if key in values else _folded(values[key.removesuffix("_key")]) for key in layout.key]
    return tuple(str(part) for part in parts)


def _folded(text: str | None) -> str | None:
    return None if text is None else name_key(text)


# ---- spellings ---------------------------------------------------------------------------------------------------------------


def _grouped(number: float, mark: str, point: str) -> str:
    return f"{number:,.2f}".replace(",", "\0").replace(".", point).replace("\0", mark)


def _dashed(digits: str, last: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]}{last}{digits[9:]}"


def _broken(text: str) -> str:
    """With a line end inside, where that can be only one thing."""
    return text if set(text) & set('";,\t') else text.replace(" ", "\n", 1)


def _short(code: str) -> str:
    return code.lstrip("0") or "0"


_CODE: list[Spelling] = [str, _short, lambda code: f"{_short(code)}.0", lambda code: f" {code}{NBSP}"]
_TEXT: list[Spelling] = [
    str,
    lambda text: text.replace(" ", NBSP),
    lambda text: f"  {text.replace(' ', '  ')} ",
    _broken,
]
_NUMBER: list[Spelling] = [
    lambda number: f"{number:.2f}",
    lambda number: f"{number:.2f}".replace(".", ","),
    lambda number: f"{number:.2f} %".replace(".", ","),
    lambda number: f"{number:.2f}%",
    lambda number: _grouped(number, NBSP, ","),
    lambda number: _grouped(number, " ", "."),
    lambda number: _grouped(number, THIN, ","),
    lambda number: _grouped(number, ".", ","),
    lambda number: _grouped(number, ",", "."),
    lambda number: f"{number:.2e}" if float(f"{number:.2e}") == number else f"{number}",
]
_WHOLE: list[Spelling] = [
    str,
    lambda number: f"{number:,}".replace(",", NBSP),
    lambda number: f"{number:,}".replace(",", " "),
    lambda number: f"{number},0",
]
_DATE: list[Spelling] = [
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.day}.{day.month}.{day.year} 9:05:00",
    lambda day: f"{day:%Y-%m-%d}T00:00:00",
    lambda day: f"{day:%d.%m.%Y} г.",
    lambda day: str((day - date(1899, 12, 30)).days),
]

TEXT_SPELLINGS: dict[str, list[Spelling]] = {
    "text": _TEXT,
    "school_code": _CODE,
    "region_code": _CODE,
    "msu_code": _CODE,
    "inn": _CODE,
    "ogrn": _CODE,
    "login": [str, str.upper, lambda login: f" {login[:3]} {login[3:]}"],
    "oktmo": [
        *_CODE,
        lambda code: f"{code[:2]} {code[2:5]} {code[5:]}",
        lambda code: f"{code}101",
        lambda code: f"{code[:2]} {code[2:5]} {code[5:]} 101",
    ],
    "snils": [
        *_CODE,
        lambda code: _dashed(code, " "),
        lambda code: _dashed(code, "-"),
        lambda code: f"{code[:3]} {code[3:6]} {code[6:9]} {code[9:]}",
    ],
    "subject_code": [str, lambda code: f"{int(code):02d}", SUBJECTS.__getitem__, lambda code: f"п:{int(code):02d}"],
    "subject_name": [SUBJECTS.__getitem__, lambda code: SUBJECTS[code].upper(), lambda code: f"{int(code):02d}"],
    "academic_year": [str, lambda year: year.replace("/", "-"), lambda year: f"{year[:5]}{year[7:]}", lambda year: f"{year} уч. год"],
    "month": [str, lambda month: f"{month[5:]}.{month[:4]}", lambda month: f"{month}-01"],
    "scale": [str, lambda scale: scale.replace("-", "–"), lambda scale: scale.replace("-", " - ")],
    "document_number": [str, str.lower, lambda code: f"№ {code}", lambda code: f"{code[:2]}-{code[2:]}", lambda code: f"00{code}"],
    "integer": _WHOLE,
    "result": _NUMBER,
    "number": _NUMBER,
    "date": _DATE,
    "yes_no": [
        lambda is_so: "да" if is_so else "нет",
        lambda is_so: "ДА" if is_so else "НЕТ",
        lambda is_so: "1" if is_so else "0",
        lambda is_so: "+" if is_so else "-",
        lambda is_so: "истина" if is_so else "ложь",
    ],
}
# what a workbook makes of such a value by itself; what is not here stays text
TYPED_SPELLINGS: dict[str, list[Spelling]] = {
    **{name: [int] for name in ("school_code", "region_code", "msu_code", "inn", "ogrn", "oktmo", "snils", "subject_code")},
    "document_number": [lambda code: int(code) if code.isdigit() else code],
    "month": [lambda month: date(int(month[:4]), int(month[5:]), 1)],
    "integer": [int, float],
    "number": [float],
    "result": [float],
    "date": [lambda day: day, lambda day: datetime.combine(day, time(9, 5)), lambda day: (day - date(1899, 12, 30)).days],
}


def _spellings(column: Column, is_typed: bool) -> list[Spelling]:
    if column.values:
        words = {value: [word for word, meant in column.synonyms.items() if meant == value] for value in column.values}
        return [
            str,
            str.upper,
            lambda value: value.replace("ё", "е"),
            lambda value: f" {value.capitalize()} ",
            lambda value: words[value][0] if words[value] else value,
        ]
    if is_typed and column.type in TYPED_SPELLINGS:
        return TYPED_SPELLINGS[column.type]
    # a list may hold codes that a type would not change: those stay as they are
    return [str] if column.known and column.type == "text" else TEXT_SPELLINGS[column.type]


_HEADERS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.lower,
    lambda header: header.replace(" ", NBSP),
    lambda header: f" {header.replace(' ', '  ')} *",
    lambda header: header.replace("ё", "е").replace("Ё", "Е"),
    lambda header: f"«{header}»:",
    lambda header: header.replace("«", '"').replace("»", '"'),
]
TITLES = [[], [["Сведения за год"], []], [["Министерство образования; отдел"], [], ["", "на 01.09.2024"]], [["", "", "Приложение № 1"]]]
FOOTERS = [[], [["Итого"]], [[], ["Всего записей: 5"]], [["Средние"], ["Минимальная граница"]]]


@dataclass(frozen=True)
class Style:
    """How a table becomes a file. `is_typed`: numbers and dates are such, as in a workbook that nobody typed as text."""

    kind: str
    encoding: str
    separator: str
    newline: str
    quoting: int

    @property
    def is_typed(self) -> bool:
        return self.kind.endswith("typed")


CSV_STYLES = st.builds(
    Style,
    st.just("csv"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16"]),
    st.sampled_from(";,\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
WORKBOOK_STYLES = st.sampled_from(["xlsx", "xlsx typed", "xls", "xls typed", "ods", "ods typed"]).map(
    lambda kind: Style(kind, "", "", "", csv.QUOTE_MINIMAL)
)


@dataclass(frozen=True)
class Written:
    """A table as it stands in a file, and the rows that it means."""

    layout: Layout
    records: list[Record]
    columns: list[str]
    grid: list[list[Cell]]
    style: Style

    def write(self, folder: Path) -> Path:
        """The file; its name says nothing."""
        path = folder / "таблица"
        if self.style.kind == "csv":
            path.write_bytes(_csv_bytes(self.grid, self.style))
            return path
        write = {"xlsx": lambda path, rows: write_xlsx(path, {"Лист1": rows}), "xls": write_xls, "ods": write_ods}
        return write[self.style.kind.split()[0]](path, self.grid)

    def expected(self, pseudonym: Callable[[str, str], str]) -> list[Record]:
        """The rows as they load: absent columns empty or default, names with their keys, people as pseudonyms or not at all."""
        return [dict(self._loaded(row, pseudonym)) for row in self.records]

    def _joined(self, row: Record, column: Column) -> Value:
        """What a column made of others means: the conversion of its parts as they are meant, not as they are spelled."""
        parts = [str(row[name]) for name in column.joins if name in self.columns and row[name] is not None]
        if column.joins[0] not in self.columns or row[column.joins[0]] is None:
            return None
        return pl.select(value_of(pl.lit(" ".join(parts)), column, Settings())).item()

    def _loaded(self, row: Record, pseudonym: Callable[[str, str], str]) -> list[tuple[str, Value]]:
        loaded = []
        for name, column in self.layout.columns.items():
            value = self._joined(row, column) if column.joins else row[name] if name in self.columns else None
            value = column.default if value is None else value
            if column.name_key:
                loaded.append((f"{name}_key", _folded(value)))
            if column.personal == "pseudonym" and value is not None:
                value = pseudonym(column.type, value)
            if column.personal != "vault":
                loaded.append((name, value))
        return loaded


def _csv_bytes(grid: Sequence[Sequence[Cell]], style: Style) -> bytes:
    text = io.StringIO(newline="")
    # the writer quotes a line end inside a cell only where it is one of its own
    newline = "\n" if style.newline == "\r" else style.newline
    csv.writer(text, delimiter=style.separator, lineterminator=newline, quoting=style.quoting).writerows(grid)  # type: ignore[arg-type]
    written = text.getvalue() if newline == style.newline else text.getvalue().replace("\n", "\r")
    return (written.replace(THIN, NBSP) if style.encoding == "cp1251" else written).encode(style.encoding)


@st.composite
def written_tables(draw: st.DrawFn, layout: Layout, styles: st.SearchStrategy[Style]) -> Written:
    """A table of this layout in some style: order and presence of columns, spellings, titles, blanks and footers drawn too."""
    style = draw(styles)
    records = draw(rows_of(layout))
    columns = draw(_columns(layout))
    cells = {name: draw(st.sampled_from(_spellings(layout.columns[name], style.is_typed))) for name in columns}
    headers = [draw(st.sampled_from(_HEADERS))(draw(st.sampled_from(layout.columns[name].spellings))) for name in columns]
    body = [[None if row[name] is None else cells[name](row[name]) for name in columns] for row in records]
    table = [headers, *body]
    for place in sorted(draw(st.sets(st.integers(0, len(columns)), max_size=2)), reverse=True):
        table = [[*row[:place], None, *row[place:]] for row in table]
    if draw(st.booleans()):
        table.insert(draw(st.integers(1, len(table))), [])
    grid = [*draw(st.sampled_from(TITLES)), *table, *draw(st.sampled_from(FOOTERS))]
    return Written(layout, records, columns, grid, style)


def _columns(layout: Layout) -> st.SearchStrategy[list[str]]:
    """Some order of the columns, optional ones absent or not; what a key, a check over two columns or a default needs is there."""
    needed = {*layout.required_headers, *(key for name in layout.key for key in (name, name.removesuffix("_key")) if key in layout.columns)}
    needed |= {name for check in layout.checks for name in check.columns}
    optional = [name for name, column in layout.columns.items() if name not in needed and not column.derived]
    chosen = st.sets(st.sampled_from(optional)) if optional else st.just(set())
    return chosen.flatmap(lambda some: st.permutations(sorted(needed | some)))


# ---- declarations ------------------------------------------------------------------------------------------------------------

_WORDS = ["Код", "Дата", "Балл", "Объём, ч", "Ёмкость", "Группа «А»", "Номер", "Учебный год", "Примечание", "СНИЛС", "Доля, %", "Вид/тип"]


@st.composite
def declarations(draw: st.DrawFn) -> Source:
    """A tabular source that nobody declared: any types, aliases, lists, name keys, pseudonyms."""
    headers = draw(st.lists(st.sampled_from(_WORDS), min_size=2, max_size=7, unique=True))
    # two required columns: a table of one has no separator to be told by
    columns = {f"c{number}": draw(_declared(header, is_needed=number < 2)) for number, header in enumerate(headers)}
    layout = {"title": "Таблица", "key": ["c0"], "columns": columns}
    return Source.model_validate({"source": "generated", "title": "Таблица", "cadence": "on_demand", "layouts": {"generated": layout}})


def _declared(header: str, is_needed: bool) -> st.SearchStrategy[Mapping[str, object]]:
    types = sorted(VALUES)
    optional: dict[str, st.SearchStrategy[object]] = {"alias": st.just([f"{header} (графа)"]), "personal": st.just("pseudonym")}
    typed = st.fixed_dictionaries(
        {"header": st.just(header), "type": st.sampled_from(types), "required": st.just(True) if is_needed else st.booleans()},
        optional=optional,
    ).map(lambda column: column if column["type"] in ("snils", "document_number") else {k: v for k, v in column.items() if k != "personal"})
    listed = st.just({"header": header, "required": is_needed, "values": ["первый", "второй", "третий"], "synonyms": {"1-й": "первый"}})
    named = st.just({"header": header, "required": is_needed, "name_key": True})
    return typed | listed | named
