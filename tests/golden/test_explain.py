"""`oko explain` on the golden region: what it says of numbers worked out by hand, and of questions that it cannot answer."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.settings import load_settings
from orchestration import explain
from orchestration.changes import KEY
from orchestration.cli import main
from orchestration.evidence_of_changes import files_behind
from orchestration.published import Pair, core
from warehouse.readers import open_published

from .conftest import Published
from .landing_files import personal_data

# what has no row of its own to show here: enrolment of the golden region is of another year than its passports; a composite of an academic
# year takes exams by other numbers; courses are held against a plan by topic, not by person
SILENT = {
    ("context_share", "fct_enrolment"),
    ("programme_completion", "fct_enrolment"),
    ("quality_improvement_composite", "fct_exam_result"),
    ("pd_plan_execution", "fct_pd_completion"),
}


def _explained(published: Published, *words: str) -> Result:
    environment = {"OKO_HOME": str(published.home)}
    if published.database_url:
        environment |= {"OKO_TARGET": "postgres", "OKO_DATABASE_URL": published.database_url}
    return CliRunner().invoke(main, ["explain", *words], env=environment)


def _lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [re.sub(r"\s+", " ", line.strip()) for line in result.output.splitlines()]


def test_an_exam(golden: Published) -> None:
    """090101, Russian, 2023: five count (rows 3-7), Ершова's last attempt is elsewhere (8), Жуков and Кузьмин left school before."""
    lines = _lines(_explained(golden, "ege_mean_score", "090101", "2023", "--subject", "1"))
    assert lines[:2] == ["Средний тестовый балл ЕГЭ (ege_mean_score)", "Школа № 1 (090101, школа) · 2023 · Русский язык (1)"]
    for line in (
        "Значение 45,4; людей: 5",
        "Числитель Сумма тестовых баллов: 227",
        "Знаменатель Участники ЕГЭ по предмету: 5",
        "Прежнее значение нет: за 2022 значения нет",
        "Посчитано заново по единицам: строк 5, числитель 227, знаменатель 5, n = 5: сходится с опубликованным",
        "Попытки ЕГЭ, ОГЭ и ГВЭ по людям (core.fct_exam_result): вошло строк 5, не вошло 3",
        "ege/2023/01_29052023 русский язык.csv: 5 (строки 3, 4, 5, 6, 7)",
        "не вошло 2: не выпускник этого года: другой класс, СПО или прошлые годы",
        "ege/2023/01_29052023 русский язык.csv: 2 (строки 9, 10)",
        "не вошло 1: не последняя действительная попытка года по предмету",
        "ege/2023/01_29052023 русский язык.csv: 1 (строки 8)",
    ):
        assert line in lines, (line, lines)


def test_a_register(golden: Published) -> None:
    """
    090101 on 01.09.2023: seven rows of six teachers, Ефимов is a part-timer. Антонова's category ends that day; Васильева, Гаврилов
    and Иванцова have the first one, Борисов's has ended the day before, Денисова was refused; what is decided later is not there yet.
    """
    lines = _lines(_explained(golden, "staff_cat_high", "школа № 1", "2023-09-01"))
    for line in (
        "Значение 16,7 %; людей: 6",
        "Посчитано заново по единицам: строк 6, числитель 1, знаменатель 6, n = 6: сходится с опубликованным",
        "staff/кадры города.csv: 7 (строки 2, 3, 4, 5, 6, 7, 11)",
        "не вошло 1: совместитель: основное место работы другое",
        "staff/кадры города.csv: 1 (строки 8)",
        "attestation/реестр.csv: 4 (строки 3, 5, 6, 11)",
        "не вошло 1: в категории отказано",
        "attestation/реестр.csv: 1 (строки 8)",
        "не вошло 1: срок действия категории истёк",
        "attestation/реестр.csv: 1 (строки 4)",
        "школы нет в реестре (unknown_school): 1",
    ):
        assert line in lines, (line, lines)
    assert any(line.startswith("staff/кадры города.csv, строка 18: ") for line in lines)


