"""The large files that reading is measured with: a workbook, protocols of ЕГЭ, a register. Everybody in them is fictional.

Made in seconds and the same in every run. The untidy exports for people to try Oko with are `oko sample`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

SCHOOLS = 1_200
EXAMS_OF_A_PERSON = 5
TITLE = "01 - Русский язык 2024.05.28" + ";" * 14
HEADER = (
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;"
    "Задания с кратким ответом;Задания с развёрнутым ответом;Первичный балл;Балл"
)
_LAST = ("Ласточкин", "Кузнечиков", "Берёзкин", "Ромашкин", "Синичкин", "Пеночкин", "Журавлёв", "Стрижов")
_FIRST = ("Алла", "Олег", "Ия", "Пётр", "Нина", "Глеб")
_MIDDLE = ("Олегович", "Ильич", "Петрович", "Глебович")


def school_codes() -> set[str]:
    """The schools of the protocols."""
    return {f"{80_000 + number:06}" for number in range(SCHOOLS)}


def write_protocols(folder: Path, files: int, rows: int) -> list[Path]:
    """Protocols in CSV; a cohort fills as many files as a graduate sits exams, then comes the next one."""
    folder.mkdir(parents=True)
    paths = []
    for number in range(files):
        path = folder / f"{number:04}.csv"
        cohort = number // EXAMS_OF_A_PERSON
        body = _protocol(cohort * rows, rows, seed=number).write_csv(None, include_header=False, separator=";")
        path.write_bytes(f"{TITLE}\n{HEADER}\n{body}".encode())
        paths.append(path)
    return paths


def _protocol(first: int, rows: int, seed: int) -> pl.DataFrame:
    """`first` is the first person's document number."""
    person = pl.int_range(first, first + rows, dtype=pl.UInt64)
    one = pl.int_range(rows, dtype=pl.UInt64)
    masks = [pl.when(one.hash(seed * 31 + place) % 3 > 0).then(pl.lit("+")).otherwise(pl.lit("-")) for place in range(24)]
    long = [pl.concat_str(one.hash(seed * 37 + place) % 4, pl.lit("(3)")) for place in range(7)]
    return pl.select(
        number=one + 1,
        msu=_padded(person.hash(1) % 60, 3),
        school=_padded(person.hash(2) % SCHOOLS + 80_000, 6),
        grade=pl.lit("11А"),
        station=_padded(one.hash(seed + 3) % 300, 4),
        room=_padded(one.hash(seed + 4) % 30, 4),
        last=_one_of(_LAST, person.hash(5)),
        first=_one_of(_FIRST, person.hash(6)),
        middle=_one_of(_MIDDLE, person.hash(7)),
        series=person // 1_000_000 + 1_200,
        document=_padded(person % 1_000_000, 6),
        short=pl.concat_str(masks),
        long=pl.concat_str(long),
        raw=one.hash(seed + 8) % 50,
        score=one.hash(seed + 9) % 101,
    )


def _padded(number: pl.Expr, length: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(length)


def _one_of(words: Sequence[str], place: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather(place % len(words))


def write_workbook(path: Path, rows: int, columns: int = 20) -> Path:
    """Texts, whole and decimal numbers under a header."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Данные")
    sheet.write_row(0, 0, [f"Графа {place}" for place in range(columns)])
    for row in range(1, rows):
        cells = [(f"Школа {row % 997}", row * place, (row * place % 1000) / 10)[place % 3] for place in range(columns)]
        sheet.write_row(row, 0, cells)
    book.close()
    return path


def write_register(path: Path, megabytes: int) -> Path:
    """The register of accredited organisations: per certificate an organisation and a supplement with its programmes, five kilobytes.

    The published records have 3 to 28, half of them more than 5; what is kept of one is a fifth of that.
    """
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in _CERTIFICATE.items())
    organisation = "".join(f"<{name}>{value}</{name}>" for name, value in _ORGANISATION.items())
    actual = f"<ActualEducationOrganization>{organisation}</ActualEducationOrganization>"
    level = "<TypeName>Основная</TypeName><EduLevelName>Основное общее образование</EduLevelName>"
    programme = f"<EducationalProgram><Id>1</Id>{level}</EducationalProgram>"
    supplement = f"<Supplement><Id>1</Id><Number>1</Number>{actual}<EducationalPrograms>{programme * 20}</EducationalPrograms></Supplement>"
    record = f"<Certificate><Id>%d</Id>{fields}{actual}<Supplements>{supplement}</Supplements></Certificate>\n"
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<OpenData><Certificates>\n')
        for number in range(megabytes * 1024**2 // len((record % 10**6).encode())):
            file.write((record % number).replace("№ 0", f"№ {number}"))
        file.write("</Certificates></OpenData>\n")
    return path


_CERTIFICATE = {
    "IsFederal": "0",
    "StatusName": "Действующее",
    "RegionName": "Вымышленская область",
    "RegionCode": "54",
    "RegNumber": "№ 0",
    "IssueDate": "2014-06-20",
    "EndDate": "2026-06-20",
    "ControlOrgan": "Министерство образования Вымышленской области",
    "EduOrgFullName": "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 0» г. Вымышленска",
    "EduOrgShortName": "МБОУ СОШ № 0",
    "EduOrgINN": "5400000007",
    "EduOrgKPP": "540101001",
    "EduOrgOGRN": "1025400000007",
}
_ORGANISATION = {
    "FullName": _CERTIFICATE["EduOrgFullName"],
    "ShortName": "МБОУ СОШ № 0",
    "PostAddress": "630000, Вымышленская область, г. Вымышленск, ул. Садовая, д. 1",
    "WebSite": "https://school.example",
    "OGRN": "1025400000007",
    "INN": "5400000007",
    "RegionName": "Вымышленская область",
}
