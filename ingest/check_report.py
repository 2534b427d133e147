"""What `oko check` says of a file, line by line. No line repeats a value that could say something about a person: see rejections.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from ingest.check import Checked, Earlier, SchoolCounts
from ingest.declarations import Layout, Source
from ingest.difference import Difference
from ingest.wording import REASONS

MOST_ROWS = 30
MOST_SCHOOLS = 60


def describe(checked: Checked, sources: Mapping[str, Source], most: int = MOST_ROWS) -> Iterator[str]:
    """The whole report."""
    yield str(checked.path)
    yield from ("  " + line for line in summary(checked, sources))
    reading = checked.reading
    if reading.is_rejected:
        return
    yield from _listed("отклонённые строки", reading.rejections, _rejection, most)
    yield from _listed("замечания (загрузке не мешают)", reading.findings, _finding, most)
    for name, counts in checked.schools.items():
        yield from ("  " + line for line in schools(counts, _title(checked, sources, name), MOST_SCHOOLS))


def summary(checked: Checked, sources: Mapping[str, Source]) -> Iterator[str]:
    """What the file is, how much of it would load, how it differs from what is loaded."""
    reading = checked.reading
    if reading.is_rejected:
        yield f"не загрузится: {reading.rejections['message_ru'][0]}"
        return
    layouts = _layouts(sources)
    yield f"это: {', '.join(f'«{layouts[name].title}»' for name in reading.rows)} (источник {reading.source})"
    yield f"строк {reading.rows_in}: загрузится {reading.rows_loaded}, будет отклонено {reading.rows_rejected}"
    if not reading.rows_in:
        yield "под заголовком нет ни одной строки с данными"
    if reading.rows_rejected:
        counts = reading.rejections["reason_code"].value_counts(sort=True).sort("count", "reason_code", descending=[True, False])
        yield "причины отказа: " + "; ".join(f"{REASONS[code]} ({code}) — {count}" for code, count in counts.iter_rows())
    for name, difference in checked.differences.items():
        yield from _difference(difference, _title(checked, sources, name), layouts[name])
    for earlier in checked.earlier:
        yield from _earlier(earlier)


def schools(counts: SchoolCounts, title: str, most: int) -> Iterator[str]:
    """The rows of one layout by school."""
    known = "" if counts.open is None else f"; действующих в реестре {counts.open}"
    if counts.schools:
        yield f"{title}школ в файле: {len(counts.schools)}{known}"
    for school in counts.schools[:most]:
        rejected = f", отклонено {school.rejected}" if school.rejected else ""
        yield f"  {school.code} {school.name}".rstrip() + f": строк {school.rows}{rejected}"
    if len(counts.schools) > most:
        yield f"  … и ещё школ: {len(counts.schools) - most}; все — в файле «--format xlsx»"
    if counts.unknown_codes:
        kind = "разных кодов школ, не сверенных с реестром" if counts.open is None else "кодов не из реестра школ"
        yield f"{title}{kind}: {counts.unknown_codes}, строк с ними: {counts.unknown_rows}"
    if counts.blank_rows:
        yield f"{title}строк без кода школы: {counts.blank_rows}"


def place_of(row: Mapping[str, object]) -> str:
    """Where a rejection or a finding stands, as far as its message does not say it: its sheet."""
    return f"Лист «{row['sheet']}». " if row["sheet"] else ""


def _rejection(row: Mapping[str, object]) -> str:
    return f"{place_of(row)}{row['message_ru']} [{row['reason_code']}]"


def _finding(row: Mapping[str, object]) -> str:
    line = f"Строка {row['row_number']}. " if row["row_number"] is not None else ""
    return f"{place_of(row)}{line}{row['message_ru']} [{row['severity']}]"


def _listed(title: str, rows: pl.DataFrame, words: Callable[[Mapping[str, object]], str], most: int) -> Iterator[str]:
    if rows.height:
        yield f"  {title}:"
        yield from (f"    {words(row)}" for row in rows.head(most).iter_rows(named=True))
    if rows.height > most:
        yield f"    … и ещё {rows.height - most}"


def _difference(difference: Difference, title: str, layout: Layout) -> Iterator[str]:
    yield f"{title}против загруженного: новых строк {difference.new}, изменённых {difference.changed}, тех же {difference.same}"
    if difference.columns:
        yield "  меняются: " + ", ".join(f"«{name}» — {count}" for name, count in difference.columns.items())
    if difference.beaten:
        yield f"  из изменённых уже загружено из файла новее этого: {difference.beaten}; победит более поздний файл"
    kept = [f"«{column.title}»" for column in layout.columns.values() if column.personal == "vault"]
    if kept and difference.changed + difference.same:
        yield f"  не сравниваются (есть только в закрытом хранилище): {', '.join(kept[:4])}{' и другие' if len(kept) > 4 else ''}"


def _earlier(earlier: Earlier) -> Iterator[str]:
    loaded = f"{earlier.file_name} (файл от {earlier.modified_at:%d.%m.%Y})"
    if earlier.is_same:
        yield f"этот же файл уже загружен: {loaded}; повторная загрузка ничего не изменит"
        return
    yield f"на его место уже загружался {loaded}: строк оттуда, которых здесь нет, — {earlier.left}"
    if earlier.left:
        yield "  они останутся, пока не выполнено «oko refresh --full»"


def _title(checked: Checked, sources: Mapping[str, Source], name: str) -> str:
    """Which layout a line is about, where the file has several."""
    return f"«{_layouts(sources)[name].title}»: " if len(checked.reading.rows) > 1 else ""


def _layouts(sources: Mapping[str, Source]) -> dict[str, Layout]:
    return {name: layout for source in sources.values() for name, layout in source.layouts.items()}
