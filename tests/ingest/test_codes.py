"""Codes that Excel turned into numbers, and check digits."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from ingest import codes


def made(make: Callable[[pl.Expr], pl.Expr], *cells: str | None) -> list[str | None]:
    return pl.DataFrame({"x": cells}, schema={"x": pl.String}).select(make(pl.col("x")))["x"].to_list()


def test_a_school_code_gets_its_zeros_back() -> None:
    cells = ("80101", "080101", "80101.0", "80101,0", "080 101", "А-1", "1080101", None)
    expected = ["080101", "080101", "080101", "080101", "080101", "А-1", "1080101", None]
    assert made(lambda x: codes.padded(x, 6), *cells) == expected


def test_oktmo() -> None:
    cells = ("8701000", "08701000", "50 701 000", "50701000 9", "50603000101", "5070100010.0", None)
    assert made(codes.oktmo, *cells) == ["08701000", "08701000", "50701000", "50701000", "50603000", "05070100", None]


def test_inn_and_ogrn_of_organisations_and_people() -> None:
    assert made(codes.inn, "850000005", "0850000005", "50000000012", None) == ["0850000005", "0850000005", "050000000012", None]
    assert made(codes.ogrn, "1027700132195", "027700132195", "30450000000014") == ["1027700132195", "0027700132195", "030450000000014"]


def test_snils_without_its_signs() -> None:
    assert made(codes.snils, "001-933-535 13", "193353513", "00193353513", "193353513.0") == ["00193353513"] * 4
    assert made(codes.snils, "-", "нет", None) == [None, None, None]


def test_region_and_msu() -> None:
    assert made(codes.region_code, "8", "08", "54") == ["08", "08", "54"]
    assert made(codes.msu_code, "1", "001") == ["001", "001"]


def test_one_passport_however_it_is_written() -> None:
    assert set(made(codes.identity_document, "312 5099", "0312 005099", "03 12 005099", "0312005099", "312.0 5099.0")) == {"0312005099"}
    assert made(codes.identity_document, "I-НО № 123456", "i-но 123456") == ["IНО123456", "IНО123456"]
    assert made(codes.identity_document, "-", "— —", "№ -", "7815 384858") == [None, None, None, "7815384858"]
    assert made(codes.identity_document, "7815 384858", "7815 384859", None)[:2] == ["7815384858", "7815384859"]


def test_one_course_document_however_it_is_written() -> None:
    assert set(made(codes.document_number, "008240000001", "8240000001", "№ 0082 40000001", "8240000001.0")) == {"8240000001"}
    assert made(codes.document_number, "ПК-12", "пк 12", "0", "-", None) == ["ПК12", "ПК12", "0", None, None]


def test_subjects_by_code_and_by_name() -> None:
    assert made(codes.subject, "1", "01", "п:09", "Русский  язык", "английский язык", "Математика (базовая)") == [
        "1",
        "1",
        "9",
        "1",
        "9",
        "22",
    ]
    assert made(codes.subject, "Астрология", None) == [None, None]


def test_academic_years() -> None:
    assert set(made(codes.academic_year, "2017/2018", "2017-2018", "2017/18", "2017/2018 уч. год", "2017–2018 г.")) == {"2017/2018"}
    assert made(codes.academic_year, "2017/2019", "2017", "2018/2017", None) == [None] * 4


def test_a_wave_that_excel_took_for_a_day() -> None:
    assert made(codes.month, "2018-02", "2018-02-01 00:00:00", "02.2018", "весна") == ["2018-02", "2018-02", "2018-02", "весна"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("inn", ["7707083893", "0850000005", "850000005", "500100732259"], ["7707083894", "500100732258", "12345", "ИНН"]),
        ("ogrn", ["1027700132195", "304500116000157"], ["1027700132194", "304500116000158", "102770013219500"]),
        ("snils", ["112-233-445 95", "11223344595", "001-001-998 00"], ["112-233-445 96", "112233445951"]),
        ("oktmo", ["50701000", "8701000", "50701000 9", "505080005"], ["50701000 8", "ОКТМО"]),
    ],
)
def test_check_digits(kind: str, good: list[str], bad: list[str]) -> None:
    cells = [*good, None, *bad]
    assert made(lambda x: codes.check_digits_hold(kind, x), *cells) == [True] * (len(good) + 1) + [False] * len(bad)


def test_one_child_however_the_names_are_written() -> None:
    spellings = ("Савельева Фёкла Сергеевна 080101", "САВЕЛЬЕВА Фекла  Сергеевна 80101", "савельева фекла сергеевна 0080101")
    assert set(made(codes.person_name, *spellings)) == {"савельева фекла сергеевна 80101"}
    assert made(codes.person_name, "Иванова-Петрова Анна 080110", "Ли Ян 080101", None) == [
        "иванова петрова анна 80110",
        "ли ян 80101",
        None,
    ]
