"""«Регион: обзор» from files to the screen: every chart drawn, and a number of each equal to a query of the published marts.

The queries read marts.indicator_values and quality, not the wide marts behind the charts, so that a wide mart that lies is found too.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from playwright.sync_api import APIResponse, Page

from .conftest import RESULTS, provision
from .dashboard import Dashboard, Watch, numbers

pytestmark = pytest.mark.e2e
CHARTS = 12
EGE = {"Средний": "ege_mean_score", "не преодолевших": "ege_below_min_share", "высоком": "ege_high_share_tb2"}
REGISTERS = {
    "высшей": "staff_cat_high",
    "три года": "pd_share_3y",
    "качеством": "leaders_pd_uko_share",
    "сертификатом": "cert_active_count",
}


@dataclass(frozen=True)
class Choice:
    year: int
    subject: str
    municipality: str | None = None


@dataclass
class Marts:
    """The expected values: region, municipality or school, by names as a person reads them."""

    connection: duckdb.DuckDBPyConnection

    def one(self, sql: str, *parameters: object) -> float:
        rows = self.connection.execute(sql, parameters).fetchall()
        assert len(rows) == 1, (sql, parameters, rows)
        return float(rows[0][0])

    def subject_code(self, name: str) -> str:
        sql = "select distinct subject_code from marts.ege_by_region where subject_name = ?"
        [[code]] = self.connection.execute(sql, [name]).fetchall()
        return str(code)

    def value(self, code: str, period: object, level: str, entity: str | None = None, subject: str = "", grade: str = "") -> float:
        """The value of an entity by its code; of the only one there is without."""
        where = "indicator_code = ? and period = ? and level = ? and subject_code = ? and grade = ? and breakdown = ''"
        sql = f"select value from marts.indicator_values where {where} and entity_code = coalesce(?, entity_code)"
        return self.one(sql, code, str(period), level, subject, grade, entity)

    def municipality(self, name: str) -> str:
        """Names of municipalities differ within a region; those of schools only within a municipality."""
        sql = "select distinct municipality_code from marts.ege_by_municipality where municipality_name = ?"
        [[code]] = self.connection.execute(sql, [name]).fetchall()
        return str(code)

    def school(self, municipality: str, name: str) -> str:
        sql = "select distinct school_code from marts.ege_by_school where municipality_name = ? and school_name = ?"
        [[code]] = self.connection.execute(sql, [municipality, name]).fetchall()
        return str(code)


@pytest.fixture(scope="module")
def expected(marts: duckdb.DuckDBPyConnection) -> Marts:
    return Marts(marts)


@pytest.fixture(scope="module")
def opened(watched: tuple[Page, Watch], superset_url: str) -> Dashboard:
    """The dashboard as it opens, pictured in a window of 1600×1200 and whole."""
    page, _ = watched
    RESULTS.mkdir(exist_ok=True)
    dashboard = Dashboard(page, superset_url, "region-overview")
    dashboard.settle()
    page.screenshot(path=RESULTS / "region-overview-window.png")
    dashboard.show_all()
    page.screenshot(path=RESULTS / "region-overview.png", full_page=True)
    return dashboard


@pytest.fixture(scope="module")
def years(marts: duckdb.DuckDBPyConnection) -> list[int]:
    return [row[0] for row in marts.execute("select distinct year from marts.ege_by_region order by year desc").fetchall()]


def close(shown: float, value: float, digits: int = 1) -> None:
    """Shown as rounded: half a unit of the last digit, and a hair for the floats."""
    assert abs(shown - value) <= 0.5 * 10**-digits + 1e-6, f"shown {shown}, published {value}"


def percent(value: float) -> float:
    return value * 100


def check_card(cards: list[dict[str, str]], words: str, value: float, unit: str, period: str) -> None:
    """The one card whose title has these words shows this value, for this period."""
    [card] = [card for card in cards if words in card["indicator_title"]]
    close(numbers(card["value_text"])[0], percent(value) if unit == "share" else value)
    assert ("%" in card["value_text"]) == (unit == "share") and period in card["period_text"], card


def check_cards(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    subject, year = expected.subject_code(choice.subject), str(choice.year)
    passed = expected.value("ege_pass_share_mandatory", year, "region")
    check_card(dashboard.rows("region-pass-cards"), "обязательным", passed, "share", year)
    for words, code in EGE.items():
        unit = "mean" if code == "ege_mean_score" else "share"
        check_card(dashboard.rows("region-subject-cards"), words, expected.value(code, year, "region", subject=subject), unit, year)
    for words, code in REGISTERS.items():
        unit = "count" if code == "cert_active_count" else "share"
        value = expected.value(code, f"{year}-01-01", "region")
        check_card(dashboard.rows("region-registers-cards"), words, value, unit, f"01.01.{year}")


def check_vpr(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    period = f"{choice.year - 1}/{choice.year}"
    cards = dashboard.rows("region-vpr-cards")
    [grade] = [int(numbers(card["indicator_title"])[-1]) for card in cards[:1]]
    value = expected.value("vpr_quality", period, "region", subject=expected.subject_code(choice.subject), grade=str(grade))
    check_card(cards, f"{grade} класс", value, "share", period)


def check_municipalities(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    code = expected.subject_code(choice.subject)
    name, label, said = dashboard.tooltip("municipality-intervals", 0.8, 0.5)
    assert label == "Средний балл"
    close(numbers(said)[0], expected.value("ege_mean_score", choice.year, "municipality", expected.municipality(name), code))
    assert dashboard.ink("municipality-intervals") > 0.01
    rows = dashboard.rows("municipality-table")
    assert rows and (choice.municipality is None or [row["municipality_name"] for row in rows] == [choice.municipality])
    shown = next(row for row in rows if numbers(row["mean_score"]) and numbers(row["below_min_share"]))
    for column, indicator, scale in (("mean_score", "ege_mean_score", 1), ("below_min_share", "ege_below_min_share", 100)):
        value = expected.value(indicator, choice.year, "municipality", expected.municipality(shown["municipality_name"]), code)
        close(numbers(shown[column])[0], scale * value)


def check_trends(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    code = expected.subject_code(choice.subject)
    year, label, said = dashboard.tooltip("region-mean-trend", 0.3, 0.5)
    assert label == "Средний балл"
    close(numbers(said)[0], expected.value("ege_mean_score", year, "region", subject=code))
    year, *lines = dashboard.tooltip("region-share-trend", 0.3, 0.5)
    shown = dict(zip(lines[::2], lines[1::2], strict=True))
    close(numbers(shown["Ниже минимального"])[0], percent(expected.value("ege_below_min_share", year, "region", subject=code)))
    close(numbers(shown["Высокие результаты (≥ ТБ2)"])[0], percent(expected.value("ege_high_share_tb2", year, "region", subject=code)))
    assert min(dashboard.ink("region-mean-trend"), dashboard.ink("region-share-trend")) > 0.01


def check_schools(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    code = expected.subject_code(choice.subject)
    rows = dashboard.rows("school-table")
    assert rows and (choice.municipality is None or {row["municipality_name"] for row in rows} == {choice.municipality})
    shown = next(row for row in rows if "скрыто" not in row["mean_interval"])
    school = expected.school(shown["municipality_name"], shown["school_name"])
    value = expected.value("ege_mean_score", choice.year, "school", school, code)
    close(numbers(shown["mean_score"])[0], value)
    for hidden in (row for row in rows if "скрыто" in row["mean_interval"]):
        assert not numbers(hidden["mean_score"]), hidden


def check_certificates(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    rows = dashboard.rows("certificate-register")
    where = "municipality_name = ?" if choice.municipality else "? is null"
    total = expected.one(f"select count(*) from marts.certificates where {where}", choice.municipality)
    found = dashboard.chart("certificate-register").locator("input[placeholder]").last.get_attribute("placeholder") or ""
    assert len(rows) == min(total, 10)
    if rows:
        close(numbers(found)[0], total, digits=0)
        sql = "select days_to_expiry from marts.certificates where certificate_number = ?"
        close(numbers(rows[0]["days_to_expiry"])[0], expected.one(sql, rows[0]["certificate_number"]), digits=0)


def check_sources(dashboard: Dashboard, expected: Marts) -> None:
    titled = "select source_title from marts.data_freshness where source = 'ege'"
    [title] = expected.connection.execute(titled).fetchall()[0]
    [shown] = [row for row in dashboard.rows("data-freshness") if row["source_title"] == title]
    sql = "select {} from quality.loads where source = 'ege'"
    close(numbers(shown["files"])[0], expected.one(sql.format("count(distinct file_sha256)")), digits=0)
    [[as_of]] = expected.connection.execute("select strftime(as_of, '%d.%m.%Y') from quality.publication").fetchall()
    assert [row["as_of_text"] for row in dashboard.rows("publication-cards")] == [as_of]


def check(dashboard: Dashboard, expected: Marts, choice: Choice) -> None:
    """One number of each of the twelve charts."""
    check_cards(dashboard, expected, choice)
    check_vpr(dashboard, expected, choice)
    check_municipalities(dashboard, expected, choice)
    check_trends(dashboard, expected, choice)
    check_schools(dashboard, expected, choice)
    check_certificates(dashboard, expected, choice)
    check_sources(dashboard, expected)


def test_opens_in_russian_on_the_latest_year(opened: Dashboard, expected: Marts, years: list[int]) -> None:
    body = opened.page.inner_text("body")
    for word in ("Дашборды", "Регион: обзор", "Применить", "Муниципалитет", "Неопределённость из-за малой численности"):
        assert word in body, word
    assert len(opened.titles()) == CHARTS
    check(opened, expected, Choice(years[0], "Русский язык"))


def test_follows_its_filters(opened: Dashboard, expected: Marts, years: list[int]) -> None:
    sql = "select municipality_name from marts.ege_by_municipality where year = ? and subject_name = ? order by n desc limit 1"
    subject = "Математика профильная"
    [[municipality]] = expected.connection.execute(sql, [years[1], subject]).fetchall()
    for name, value in (("year", str(years[1])), ("subject", subject), ("municipality", municipality)):
        opened.choose(name, value)
    opened.apply()
    opened.page.screenshot(path=RESULTS / "region-overview-filtered.png", full_page=True)
    check(opened, expected, Choice(years[1], subject, municipality))


def test_nothing_failed_and_nothing_left_the_machine(opened: Dashboard, watched: tuple[Page, Watch]) -> None:
    _, watch = watched
    assert opened.complaints() == []
    assert watch.errors == []
    assert watch.left_the_machine() == []
    assert len(watch.answers) >= 2 * CHARTS
    assert [query["error"] for _, answer in watch.answers for query in answer["result"] if query["error"]] == []


class Charts:
    """The charts of the dashboard by title, asked for their data without a browser's page."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._url = page, url
        answer = page.request.get(f"{url}/api/v1/dashboard/region-overview/charts").json()
        self.ids = {chart["slice_name"]: chart["form_data"]["slice_id"] for chart in answer["result"]}

    def answer(self, title: str, form: str = "json") -> APIResponse:
        answer = self._page.request.get(f"{self._url}/api/v1/chart/{self.ids[title]}/data/?format={form}")
        assert answer.ok, (title, answer.text())
        return answer

    def rows(self, title: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = self.answer(title).json()["result"][0]["data"]
        return rows


@pytest.fixture(scope="module")
def charts(watched: tuple[Page, Watch], superset_url: str) -> Charts:
    return Charts(watched[0], superset_url)


def test_each_chart_answers_without_a_browser(charts: Charts) -> None:
    assert len(charts.ids) == CHARTS
    assert [title for title in charts.ids if not charts.rows(title)] == []


def test_table_comes_out_as_excel_wants_it(charts: Charts) -> None:
    text = charts.answer("ЕГЭ по муниципалитетам: таблица", "csv").body()
    assert text.startswith("\ufeff".encode())
    header, *rows = text.decode("utf-8-sig").splitlines()
    assert header.startswith("Муниципалитет;Участников;Средний балл;")
    means = [row.split(";")[2] for row in rows]
    assert any(means) and all(re.fullmatch(r"(\d+(,\d+)?)?", mean) for mean in means), means


def _point(link: Path, target: Path) -> None:
    draft = link.with_name("published.draft")
    draft.symlink_to(target)
    draft.replace(link)


def test_a_new_publication_shows_by_itself(charts: Charts, home: Path, marts: duckdb.DuckDBPyConnection) -> None:
    link, old = home / "published", (home / "published").readlink()
    [[identifier]] = marts.execute("select publication_id from quality.publication").fetchall()
    new = home / "publications" / "next"
    shutil.copytree(home / old, new)
    with duckdb.connect(str(new / "oko.duckdb")) as connection:
        connection.execute("update quality.publication set publication_id = 'next'")
    try:
        for target, shown in ((new, "публикация next"), (old, f"публикация {identifier}")):
            _point(link, target)
            [row] = charts.rows("Данные на дату")
            assert row["publication_text"] == shown
    finally:
        _point(link, old)
        shutil.rmtree(new)


def test_provision_repeats_in_a_moment_and_tells_no_log_the_password(home: Path) -> None:
    first = (home / "logs" / "provision.txt").read_text()
    secret = home / "secrets" / "superset_admin_password"
    password = secret.read_text().strip()
    assert str(secret) in first and password not in first
    # tests of other modules have changed what there is to bring
    provision(home).communicate(timeout=120)
    log = home / "logs" / "superset-provision.log"
    written = log.stat().st_size
    again = provision(home)
    said, _ = again.communicate(timeout=60)
    assert (again.returncode, said) == (0, "Superset: без изменений\n")
    # an imported Superset, which is what takes long, writes there
    assert log.stat().st_size == written > 0
    for name in ("superset_admin_password", "superset_secret_key"):
        assert stat.S_IMODE((home / "secrets" / name).stat().st_mode) == 0o600


def test_passwords_cannot_be_tried_at_will(superset_url: str) -> None:
    """From an address of its own, because the limit is one for an address and other tests log in too."""
    guess = json.dumps({"username": "admin", "password": "guess", "provider": "db"})
    place = urlsplit(superset_url)

    def tried() -> int:
        with closing(HTTPConnection(str(place.hostname), place.port, timeout=60, source_address=("127.0.0.2", 0))) as connection:
            connection.request("POST", "/api/v1/security/login", guess, {"Content-Type": "application/json"})
            return connection.getresponse().status

    answers = [tried() for _ in range(25)]
    assert set(answers[:20]) == {401} and answers[-1] == 429