def test_thresholds_and_what_hides_a_value(golden: Published) -> None:
    """One of the four of 090102 is below 24, the minimum of the certificate: too few people to show."""
    lines = _lines(_explained(golden, "ege_below_min_share", "090102", "2023", "--subject", "русский язык"))
    assert "Значение 25 %; людей: 4" in lines
    assert "Закрытие в витринах закрыто: за числом слишком мало людей" in lines
    assert any(line.startswith("Русский язык, минимум_аттестат: 24 (") for line in lines)


def test_diagnosis_says_that_it_is_one(golden: Published) -> None:
    lines = _lines(_explained(golden, "vpr_quality", "090101", "2023/2024", "--subject", "2", "--grade", "5"))
    assert "Использование только диагностика: не для выводов об учителях и школах, не для рейтингов и выплат" in lines
    # the report is there too, and its row does not count
    assert "не вошло 1: результаты отдельных участников этой школы загружены и учтены вместо отчёта" in lines


@pytest.mark.parametrize("every", [4])
def test_the_units_give_every_number(golden_duckdb: Published, every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fourth row at every level, added up again from the published units."""
    monkeypatch.setenv("OKO_HOME", str(golden_duckdb.home))
    with core(load_settings()) as ask:
        indicators = {row["indicator_code"]: row for row in ask("SELECT * FROM core.dim_indicator WHERE kind = 'units'")}
        rows = ask(
            "SELECT * FROM core.indicator_values ORDER BY indicator_code, period, level, entity_code, subject_code, grade, breakdown"
        )
        checked = [row for row in rows if row["indicator_code"] in indicators][::every]
        levels = {row["level"] for row in checked}
        wrong = [row for row in checked if not explain._units(ask, indicators[row["indicator_code"]], row).reproduce(row)]
    assert {"school", "municipality", "region", "cluster", "umc", "kc", "group", "class"} <= levels
    assert not wrong


def test_every_fact_stands_behind_some_number(golden_duckdb: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact whose period or member is said wrongly would show no row for any value."""
    monkeypatch.setenv("OKO_HOME", str(golden_duckdb.home))
    silent = []
    with core(load_settings()) as ask:
        for indicator in ask("SELECT * FROM core.dim_indicator ORDER BY indicator_code"):
            code = explain.literal(indicator["indicator_code"])
            values = ask(
                f"SELECT * FROM core.indicator_values WHERE indicator_code = {code} ORDER BY n DESC, period, subject_code LIMIT 150"
            )
            for fact in explain._facts(ask, indicator) if values else []:
                shown = (explain._evidence(ask, indicator, value, fact, 1) for value in values)
                silent += [] if any(found.counted for found in shown) else [(indicator["indicator_code"], fact["fact_name"])]
    assert set(silent) <= SILENT


def _two_figures(code: str) -> str:
    """SQL of those with the most people behind them."""
    return f"SELECT * FROM marts.indicator_values WHERE indicator_code = '{code}' ORDER BY n DESC, {', '.join(KEY)} LIMIT 2"


def test_many_figures_at_once_have_the_files_that_each_has_alone(golden_duckdb: Published) -> None:
    """What `oko diff` says of files, against what `oko explain` says of two figures of every indicator."""
    different = []
    with open_published(golden_duckdb.home / "published" / "oko_core.duckdb") as connection:

        def run(sql: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
            cursor = connection.cursor().execute(sql)
            return [column[0] for column in cursor.description or []], iter(cursor.fetchall())

        one = Pair(run, str, str, has_core=True)
        names = [row["file_name"] for row in one.ask("SELECT DISTINCT file_name FROM quality.loads ORDER BY file_name")]
        for indicator in one.ask("SELECT * FROM core.dim_indicator ORDER BY indicator_code"):
            code = indicator["indicator_code"]
            found: dict[tuple[str, ...], set[str | None]] = {}
            for key, name in files_behind(one, str, [code], names, _two_figures):
                found.setdefault(key, set()).add(name)
            for value in one.ask(_two_figures(code)):
                evidence = [explain._evidence(one.ask, indicator, value, fact, 1) for fact in explain._facts(one.ask, indicator)]
                alone = {rows.file_name for fact in evidence for rows in explain._all_rows(fact)} - {None}
                key = tuple(value[name] for name in KEY)
                different += [] if found.get(key, set()) == alone else [(key, found.get(key), alone)]
    assert not different


def test_units_that_do_not_give_the_number_are_told() -> None:
    units = explain.Units(rows=2, n=2, numerator=1.0, denominator=2.0, members=[])
    assert units.reproduce({"numerator": 1.0, "denominator": 2.0, "n": 2})
    assert not units.reproduce({"numerator": 2.0, "denominator": 2.0, "n": 2})
    assert not units.reproduce({"numerator": 1.0, "denominator": None, "n": 2})


def test_nobody_is_named(golden_duckdb: Published) -> None:
    output = _explained(golden_duckdb, "ege_mean_score", "09", "2023", "--subject", "1", "--rows").output
    surnames, numbers = personal_data()
    assert not set(re.findall(r"\w+", output)) & (surnames | numbers)
    with_all = re.findall(r"строки [\d, ]+(…)?", output)
    assert with_all and not any(with_all), "--rows names every row"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ege_mean", "090101", "2023"), "ege_mean_score: Средний тестовый балл ЕГЭ"),
        (("средний тестовый", "090101", "2023"), "Похожие: ege_mean_score"),
        (("nothing_like_it_at_all", "090101", "2023"), "Показателя «nothing_like_it_at_all» нет."),
        (("ege_mean_score", "лесная школа", "2023"), "090202, school: Лесная школа № 2"),
        (("ege_mean_score", "090109", "2023"), "Объекта «090109» нет. Похожие: 090101"),
        (("ege_mean_score", "090101", "2019", "--subject", "1"), "Есть за: 2023; 2024."),
        (("ege_mean_score", "090101", "2023"), "Значений несколько. Есть: --subject «1»"),
        (("ege_mean_score", "090101", "2023", "--subject", "химия"), "Такого разреза нет. Есть: --subject «1»"),
        (("ege_mean_score", "090101", "2023", "--level", "class"), "Объекта «090101» нет."),
        (("cert_active_count", "090101", "2023-09-01", "--level", "class"), "Уровня «class» у показателя нет"),
        (("ege_mean_score", "'; DROP TABLE core.dim_school; --", "2023"), "Похожих нет."),
        (("ege_mean_score", "090101", "' OR '1' = '1"), "За период «' OR '1' = '1» значения"),
    ],
)
def test_questions_without_an_answer(golden: Published, words: tuple[str, ...], said: str) -> None:
    result = _explained(golden, *words)
    assert result.exit_code == 2
    assert said in re.sub(r"\s+", " ", result.output)


