"""A second computation of a few indicators from the files themselves: openpyxl and csv for reading, polars for the rest.

It shares no line with the product: no declaration, no SQL, no pseudonym. It knows the protocols of `oko sample`, no others, and only
schools and the region: that upper levels are sums is a test of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

Cells = list[list[str]]
Sums = dict[tuple[Any, ...], tuple[float, int]]
Compute = Callable[[Path], Sums]
TITLE = re.compile(r"(?:(\d\d) - )?(.+?) (?:п\.?: ?)?(\d{4})\.(\d\d)\.(\d\d)")
LANGUAGES = {"Английский язык": 9, "Немецкий язык": 10, "Французский язык": 11, "Испанский язык": 13, "Китайский язык": 14}
BASE_MATHEMATICS, RUSSIAN, MATHEMATICS = 22, 1, 2
CERTIFICATE_MINIMUM = {RUSSIAN: 24, MATHEMATICS: 27}
TEST_SCORES, MARKS = (0, 100), (2, 5)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(str(value).replace("\xa0", " ").split())


def sheets(path: Path) -> Iterator[Cells]:
    """Every sheet of a file as text."""
    if path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            yield [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    elif path.suffix == ".csv":
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1251")
        separator = max(";\t,", key=text[:4000].count)
        yield [[_text(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]


def tables(folder: Path, *needed: str) -> Iterator[tuple[Path, Cells, list[dict[str, str]]]]:
    """(file, what stands above the header, records) of every sheet with these headers, in the order in which files win."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.stat().st_mtime, str(path))):
        for cells in sheets(path):
            at = next((n for n, row in enumerate(cells) if set(needed) <= set(row)), None)
            if at is not None:
                names = [name or f"{cells[at][n - 1]}+" for n, name in enumerate(cells[at])]
                yield path, cells[:at], [dict(zip(names, row, strict=False)) for row in cells[at + 1 :]]


def _day(text: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y.%m.%d", "%Y-%m-%d", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d+)?", text) else None


class Schools:
    """Who is known, and for whom a closed school counts."""

    def __init__(self, landing: Path) -> None:
        rows = [row for _, _, found in tables(landing / "schools", "Код ОО", "Действует с") for row in found if row.get("Код ОО")]
        last = {row["Код ОО"].zfill(6): row for row in sorted(rows, key=lambda row: _day(row["Действует с"]) or date.min)}
        self.known = set(last)
        self._closed = {
            code: (end, row["Код преемника"].zfill(6))
            for code, row in last.items()
            if (end := _day(row.get("Действует по", ""))) and row.get("Код преемника")
        }

    def counted(self, code: str, day: date) -> str:
        """The school or its successor on the day."""
        while code in self._closed and day > self._closed[code][0] and self._closed[code][1] in self.known:
            code = self._closed[code][1]
        return code


def _person(row: dict[str, str], school: str) -> str:
    series, _, number = (row["Документ"] if "Документ" in row else f"{row.get('Серия', '')} {row.get('Номер', '')}").partition(" ")
    if series or number:
        return f"{series.zfill(4)} {number.zfill(6)}"
    return "|".join((row["Фамилия"], row["Имя"], row.get("Отчество", ""), school)).lower().replace("ё", "е")


def _title(above: Cells) -> tuple[int, date] | None:
    for row in above:
        for cell in row:
            if found := TITLE.search(cell):
                code = int(found[1]) if found[1] else LANGUAGES.get(found[2].strip())
                return (code, date(int(found[3]), int(found[4]), int(found[5]))) if code else None
    return None


