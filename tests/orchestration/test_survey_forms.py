"""A form's export waits for its map and its waves, is read again when they change, and nothing that people wrote freely leaves landing."""

from __future__ import annotations

from small_landing import Landing, read_landing

from ingest.settings import load_settings
from orchestration.state import State, save_state
from warehouse.engine import Warehouse

MAP = "Код опроса;Группа респондентов;Код вопроса;Текст вопроса;Назначение;Шкала;Обратный"
QUALITY = "УП;родители;В01;Довольны ли Вы качеством уроков?;;{scale};"
SCHOOL = "УП;родители;ОО;Код школы;Код ОО;;"
WAVES = "Код опроса;Волна;Начало;Окончание"
WAVE = "УП;2024-02;01.02.2024;29.02.2024"
FORM = "Отметка времени,Адрес электронной почты,Довольны ли Вы качеством уроков?,Код школы,Кого поблагодарить?"
ANSWERS = [
    "2024/02/15 10:22:31 AM GMT+7,lukashin@oko.example,5,540101,Лукашина Ефима Ильича",
    "2024/02/15 11:22:31 AM GMT+7,,скорее да,540777,",
]


class Seen:
    """What the warehouse held at the end of a refresh."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.questionnaires = warehouse.query("SELECT wave, school_code FROM raw.survey_forms ORDER BY 2").rows()
        self.answers = warehouse.query("SELECT question_code, answer FROM raw.survey_form_answers ORDER BY 1, 2").rows()
        self.rejections = warehouse.rejections().select("source", "row_number", "reason_code").rows()
        left_out = "SELECT message_ru FROM raw._findings WHERE rule_code = 'columns_left_out'"
        self.left_out = warehouse.query(left_out)["message_ru"].to_list()
        tables = warehouse.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw'")["table_name"].to_list()
        self.everything = {table: warehouse.query(f"SELECT * FROM raw.{table}").write_csv() for table in tables}


def run() -> Seen:
    """One refresh, remembered as complete, as publishing does it."""
    seen: list[Seen] = []
    refresh = read_landing(look=lambda warehouse: seen.append(Seen(warehouse)))
    save_state(refresh.settings, State(judged=refresh._judged, ingest=refresh._read_by))
    return seen[0]


def test_a_form_waits_for_its_map_then_for_its_wave_and_follows_both(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("survey_forms/родители.csv", FORM, *ANSWERS)
    assert run().rejections == [("survey_forms", None, "missing_column")]

    on_target.write("survey_questions/карта.csv", MAP, QUALITY.format(scale=""), SCHOOL)
    seen = run()
    assert seen.questionnaires == []
    # the second row has two faults, the wave is first in the file; and its answer is a word that the scale does not have
    assert sorted(seen.rejections) == [("survey_forms", row, "unknown_code") for row in (2, 3, 3)]

    on_target.write("survey_waves/волны.csv", WAVES, WAVE)
    seen = run()
    assert seen.questionnaires == [("2024-02", "540101")] and seen.answers == [("В01", 5)]
    assert sorted(seen.rejections) == [("survey_forms", 3, "unknown_code"), ("survey_forms", 3, "unknown_school")]

    on_target.write("survey_questions/карта 2.csv", MAP, QUALITY.format(scale='"скорее нет=1; скорее да=4; да=5"'), SCHOOL)
    seen = run()
    assert seen.answers == [("В01", 4), ("В01", 5)]
    assert seen.rejections == [("survey_forms", 3, "unknown_school")]


def test_the_map_may_come_in_the_same_refresh_and_in_any_folder(on_target: Landing) -> None:
    on_target.write("родители.csv", FORM, ANSWERS[0])
    on_target.write("карта.csv", MAP, QUALITY.format(scale=""), SCHOOL)
    on_target.write("волны.csv", WAVES, WAVE)
    on_target.write_registers()
    seen = run()
    assert seen.rejections == [] and seen.answers == [("В01", 5)]
    assert seen.left_out == ["Не загружено: B («Адрес электронной почты»), E («Кого поблагодарить?»)."]


def test_what_people_write_is_found_nowhere(on_target: Landing) -> None:
    on_target.write_registers()
    on_target.write("survey_questions/карта.csv", MAP, QUALITY.format(scale=""), SCHOOL)
    on_target.write("survey_waves/волны.csv", WAVES, WAVE)
    # people write names and telephones into any cell
    spoilt = "2024/02/15 12:00:00 AM GMT+7,79990001122,Лукашин лучше всех,79990001122,79990001122"
    on_target.write("survey_forms/родители.csv", FORM, *ANSWERS, spoilt, spoilt.replace("Лукашин лучше всех", "79990001122"))
    everything = run().everything
    assert "columns_left_out" in everything["_findings"]
    settings = load_settings()
    places = [path for path in settings.home.rglob("*") if path.is_file() and path.relative_to(settings.home).parts[0] != "landing"]
    looked_at = [path for path in places if not path.is_relative_to(settings.archive)]
    assert looked_at
    contents = {**everything, **{str(path): path.read_bytes().decode(errors="replace") for path in looked_at}}
    for where, content in contents.items():
        for words in ("lukashin", "Лукашин", "79990001122"):
            assert words not in content, where
