"""Whole files through `read_file`: typed rows, one rejection a row, nothing personal outside the vault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from ingest_files import CLUSTER, CLUSTERS, STAFF, TEACHER, THRESHOLD, THRESHOLDS, lines, write_csv, write_xlsx

from ingest import reading as reading_module
from ingest.archive import sha256_of
from ingest.declarations import Source, load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading
from ingest.settings import Settings
from ingest.vault import Vault

Read = Callable[..., Reading]

SCHOOLS = ["Код ОО", "Логин ФИС ОКО", "Полное наименование", "ИНН", "ОКТМО", "Действует с", "Действует по"]
CHECKS = ["Код ОО", "Дата проверки", "Код критерия", "Балл", "Максимальный балл"]
CERTIFICATES = [
    "Номер сертификата",
    "Дата регистрации",
    "Код ОО",
    "ИНН держателя",
    "Стандарт",
    "Действует с",
    "Действует по",
    "Статус",
    "Дата статуса",
]
CERTIFICATE = ["РОСС 1", "10.01.2022", "", "850000005", "ГОСТ Р ИСО 9001-2015", "10.01.2022", "09.01.2025", "Отменен", "10.01.2023"]


def changed(row: Sequence[str], **cells: str) -> list[str]:
    """The teacher (or another row) with some cells changed: `c7` is the eighth."""
    return [cells.get(f"c{place}", cell) for place, cell in enumerate(row)]


def reasons(reading: Reading) -> list[tuple[int, str, str]]:
    return reading.rejections.select("row_number", "column_name", "reason_code").rows()


def test_a_staff_file_becomes_typed_rows_without_names(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [["Сведения о кадрах"], [], STAFF, TEACHER, ["Итого", *[""] * 8, "1"]], "cp1251"))
    (row,) = reading.rows["staff"].iter_rows(named=True)
    assert len(row.pop("person_id")) == 32
    assert row == {
        "_sheet": "",
        "_row_number": 4,
        "school_code": "080101",
        "position": "Учитель",
        "position_group": "педагог",
        "is_main_job": True,
        "valid_from": date(2020, 9, 1),
        "valid_to": None,
    }
    assert (reading.rows_in, reading.rows_loaded, reading.rows_rejected, reading.waiting) == (1, 1, 0, False)


def test_the_columns_of_a_raw_table_do_not_depend_on_the_file(tmp_path: Path, read: Read) -> None:
    short = read(
        write_csv(
            tmp_path / "x.csv", [["Код ОО", "Полное наименование", "ОКТМО", "Действует с"], ["080103", "Школа", "08701000", "01.09.2008"]]
        )
    )
    full = read(write_csv(tmp_path / "y.csv", [SCHOOLS, ["080103", "", "Школа", "", "08701000", "01.09.2008", ""]]))
    assert short.rows["schools"].schema == full.rows["schools"].schema
    assert short.rows["schools"].rows() == full.rows["schools"].rows()
    assert short.rows["schools"]["full_name_key"].to_list() == ["школа"]


@pytest.mark.parametrize(
    ("place", "cell", "column", "code"),
    [
        (0, "", "СНИЛС", "missing_value"),
        (2, " ", "Имя", "missing_value"),
        (4, "089999", "Код ОО", "unknown_school"),
        (6, "директор", "Группа должностей", "unknown_code"),
        (7, "возможно", "Основное место работы", "unknown_code"),
        (8, "31.02.2020", "Дата с", "bad_date"),
        (8, "31.12.2024", "Дата с", "out_of_range"),
        (9, "31.08.2020", "Дата по", "conflicting_value"),
    ],
)
def test_each_fault_rejects_its_row_alone(tmp_path: Path, read: Read, place: int, cell: str, column: str, code: str) -> None:
    other = changed(TEACHER, c5="Воспитатель")
    reading = read(write_csv(tmp_path / "x.csv", [STAFF, changed(TEACHER, **{f"c{place}": cell}), other]))
    assert reasons(reading) == [(2, column, code)]
    assert reading.rows["staff"]["position"].to_list() == ["Воспитатель"]
    assert reading.waiting == (code == "unknown_school")
    assert f"{'ABCDEFGHIJ'[place]}2" in reading.rejections["message_ru"][0]


def test_a_score_of_101_and_a_number_that_is_none(tmp_path: Path, read: Read) -> None:
    rows = [THRESHOLDS, changed(THRESHOLD, c4="101"), changed(THRESHOLD, c4="семьдесят"), changed(THRESHOLD, c2="99х")]
    reading = read(write_csv(tmp_path / "x.csv", rows))
    assert reasons(reading) == [(2, "Значение", "out_of_range"), (3, "Значение", "bad_number"), (4, "Код предмета", "unknown_code")]


def test_the_first_fault_in_the_order_of_the_file(tmp_path: Path, read: Read) -> None:
    faulty = changed(TEACHER, c4="089999", c6="директор", c8="31.02.2020")
    assert reasons(read(write_csv(tmp_path / "x.csv", [STAFF, faulty]))) == [(2, "Код ОО", "unknown_school")]
    backwards = [STAFF[::-1], faulty[::-1]]
    assert reasons(read(write_csv(tmp_path / "y.csv", backwards))) == [(2, "Дата с", "bad_date")]


def test_of_a_key_that_repeats_the_last_valid_row_wins_over_all_sheets(tmp_path: Path, read: Read) -> None:
    first, invalid, last = changed(CLUSTER, c2="К1"), changed(CLUSTER, c1=""), changed(CLUSTER, c0="80101", c2="К3")
    reading = read(write_xlsx(tmp_path / "x.xlsx", {"А": [CLUSTERS, first, invalid], "Б": [CLUSTERS, changed(CLUSTER, c2="К2"), last]}))
    assert reading.rejections.select("sheet", "row_number", "reason_code").rows() == [
        ("А", 2, "duplicate_key"),
        ("А", 3, "missing_value"),
        ("Б", 2, "duplicate_key"),
    ]
    assert reading.rows["clusters"]["cluster"].to_list() == ["К3"]
    assert "строке 3 листа «Б»" in reading.rejections["message_ru"][0]


def test_blank_parts_of_a_key_are_one_key(tmp_path: Path, read: Read) -> None:
    rows = [["План", "Мероприятие", "Срок", "Исполнители"], *[["План 2018", "Семинар", "Август 2018", "РЦОКИО"]] * 2]
    assert reasons(read(write_csv(tmp_path / "x.csv", rows))) == [(2, "План", "duplicate_key")]


def test_at_most(tmp_path: Path, read: Read) -> None:
    rows = [
        CHECKS,
        ["080101", "01.09.2022", "С01", "3", "2"],
        ["080101", "01.09.2022", "С02", "2", "2"],
        ["080101", "01.09.2022", "С03", "", "2"],
    ]
    reading = read(write_csv(tmp_path / "x.csv", rows))
    assert reasons(reading) == [(2, "Максимальный балл", "conflicting_value")]
    assert reading.rows["site_checks"]["score"].to_list() == [2.0, None]


def test_a_certificate_is_known_by_its_school_or_by_its_holder(tmp_path: Path, read: Read) -> None:
    rows = [
        CERTIFICATES,
        CERTIFICATE,
        changed(CERTIFICATE, c0="РОСС 2", c2="80101", c3="0899999998"),
        changed(CERTIFICATE, c0="РОСС 3", c3="0899999998"),
    ]
    reading = read(write_csv(tmp_path / "x.csv", rows))
    assert reasons(reading) == [(4, "ИНН держателя", "unknown_school")]
    assert reading.rows["certificates"].select("certificate_number", "holder_inn", "status").rows() == [
        ("РОСС 1", "0850000005", "прекращён"),
        ("РОСС 2", "0899999998", "прекращён"),
    ]


def test_a_group_may_hold_schools_and_municipalities(tmp_path: Path, read: Read) -> None:
    rows = [
        ["Группа", "Вид группы", "Объект", "Действует с"],
        *[["РИП", "РИП", member, "01.09.2020"] for member in ("80101", "m08-01", "m08-99")],
    ]
    reading = read(write_csv(tmp_path / "x.csv", rows))
    assert reading.rows["groups"]["member_code"].to_list() == ["080101", "m08-01"]
    assert reasons(reading) == [(4, "Объект", "unknown_school")]


def test_a_row_that_waits_loads_once_the_school_is_known(tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / "x.csv", [CLUSTERS, changed(CLUSTER, c0="80103")])
    before = read(path)
    assert (before.rows_loaded, before.rows_rejected, before.waiting) == (0, 1, True)
    after = read(path, known=FixedKnown({"school_code": {"080103"}}))
    assert (after.rows_loaded, after.rows_rejected, after.waiting) == (1, 0, False)


APPEAL = lines(
    "01 - Русский язык 2024.05.28",
    "№;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;;Отчество;Документ;Тип апелляции / перепроверки;Состояние;;"
    "Дата отправки на обработку;Дата изменений;Балл до изменения;Текущие;;Разница",
    ";;;;;;;;;;;;;;;;Первичный балл;Балл;",
    "1;80101;11;1;2;Кузнечикова;Алла;;Олеговна;312 5099;апелляция;Удовлетворена;;11.06.2024 09:15:00;13.06.2024;41;19;40;-1",
)
PROTOCOL = lines(
    "01 - Русский язык 2024.05.28",
    "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;"
    "Задания с развёрнутым ответом;Первичный балл;Балл",
    "1;001;080101;11;1;2;Кузнечикова;Алла;Олеговна;0312;005099;+-;1(2);20;41",
    "2;001;080101;11;1;2;Светлячков;Егор;Ильич;;;+-;1(2);20;аннулирован",
    "3;001;080101;11;1;2;;;;;;+-;1(2);20;40",
)


def test_an_appeal_waits_for_its_protocol(tmp_path: Path, read: Read, known: FixedKnown) -> None:
    protocol = read(write_csv(tmp_path / "протокол.csv", PROTOCOL)).rows["ege"]
    path = write_csv(tmp_path / "апелляция.csv", APPEAL)
    early = read(path)
    assert reasons(early) == [(4, "Документ", "unknown_code")]
    assert early.waiting
    results = {"ege_result": protocol.select("subject_code", "exam_date", "person_id")}
    late = read(path, known=FixedKnown({"school_code": known.codes("school_code")}, results))
    assert late.rejections.is_empty()
    assert late.rows["ege_appeal"]["person_id"][0] == protocol["person_id"][0]


def test_a_person_without_a_document_is_known_by_names(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", PROTOCOL))
    assert reasons(reading) == [(5, "Серия, Номер", "missing_value")]
    assert reading.rows["ege"]["person_id"].n_unique() == 2
    assert reading.rows["ege"].select("test_score", "result_note").rows() == [(41.0, None), (None, "аннулирован")]


def test_codes_that_excel_made_numbers(tmp_path: Path, read: Read) -> None:
    rows = [SCHOOLS, [80103, "EDU080103", "Школа", 850000005, 8701000, date(2008, 9, 1), None]]
    (row,) = read(write_xlsx(tmp_path / "x.xlsx", {"Лист1": rows})).rows["schools"].iter_rows(named=True)
    assert (row["school_code"], row["school_login"], row["inn"], row["oktmo"]) == ("080103", "edu080103", "0850000005", "08701000")
    assert row["valid_from"] == date(2008, 9, 1)


def test_the_length_of_school_codes_is_a_setting(tmp_path: Path, read: Read, settings: Settings) -> None:
    known = FixedKnown({"school_code": {"00080101"}})
    reading = read(write_csv(tmp_path / "x.csv", [CLUSTERS, CLUSTER]), known=known, settings=replace(settings, school_code_length=8))
    assert reading.rows["clusters"]["school_code"].to_list() == ["00080101"]


# ---- personal data -----------------------------------------------------------------------------------------------------------


SECRETS = (TEACHER[0], "11223344595", TEACHER[1], "0312005099")


def test_nothing_personal_is_in_what_a_file_gives(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [STAFF, TEACHER, changed(TEACHER, c4="089999"), changed(TEACHER, c0="112-233-445 96")]))
    frames = [*reading.rows.values(), reading.rejections, reading.findings]
    texts = repr(reading) + "".join(frame.write_csv() for frame in frames)
    assert all(secret not in texts for secret in SECRETS)


def test_no_message_repeats_what_slipped_into_another_column(tmp_path: Path, read: Read) -> None:
    slipped = [[*TEACHER[by:], *[""] * by] for by in range(1, 5)] + [[*[""] * by, *TEACHER[:-by]] for by in range(1, 9)]
    swapped = [changed(TEACHER, **{f"c{place}": secret}) for place in range(4, 10) for secret in SECRETS]
    reading = read(write_csv(tmp_path / "x.csv", [STAFF, *slipped, *swapped]))
    assert reading.rejections.height > 20
    messages = "".join([*reading.rejections["message_ru"], *reading.findings["message_ru"]])
    assert all(secret not in messages for secret in SECRETS)


def test_a_message_repeats_no_words(tmp_path: Path, read: Read) -> None:
    reading = read(
        write_csv(tmp_path / "x.csv", [CHECKS, ["080101", "Кузнечикова", "С01", "1", "2"], ["080101", "31.02.2022", "С01", "1", "2"]])
    )
    first, second = reading.rejections["message_ru"]
    assert "Кузнечикова" not in first
    assert "«31.02.2022»" in second


def test_a_fault_of_ours_ends_neither_the_night_nor_a_secret(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*arguments: object) -> None:
        raise ValueError(f"cannot convert {TEACHER[1]}")

    monkeypatch.setattr(reading_module, "judge", stumble)
    reading = read(write_csv(tmp_path / "x.csv", [STAFF, TEACHER]), "staff/x.csv")
    assert (reading.source, reading.rejections["reason_code"].to_list()) == ("staff", ["unreadable_file"])
    assert "stumble" in caplog.text and "ValueError" in caplog.text
    assert TEACHER[1] not in caplog.text + "".join(reading.rejections["message_ru"])


def test_the_vault_knows_who_is_behind_a_pseudonym(tmp_path: Path, read: Read, settings: Settings) -> None:
    path = write_csv(tmp_path / "x.csv", [STAFF, TEACHER, changed(TEACHER, c8="31.02.2020")])
    reading = read(path)
    (person,) = Vault(settings.vault).identities(sha256_of(path)).iter_rows(named=True)
    assert person["person_id_pseudonym"] == reading.rows["staff"]["person_id"][0]
    assert (person["person_id"], person["last_name"], person["_row"]) == (TEACHER[0], "Кузнечикова", 2)


def test_one_person_has_one_pseudonym_in_every_source(tmp_path: Path, read: Read) -> None:
    attestation = [["СНИЛС", "Должность", "Категория", "Дата решения"], ["11223344595", "Учитель", "ВЫСШАЯ", "2023.03.01"]]
    staff = read(write_csv(tmp_path / "x.csv", [STAFF, TEACHER])).rows["staff"]
    decisions = read(write_csv(tmp_path / "y.csv", attestation)).rows["attestation"]
    assert staff["person_id"].to_list() == decisions["person_id"].to_list()
    assert decisions.select("category", "decision").rows() == [("высшая", "установлена")]


# ---- findings ----------------------------------------------------------------------------------------------------------------


def test_check_digits_are_findings(tmp_path: Path, read: Read) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [STAFF, TEACHER, changed(TEACHER, c0="112-233-445 96")]))
    assert reading.rejections.is_empty()
    assert reading.findings.select("row_number", "column_name", "rule_code", "severity").rows() == [
        (3, "СНИЛС", "check_digits", "предупреждение")
    ]


FUNDING = [["Код ОО", "Учебный год", "Коэффициент финансирования"], ["080101", "2022/2023", "1"], ["080101", "2023/2024", "2,5"]]


@pytest.mark.parametrize(
    ("label", "cell"), [("Итого", "2"), ("Итого:", "3,5"), ("Всего записей", "2"), ("Средние", "1,8"), ("Минимальная граница", "36")]
)
def test_a_footer_that_agrees_with_the_rows(tmp_path: Path, read: Read, label: str, cell: str) -> None:
    assert read(write_csv(tmp_path / "x.csv", [*FUNDING, [label, "", cell]])).findings.is_empty()


@pytest.mark.parametrize(("label", "cell"), [("Итого", "5"), ("Всего записей", "7"), ("Средние", "1,9")])
def test_a_footer_that_differs_from_the_rows(tmp_path: Path, read: Read, label: str, cell: str) -> None:
    reading = read(write_csv(tmp_path / "x.csv", [*FUNDING, [label, "", cell]]))
    assert (reading.rows_loaded, reading.rows_rejected) == (2, 0)
    assert reading.findings.select("row_number", "rule_code").rows() == [(4, "footer")]
    assert cell in reading.findings["message_ru"][0]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["", "8"], []),  # the boundary in points under the marks, as ОГЭ has it
        (["8", ""], []),
        (["", "3"], []),  # the mark itself
        (["", "9"], ["Оценка"]),
        (["9", ""], ["Первичный балл"]),
    ],
)
def test_the_boundary_is_held_against_points_and_marks(tmp_path: Path, read: Read, cells: list[str], found: list[str]) -> None:
    header = "№;Код МСУ;Код ОО;Класс;Код ППЭ;Аудитория;Фамилия;Имя;Отчество;Серия;Номер;Задания с кратким ответом;"
    header += "Задания с развёрнутым ответом;Первичный балл;Оценка"
    rows = [f"{n};001;080101;9;;;Бобров;Семён;;4817;35100{n};;;{result}".split(";") for n, result in enumerate(["7;2", "8;3", "20;4"])]
    footer = ["Минимальная граница", *[""] * 12, *cells]
    reading = read(write_csv(tmp_path / "x.csv", [["02 - Математика 2024.06.06"], header.split(";"), *rows, footer]))
    assert reading.rows_loaded == 3
    assert reading.findings["column_name"].to_list() == found


def test_a_header_that_stands_on_every_page_is_no_record(tmp_path: Path, read: Read) -> None:
    """Its words would be a sound record where a form has nothing but texts."""
    header, first, second = lines("План;Номер;Мероприятие;Срок;Исполнители", "Д1;1;Семинар;май;ИРО", "Д1;2;Вебинар;июнь;ИРО")
    reading = read(write_csv(tmp_path / "x.csv", [header, first, header, second]))
    assert reading.rows["plan_items"].select("_row_number", "activity").rows() == [(2, "Семинар"), (4, "Вебинар")]
    assert (reading.rows_in, reading.rejections.height) == (2, 0)


TABULAR = [(source, name) for source in load_sources().values() if source.reader == "tabular" for name in source.layouts]


@pytest.mark.parametrize(("source", "name"), TABULAR, ids=[name for _, name in TABULAR])
def test_an_empty_table_of_every_layout(tmp_path: Path, read: Read, source: Source, name: str) -> None:
    """Its header alone is recognised, and gives the columns of the raw table."""
    columns = source.layouts[name].columns
    reading = read(write_csv(tmp_path / "x.csv", [[part for column in columns.values() for part in (column.headers or [column.title])]]))
    expected = [
        made for key, column in columns.items() for made in ([key] if column.personal != "vault" else []) + [f"{key}_key"] * column.name_key
    ]
    assert reading.rows[name].columns == ["_sheet", "_row_number", *expected]


def test_a_column_that_nobody_declared_is_told_about(read: Callable[..., Reading], tmp_path: Path) -> None:
    """A misspelled optional header must not lose its column without a word; an empty column and the row's number are no data."""
    text = "№;Код ОО;Учебный год;Кластер;Примечание;Пустая\n1;080101;2023/2024;К1;временно;\n"
    path = tmp_path / "кластеры.csv"
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    assert reading.rows_loaded == 1
    assert reading.findings.select("rule_code", "message_ru").rows() == [("columns_left_out", "Не загружено: графа «Примечание».")]
