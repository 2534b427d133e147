"""Exports of forms: which questionnaire a form is, which column which question, whose answer it is and when; and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from ingest_files import write_csv, write_xlsx

from ingest.known import FixedKnown
from ingest.layouts.survey_form import moment_of, question_key
from ingest.reading import Reading
from ingest.scales import scale_of

Read = Callable[..., Reading]
MAP = ["survey_code", "version", "respondent_group", "question_code", "question_text", "purpose", "scale", "is_reversed"]
WAVES = ["survey_code", "wave", "starts_on", "ends_on", "respondent_group", "rated_node_code"]
FEBRUARY = ("УП", "2018-02", date(2018, 2, 1), date(2018, 2, 28), None, None)
HEADER = ["Отметка времени", "Довольны ли Вы уроками?", "Довольны ли Вы питанием?", "Код школы"]


def asked(
    code: str, text: str, scale: str = "1-5", purpose: str = "вопрос", survey: str = "УП", group: str = "родители"
) -> tuple[str, ...]:
    return survey, "1", group, code, text, purpose, scale, "нет"


LESSONS, MEALS = asked("В1", "Довольны ли Вы уроками?"), asked("В2", "Довольны ли Вы питанием?")
SCHOOL = asked("ОО", "Код школы", purpose="Код ОО")


def known(*questions: tuple[str, ...], waves: Sequence[tuple[Any, ...]] = (FEBRUARY,)) -> FixedKnown:
    rows = {
        "survey_questions": pl.DataFrame(list(questions), schema=MAP, orient="row"),
        "survey_waves": pl.DataFrame(
            list(waves), schema={**dict.fromkeys(WAVES, pl.String), "starts_on": pl.Date, "ends_on": pl.Date}, orient="row"
        ),
    }
    codes = {"school_code": ["080101", "080102"], "node_code": ["КЦ-01", "КЦ-010", "УМЦ-01"], "survey_wave": [wave[1] for wave in waves]}
    return FixedKnown(codes, rows)


def answers(reading: Reading) -> list[tuple[int, str, int | None]]:
    return sorted(reading.rows["survey_form_answers"].select("_row_number", "question_code", "answer").rows())


def questionnaires(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    return reading.rows["survey_forms"].select(columns).rows()


def faults(reading: Reading) -> list[tuple[int, str, str]]:
    return reading.rejections.select("row_number", "column_letters", "reason_code").rows()


def test_one_spelling_of_a_question() -> None:
    assert question_key("  12. Всё ли «Вам»   нравится?* ") == question_key('Вопрос 3) все ли "вам" нравится')
    assert question_key("Оцените работу [1. Столовой]") == question_key("оцените работу / столовой") == "оцените работу / столовой"
    assert question_key("5 лет в школе") != question_key("лет в школе")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018/02/15 10:22:31 AM GMT+7", "2018-02-15 10:22:31"),
        ("2018/02/15 12:05:00 AM GMT+7", "2018-02-15 00:05:00"),
        ("2018/02/15 9:22:31 PM MSK", "2018-02-15 21:22:31"),
        ("15.02.2018 9:22:31", "2018-02-15 09:22:31"),
        ("2018-02-15T21:22:31.250Z", "2018-02-15 21:22:31"),
        ("15.02.2018", "2018-02-15"),
        ("2/15/2018 10:22:31", "2/15/2018 10:22:31"),
        ("вчера", "вчера"),
    ],
)
def test_one_spelling_of_a_moment(text: str, moment: str) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize("text", ["", "пять", "5-1", "5-5", "хорошо=5", "хорошо=5; плохо", "да;нет", "1..5"])
def test_a_scale_that_is_none(text: str) -> None:
    assert scale_of(text) is None


def test_scales() -> None:
    words = scale_of("Полностью удовлетворён = 5; не удовлетворен=1")
    assert words and (words.least, words.greatest, words.number("полностью  Удовлетворен")) == (1, 5, "5")
    assert scale_of(words.text) == words
    yes_no = scale_of("Да / Нет")
    assert yes_no and (yes_no.least, yes_no.greatest, yes_no.number("НЕТ")) == (0, 1, "0")
    assert words.number("затрудняюсь ответить") is None and words.number("Маша") == "Маша"
    choice = scale_of("выбор")
    assert choice and choice.is_choice and not yes_no.is_choice


def test_a_google_form(read: Read, tmp_path: Path) -> None:
    """A grid, branches that ask the same twice, chosen options in one cell, one with a comma; e-mail and open answers stay out."""
    header = [
        "Отметка времени",
        "Адрес электронной почты",
        "Довольны ли Вы уроками?",
        "Оцените [Питание]",
        "Код школы",
        "Что ценно?",
        "Ещё?",
    ]
    rows = [
        [*header, "Довольны ли Вы уроками?"],
        ["2018/02/15 10:22:31 AM GMT+7", "a@oko.example", "5", "хорошо", "080101 — Школа № 1", "Учителя, Музей, выставки", "Иванов", ""],
        ["2018/02/15 10:22:32 AM GMT+7", "", "", "затрудняюсь ответить", "080102", "Учителя, Сидоров", "", "4"],
        ["2018/02/15 10:22:33 AM GMT+7", "", "", "", "", "", "", ""],
    ]
    grid = asked("В2", "Оцените [питание]", "1-5 (плохо=1; хорошо=5)")
    options = [asked("В3.1", "Что ценно? [Учителя]", "выбор"), asked("В3.2", "Что ценно? [Музей, выставки]", "выбор")]
    reading = read(write_csv(tmp_path / "ф.csv", rows, separator=","), known=known(LESSONS, grid, SCHOOL, *options))
    assert answers(reading) == [
        *[(2, "В1", 5), (2, "В2", 5), (2, "В3.1", 1), (2, "В3.2", 1)],
        *[(3, "В1", 4), (3, "В2", None), (3, "В3.1", 1), (3, "В3.2", 0)],
        *[(4, "В1", None), (4, "В2", None), (4, "В3.1", None), (4, "В3.2", None)],
    ]
    assert questionnaires(reading, "school_code", "wave", "answered_on") == [
        ("080101", "2018-02", date(2018, 2, 15)),
        ("080102", "2018-02", date(2018, 2, 15)),
        (None, "2018-02", date(2018, 2, 15)),
    ]
    assert reading.findings["message_ru"].to_list() == [
        "Не загружено: B («Адрес электронной почты»), F («Что ценно?»): варианты, которых нет в карте, G («Ещё?»)."
    ]


def test_a_yandex_form_with_a_column_for_each_option(read: Read, tmp_path: Path) -> None:
    header = ["ID", "Время создания", "Довольны ли Вы уроками?", "Что ценно? / Учителя", "Что ценно? / Музей", "Код школы"]
    rows: list[list[object]] = [
        header,
        [900001, datetime(2018, 2, 15, 10, 22, 31), 5, "Учителя", "", "080101"],
        [900002, datetime(2018, 2, 16, 10, 22, 31), 4, "", "", 80101],
        [900003, datetime(2018, 2, 17, 10, 22, 31), 3, "Нет", "Да", "080102"],
    ]
    options = [asked("В3.1", "Что ценно [Учителя]", "выбор"), asked("В3.2", "Что ценно [Музей]", "выбор")]
    reading = read(write_xlsx(tmp_path / "ф.xlsx", {"Ответы": rows}), known=known(LESSONS, SCHOOL, *options))
    assert questionnaires(reading, "questionnaire_id", "school_code", "answered_on") == [
        ("900001", "080101", date(2018, 2, 15)),
        ("900002", "080101", date(2018, 2, 16)),
        ("900003", "080102", date(2018, 2, 17)),
    ]
    # the second left the whole question blank: unmeasured, not «chose nothing»
    assert answers(reading) == [
        *[(2, "В1", 5), (2, "В3.1", 1), (2, "В3.2", 0)],
        *[(3, "В1", 4), (3, "В3.1", None), (3, "В3.2", None)],
        *[(4, "В1", 3), (4, "В3.1", 0), (4, "В3.2", 1)],
    ]
    assert reading.findings.is_empty() and reading.rejections.is_empty()


def test_the_same_questionnaire_is_the_same_in_a_longer_export_of_another_format(read: Read, tmp_path: Path) -> None:
    """Two answers of one second are two; a corrected answer is still the same questionnaire."""
    moment = "2018/02/15 10:22:31 PM GMT+7"
    early = [HEADER, [moment, "5", "5", "080101"], [moment, "5", "5", "080101"]]
    late: list[list[object]] = [
        HEADER,
        *[[datetime(2018, 2, 15, 22, 22, 31), 4, 5, "080101"] for _ in range(2)],
        [datetime(2018, 2, 16, 9, 0, 0), 4, 5, "080101"],
        [datetime(2018, 2, 15, 22, 22, 31), 4, 5, "080102"],
    ]
    of_all = known(LESSONS, MEALS, SCHOOL)
    before = questionnaires(read(write_csv(tmp_path / "а.csv", early, separator=","), known=of_all), "questionnaire_id")
    after = questionnaires(read(write_xlsx(tmp_path / "б.xlsx", {"Ответы на форму (1)": late}), known=of_all), "questionnaire_id")
    assert len(set(before)) == 2 and before == after[:2] and len(set(after)) == 4


def test_faults_name_the_cell_and_repeat_nothing(read: Read, tmp_path: Path) -> None:
    rows = [
        HEADER,
        ["15.02.2018 10:00:00", "6", "так себе", "080101"],
        ["2/15/2018 10:00:00", "5", "5", "080101"],
        ["15.03.2018 10:00:00", "5", "4,5", "89139131313"],
        ["", "5", "5", "080101"],
    ]
    reading = read(write_csv(tmp_path / "ф.csv", rows), known=known(LESSONS, MEALS, SCHOOL))
    assert sorted(faults(reading)) == [
        (2, "B", "out_of_range"),
        (2, "C", "unknown_code"),
        (3, "A", "bad_date"),
        (4, "A", "unknown_code"),
        (4, "C", "unknown_code"),
        (5, "A", "missing_value"),
    ]
    messages = "\n".join(reading.rejections["message_ru"])
    assert "Ячейка C2 («Ответ»): такого ответа нет в шкале вопроса." in messages
    assert "Ячейка A4 («Волна»): на день ответа нет волны опроса или подходят сразу несколько." in messages
    assert not any(cell in messages for cell in ("так себе", "89139131313", "4,5", "«6»"))


def test_no_map_knows_the_form(read: Read, tmp_path: Path) -> None:
    form = write_csv(tmp_path / "ф.csv", [HEADER, ["15.02.2018 10:00:00", "5", "5", "080101"]])
    nothing = read(form, known=FixedKnown())
    assert (nothing.source, nothing.rejections["reason_code"].to_list(), nothing.rows) == ("survey_forms", ["missing_column"], {})
    assert "Добавьте опрос в карту (survey_questions)" in nothing.rejections["message_ru"][0]
    others = [asked(f"В{number}", f"Вопрос без пары {number}") for number in range(2, 5)]
    little = read(form, known=known(LESSONS, *others))
    assert "Ближе всего опрос «УП»: узнано вопросов 1 из 4." in little.rejections["message_ru"][0]


def test_the_version_that_misses_least(read: Read, tmp_path: Path) -> None:
    """Both have the two questions of the form, version 2 asks three more; of two that fit alike the later one, 10 after 9."""
    second = [("УП", "2", *row[2:]) for row in [LESSONS, MEALS, *(asked(f"В{n}", f"Новый вопрос {n}") for n in (3, 4))]]
    form = write_csv(tmp_path / "ф.csv", [HEADER, ["15.02.2018 10:00:00", "5", "5", "080101"]])
    assert questionnaires(read(form, known=known(LESSONS, MEALS, *second)), "version") == [("1",)]
    alike = [("УП", version, *row[2:]) for version in ("9", "10") for row in (LESSONS, MEALS)]
    assert questionnaires(read(form, known=known(LESSONS, MEALS, *alike)), "version") == [("10",)]


def test_the_wave_tells_two_surveys_with_the_same_questions_apart(read: Read, tmp_path: Path) -> None:
    pupils = [("УО", "1", "обучающиеся", *row[3:]) for row in (LESSONS, MEALS)]
    waves = [
        FEBRUARY,
        ("УО", "2018-03", date(2018, 3, 1), date(2018, 3, 31), None, None),
        ("УП", "2018-03", date(2018, 3, 20), date(2018, 3, 31), None, None),
    ]
    rows = [HEADER, *[[f"{day} 10:00:00", "5", "4", ""] for day in ("15.02.2018", "05.03.2018", "25.03.2018")]]
    reading = read(write_csv(tmp_path / "ф.csv", rows), known=known(LESSONS, MEALS, *pupils, waves=waves))
    assert questionnaires(reading, "survey_code", "wave", "respondent_group") == [
        ("УП", "2018-02", "родители"),
        ("УО", "2018-03", "обучающиеся"),
    ]
    # on 25 March both are under way: nobody guesses
    assert faults(reading) == [(4, "A", "unknown_code")]


def test_nodes_and_group_that_the_respondent_names(read: Read, tmp_path: Path) -> None:
    header = ["Отметка времени", "Кто Вы?", "О каком центре?", "Ваш центр", "Довольны ли Вы уроками?"]
    rows = [
        header,
        ["15.02.2018 10:00:00", "ОО", "КЦ-010 (Лицей № 2)", "умц-01", "5"],
        ["15.02.2018 10:00:01", "УМЦ", "КЦ-01", "", "4"],
        ["15.02.2018 10:00:02", "Иванов", "КЦ-01", "", "4"],
        ["15.02.2018 10:00:03", "ОО", "КЦ-99", "", "4"],
    ]
    group = "из ответа"
    questions = [
        asked("Г", "Кто Вы", purpose="группа", group=group),
        asked("У1", "О каком центре", purpose="оцениваемый узел", group=group),
        asked("У2", "Ваш центр", purpose="оценивающий узел", group=group),
        asked("В1", "Довольны ли Вы уроками", group=group),
    ]
    reading = read(write_csv(tmp_path / "ф.csv", rows), known=known(*questions))
    assert questionnaires(reading, "respondent_group", "rated_node_code", "rater_node_code") == [
        ("ОО", "КЦ-010", "УМЦ-01"),
        ("УМЦ", "КЦ-01", None),
    ]
    assert faults(reading) == [(4, "B", "unknown_code"), (5, "C", "unknown_code")]


def test_the_wave_names_the_node_that_the_form_does_not(read: Read, tmp_path: Path) -> None:
    waves = [
        ("УП", "2018-02", date(2018, 2, 1), date(2018, 2, 14), None, "КЦ-01"),
        ("УП", "2018-02", date(2018, 2, 15), date(2018, 2, 28), None, "УМЦ-01"),
    ]
    rows = [HEADER, ["10.02.2018 10:00:00", "5", "5", ""], ["15.02.2018 23:59:59", "5", "5", ""]]
    reading = read(write_csv(tmp_path / "ф.csv", rows), known=known(LESSONS, MEALS, waves=waves))
    assert questionnaires(reading, "rated_node_code") == [("КЦ-01",), ("УМЦ-01",)]


def test_a_form_that_collects_a_table_is_that_table(read: Read, tmp_path: Path) -> None:
    """Whoever collects a list with Google Forms has all its headers; a moment beside them makes no survey of it."""
    header = ["Отметка времени", "Код ОО", "Дата проверки", "Код критерия", "Балл", "Максимальный балл"]
    reading = read(write_csv(tmp_path / "ф.csv", [header, ["15.02.2018 10:00:00", "080101", "14.02.2018", "К1", "1", "2"]]))
    assert (reading.source, reading.rows_loaded) == ("site_checks", 1)


def test_a_moment_somewhere_in_a_table_makes_no_form(read: Read, tmp_path: Path) -> None:
    for header in (["Что", "Timestamp"], ["Что", "ID", "Дата создания"], ["ID", "Что", "Отметка времени"]):
        reading = read(write_csv(tmp_path / "журнал.csv", [header, ["дверь", "1", "15.02.2018"][: len(header)]]))
        assert reading.rejections["reason_code"].to_list() == ["unknown_layout"], header


def test_an_export_without_answers(read: Read, tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "ф.csv", [HEADER]), known=known(LESSONS, MEALS, SCHOOL))
    assert (reading.source, reading.rows_in, reading.rejections.height) == ("survey_forms", 0, 0)