def attempts(landing: Path, source: str) -> pl.DataFrame:
    """subject, day, person, school, grade, score of every attempt that counts; appeals have changed it."""
    schools = Schools(landing)
    found: dict[tuple[int, date, str], dict[str, Any]] = {}
    changes: dict[tuple[int, date, str], float | None] = {}
    for _, above, rows in tables(landing / source, "Код ОО", "Фамилия", "Имя"):
        title = _title(above)
        if title is None or title[0] >= 50:
            continue
        for row in rows:
            school = row.get("Код ОО", "").zfill(6)
            if school not in schools.known:
                continue
            key = (*title, _person(row, school))
            if "Тип апелляции / перепроверки" in row:
                if re.match(r"(частично )?удовлетвор", row["Состояние"].lower()):
                    # under «Текущие» stand the raw score and, in the next column, the score
                    changes[key] = _number(row["Текущие+"])
                continue
            score = next((_number(row[name]) for name in ("Тестовый балл", "Балл", "Оценка") if name in row), None)
            low, high = MARKS if source == "oge" or title[0] == BASE_MATHEMATICS else TEST_SCORES
            if score is not None and not low <= score <= high:
                continue
            grade = re.match(r"\d+", row["Класс"])
            found[key] = {"school": school, "grade": int(grade[0]) if grade else 0, "score": score}
    for key, score in changes.items():
        if key in found:
            found[key]["score"] = score
    rows = [{"subject": s, "day": d, "person": p, **row, "counted": schools.counted(row["school"], d)} for (s, d, p), row in found.items()]
    return pl.DataFrame(rows, schema_overrides={"score": pl.Float64})


def _by_school_and_region(frame: pl.DataFrame, *keys: str) -> Sums:
    """(keys…, school or «region») → (Σ numerator, people)."""
    both = pl.concat([frame, frame.with_columns(counted=pl.lit("region"))])
    sums = both.group_by(*keys, "counted").agg(pl.col("numerator").cast(pl.Float64).sum().alias("top"), pl.len().alias("n"))
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in sums.select(*keys, "counted", "top", "n").iter_rows()}


def final(frame: pl.DataFrame, *grades: int) -> pl.DataFrame:
    """The last valid attempt of a person in a subject and year."""
    valid = frame.filter(pl.col("score").is_not_null() & pl.col("grade").is_in(grades)).with_columns(year=pl.col("day").dt.year())
    return valid.sort("day").group_by("year", "subject", "person").last()


def ege_mean_score(landing: Path) -> Sums:
    """(year, subject, school) → (Σ scores, people)."""
    last = final(attempts(landing, "ege"), 11, 12).filter(pl.col("subject") != BASE_MATHEMATICS)
    return _by_school_and_region(last.with_columns(numerator=pl.col("score")), "year", "subject")


def ege_pass_share_mandatory(landing: Path) -> Sums:
    """(year, school) → (graduates who passed both, graduates with a mandatory result)."""
    valid = attempts(landing, "ege").filter(
        pl.col("score").is_not_null() & pl.col("grade").is_in([11, 12]) & pl.col("subject").is_in([RUSSIAN, MATHEMATICS, BASE_MATHEMATICS])
    )
    judged = valid.with_columns(
        year=pl.col("day").dt.year(),
        russian=(pl.col("subject") == RUSSIAN) & (pl.col("score") >= CERTIFICATE_MINIMUM[RUSSIAN]),
        mathematics=((pl.col("subject") == MATHEMATICS) & (pl.col("score") >= CERTIFICATE_MINIMUM[MATHEMATICS]))
        | ((pl.col("subject") == BASE_MATHEMATICS) & (pl.col("score") >= 3)),
    )
    people = (
        judged.sort("day", "subject", descending=[False, True])
        .group_by("year", "person")
        .agg(pl.col("russian").any(), pl.col("mathematics").any(), pl.col("counted").last())
    )
    return _by_school_and_region(people.with_columns(numerator=pl.col("russian") & pl.col("mathematics")), "year")


def oge_quality(landing: Path) -> Sums:
    """(year, subject, school) → (marks 4 and 5, people)."""
    last = final(attempts(landing, "oge"), 9)
    return _by_school_and_region(last.with_columns(numerator=pl.col("score") >= 4), "year", "subject")