def test_a_name_of_several_lists_them() -> None:
    """Two schools of one name, and a municipality that has a code of a school."""

    def ask(sql: str) -> list[explain.Row]:
        if "dim_entity" in sql:
            names = [("school", "1", "Школа № 1"), ("school", "2", "Школа № 1"), ("municipality", "1", "Первый район")]
            return [{"level": level, "entity_code": code, "entity_name": name} for level, code, name in names]
        return [{"found": 1}]

    indicator = {"indicator_code": "a", "levels": "school, municipality"}
    for entity, listed in (
        ("школа № 1", "1, school: Школа № 1; 2, school: Школа № 1"),
        ("1", "1, municipality: Первый район; 1, school: Школа № 1"),
    ):
        with pytest.raises(explain.NotUnderstood, match=re.escape(listed)):
            explain._entity(ask, indicator, explain.Question("a", entity, "2024"))


def test_before_anything_is_published(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["explain", "ege_mean_score", "090101", "2023"], env={"OKO_HOME": str(tmp_path)})
    assert result.exit_code == 1 and "Ещё ничего не опубликовано" in result.output


def test_who_has_the_open_file_alone_is_told_so(golden_duckdb: Published, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    shutil.copy(golden_duckdb.home / "published" / "oko.duckdb", tmp_path / "published" / "oko.duckdb")
    result = CliRunner().invoke(main, ["explain", "ege_mean_score", "090101", "2023"], env={"OKO_HOME": str(tmp_path)})
    assert result.exit_code == 1 and "Нужен доступ к ядру" in result.output
