"""What is wrong is told once, by mail and by a webhook, to real servers that answer well or badly.

A server that fails fails nothing else.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from mail_server import Hook, Mail, mail_server, make_certificate, web_hook

from ingest.settings import Settings, SettingsError, load_settings
from orchestration import night, runs
from orchestration.alerts import load_state, plain, watch, watch_quietly
from orchestration.audit_log import record
from orchestration.cli import main
from orchestration.home import prepare_home
from orchestration.jobs import watch_sensor
from orchestration.lock import RefreshLock
from orchestration.runs import FAILED, PUBLISHED, RUNNING, Run, next_due, noted, save_run
from orchestration.watching import causes

CHANGED = "Средний балл (ege_mean_score), 2024, Русский язык: 48,10 вне пределов 60,20 … 63,90 (прежняя публикация)"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def home(make_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a publication in which nothing is wrong, and a run that succeeded an hour ago."""
    home = make_home()
    monkeypatch.setenv("OKO_AS_OF", "2024-12-30")
    (home / "oko.toml").write_text('[region]\ncode = "54"\nname = "Край\\nBcc: a@oko.example"\n', encoding="utf-8")
    settings = load_settings()
    prepare_home(settings)
    publish(home)
    ran(settings)
    return home


def ran(settings: Settings, outcome: str = PUBLISHED, ago: timedelta = timedelta(hours=1), **rest: str) -> None:
    began = datetime.now(UTC) - ago
    ended = (began + timedelta(minutes=10)).isoformat()
    due = next_due(settings, began).isoformat()
    save_run(settings.logs, replace(Run("r1", began.isoformat(), ended, outcome, success_at=ended, due_at=due), **rest))


PUBLICATION = """
    CREATE SCHEMA quality;
    CREATE SCHEMA marts;
    CREATE TABLE quality.publication AS SELECT '{name}' AS publication_id, DATE '2024-12-30' AS as_of, now()::TIMESTAMP AS started_at;
    CREATE TABLE quality.findings (rule_code TEXT, severity TEXT, message_ru TEXT, what_to_do_ru TEXT);
    CREATE TABLE quality.freshness (
        source TEXT, source_title TEXT, cadence TEXT, files INT, rows_loaded INT, rows_rejected INT, last_modified_at TIMESTAMP,
        last_loaded_at TIMESTAMP, age_days INT, is_late BOOL, expected_by DATE, days_over INT, state TEXT
    );
    CREATE TABLE quality.loads (loaded_at TIMESTAMP, file_name TEXT, layout TEXT, rows_in INT, rows_loaded INT, rows_rejected INT);
    CREATE TABLE quality.rejections (reason_code TEXT);
"""


def publish(home: Path, name: str = "p1", changes: tuple[tuple[str, str], ...] = (), late: tuple[str, ...] = ()) -> None:
    """The tables of `quality` that are looked at, as one publication."""
    folder = home / "publications" / name
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "oko.duckdb")) as con:
        con.execute(PUBLICATION.format(name=name))
        for rule, message in changes:
            con.execute("INSERT INTO quality.findings VALUES (?, 'предупреждение', ?, 'Посмотрите файлы.')", [rule, message])
        for source in late:
            row = [source, f"Файл «{source}»", "ежемесячно", 1, 1, 0, None, None, 59, True, date(2024, 12, 16), 14, "пора обновить"]
            con.execute(f"INSERT INTO quality.freshness VALUES ({', '.join('?' * len(row))})", row)
    (home / "published").unlink(missing_ok=True)
    (home / "published").symlink_to(f"publications/{name}")


def configure(home: Path, **keys: object) -> Settings:
    lines = [f"{name} = {json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)}" for name, value in keys.items()]
    (home / "oko.toml").write_text(
        '[region]\ncode = "54"\nname = "Край\\nBcc: a@oko.example"\n[alerts]\n' + "\n".join(lines), encoding="utf-8"
    )
    return load_settings()


@pytest.fixture
def mail(certificate: Path) -> Iterator[Mail]:
    with mail_server(Mail(certificate=certificate)) as mail:
        yield mail


@pytest.fixture
def mailed(home: Path, mail: Mail, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with mail over STARTTLS and a password in a file."""
    secret = home / "secrets" / "smtp_password"
    secret.touch(mode=0o600)
    secret.write_text("s3cret\n")
    keys = {"smtp_host": "localhost", "smtp_port": mail.port, "smtp_user": "oko", "ca_file": certificate, "timeout_seconds": 1}
    return configure(home, mail_to="admin@oko.example; boss@oko.example", mail_from="oko@oko.example", **keys)


def body(message: EmailMessage) -> str:
    return str(message.get_content())


# ---- what is wrong -----------------------------------------------------------------------------------------------------------


def test_nothing_is_wrong(home: Path) -> None:
    assert causes(load_settings()) == []


def test_what_can_be_wrong(home: Path) -> None:
    settings = load_settings()
    ran(settings, FAILED, timedelta(days=2), step="raw__ege", error="OSError")
    publish(home, "p2", (("change_value", CHANGED),), ("ege",))
    record(settings, "published", publication="p2")
    (settings.logs / "audit.jsonl").write_text("")
    assert {cause.title: cause.text for cause in causes(settings)}.keys() == {
        *("Обновление не выполнено", "Обновление опаздывает", "Подозрительное изменение", "Источник просрочен: Файл «ege»"),
        "Журнал аудита повреждён",
    }
    text = {cause.title: cause.text for cause in causes(settings)}
    assert "ошибка OSError; этап: чтение файлов (ege)" in text["Обновление не выполнено"]
    assert text["Подозрительное изменение"] == CHANGED
    assert "ждали по 16.12.2024, просрочен на 14 дн." in text["Источник просрочен: Файл «ege»"]


def test_a_killed_run_is_told_as_soon_as_its_lock_is_free(home: Path) -> None:
    settings = load_settings()
    ran(settings, RUNNING)
    with RefreshLock(settings.warehouse):
        assert causes(settings) == []
    assert [cause.title for cause in causes(settings)] == ["Обновление не выполнено"]
    assert "процесс прерван" in causes(settings)[0].text


def test_without_a_publication(home: Path) -> None:
    (home / "published").unlink()
    assert [(cause.title, cause.text) for cause in causes(load_settings())] == [
        ("Публикация не читается", "Ещё ничего не опубликовано: выполните «oko refresh».")
    ]


def test_a_night_that_did_not_run_is_late_after_its_grace(home: Path) -> None:
    settings = load_settings()
    # 01:00 in Novosibirsk; the night is at 02:00, its grace ends at 06:00
    began = datetime(2024, 12, 29, 18, 0, tzinfo=UTC)
    assert next_due(settings, began) == datetime(2024, 12, 29, 23, 0, tzinfo=UTC)
    assert next_due(settings, datetime(2024, 12, 29, 19, 0, tzinfo=UTC)) == datetime(2024, 12, 30, 23, 0, tzinfo=UTC)
    ran(settings)
    late = datetime.fromisoformat(runs.load_run(settings.logs).due_at) + timedelta(seconds=1)
    assert causes(settings, late - timedelta(seconds=2)) == []
    assert [cause.title for cause in causes(settings, late)] == ["Обновление опаздывает"]


def test_a_schedule_that_nobody_understands(home: Path) -> None:
    (home / "oko.toml").write_text('[schedule]\nnight = "61 2 * * *"\n')
    with pytest.raises(SettingsError, match="расписание «61 2"):
        next_due(load_settings(), datetime.now(UTC))


def test_a_run_is_noted_from_its_beginning_to_its_end(home: Path) -> None:
    settings = load_settings()
    before = runs.load_run(settings.logs)
    with pytest.raises(ValueError, match="x"), noted(settings, "r2"):
        assert (runs.load_run(settings.logs).outcome, runs.load_run(settings.logs).run_id) == (RUNNING, "r2")
        raise ValueError("x")
    failed = runs.load_run(settings.logs)
    assert failed.outcome == FAILED and failed.ended_at and failed.success_at == before.success_at
    with noted(settings, "r3") as ending:
        ending[0] = replace(ending[0], outcome=PUBLISHED)
    assert runs.load_run(settings.logs).success_at > before.success_at
    (settings.logs / "run.json").write_text("{torn")
    assert runs.load_run(settings.logs) == Run()


# ---- mail --------------------------------------------------------------------------------------------------------------------


def test_a_cause_is_told_once_and_once_when_it_is_over(mailed: Settings, mail: Mail) -> None:
    assert watch(mailed).failures == {} and mail.messages == []
    ran(mailed, FAILED, step="dbt", error="DbtFailed")
    for _ in range(3):
        assert watch(mailed).failures == {}
    (message,) = mail.messages
    assert mail.was_encrypted == [True] and mail.logins == [("oko", "s3cret")]
    assert message["To"] == "admin@oko.example, boss@oko.example" and message["From"] == "oko@oko.example"
    assert message["Subject"] == "Око (Край Bcc: a@oko.example): Обновление не выполнено"
    assert message["Bcc"] is None
    assert "этап: расчёт показателей (dbt)" in body(message) and "Что делать: Устраните причину" in body(message)
    ran(mailed)
    for _ in range(3):
        watch(mailed)
    assert [each["Subject"].rpartition("): ")[2] for each in mail.messages[1:]] == ["закончилось: Обновление не выполнено"]


def test_another_cause_of_the_same_kind_is_told(mailed: Settings, mail: Mail) -> None:
    ran(mailed, FAILED, step="dbt", error="DbtFailed")
    watch(mailed)
    ran(mailed, FAILED, step="published", error="AuditFailed")
    watch(mailed)
    assert "новая публикация не прошла проверку" in body(mail.messages[1])
    assert "Закончилось: Обновление не выполнено" in body(mail.messages[1])


def test_a_change_is_told_with_its_publication_and_its_end_is_no_news(mailed: Settings, mail: Mail) -> None:
    publish(mailed.home, "p2", (("change_value", CHANGED),))
    watch(mailed)
    publish(mailed.home, "p3")
    watch(mailed)
    assert len(mail.messages) == 1 and CHANGED in body(mail.messages[0]).replace("\n", " ")
    publish(mailed.home, "p4", (("change_value", CHANGED),))
    watch(mailed)
    assert len(mail.messages) == 2


def test_a_value_outside_its_series_is_told_once_and_when_it_is_over(mailed: Settings, mail: Mail) -> None:
    """Its number changes a little every night: that is no news."""
    for name, value in (("p2", "16,50"), ("p3", "16,40")):
        publish(mailed.home, name, (("change_limits", f"Балл (y), 2024: {value} вне пределов 8 … 16 (прежние периоды)"),))
        watch(mailed)
    assert len(mail.messages) == 1
    publish(mailed.home, "p4")
    watch(mailed)
    assert "закончилось" in mail.messages[1]["Subject"]


def test_many_causes_are_one_message(mailed: Settings, mail: Mail) -> None:
    publish(mailed.home, "p2", late=tuple(f"s{number}" for number in range(25)))
    watch(mailed)
    (message,) = mail.messages
    assert message["Subject"].endswith("и ещё 24") and "И ещё 5:" in body(message)


def test_names_with_control_characters_cannot_become_headers(mailed: Settings, mail: Mail) -> None:
    publish(mailed.home, "p2", late=("x\r\nBcc: thief@example.com\r\n\r\nнаписано не нами\x1b[31m\u2028",))
    watch(mailed)
    (message,) = mail.messages
    assert message["Bcc"] is None and "thief@example.com" in message["Subject"]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028]", body(message))


def test_plain_text_is_one_line_without_control_characters() -> None:
    assert plain("а\r\nб\tв\x00г\u202eд\x1b[0m") == "а б в г д [0m"


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("refuses", "не принял адреса"),
        ("silent", "недоступен или отказал"),
        ("drips", "сервер не ответил за 2 с"),
        ("no_tls", "не умеет того"),
        ("hangs_up", "недоступен или отказал"),
    ],
)
def test_a_bad_mail_server_is_tried_again_and_seen(mailed: Settings, mail: Mail, behaviour: str, why: str) -> None:
    mail.behaviour = behaviour
    ran(mailed, FAILED, step="dbt", error="DbtFailed")
    started = time.monotonic()
    assert why in watch(mailed).failures["mail"]
    assert time.monotonic() - started < 10
    state = load_state(mailed)["mail"]
    assert state["error"] and state["failed_at"] and not state.get("told_at") and "Иванов" not in json.dumps(state, ensure_ascii=False)
    assert mail.messages == []
    mail.behaviour = "well"
    assert watch(mailed).failures == {}
    assert len(mail.messages) == 1 and load_state(mailed)["mail"]["error"] == ""


def test_nobody_listens(mailed: Settings, mail: Mail) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = replace(mailed, alerts=replace(mailed.alerts, smtp_port=probe.getsockname()[1]))
    ran(settings, FAILED)
    assert "ConnectionRefusedError" in watch(settings).failures["mail"]


def test_a_wrong_password_a_missing_one_and_one_that_others_may_read(mailed: Settings, mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(mailed, FAILED)
    monkeypatch.setenv("OKO_SMTP_PASSWORD", "wrong")
    assert "не принял имя или пароль" in watch(mailed).failures["mail"]
    monkeypatch.delenv("OKO_SMTP_PASSWORD")
    secret = mailed.secrets / "smtp_password"
    secret.chmod(0o644)
    assert "chmod 600" in watch(mailed).failures["mail"]
    secret.unlink()
    assert "пароля нет" in watch(mailed).failures["mail"]
    assert mail.messages == []
    logged = (mailed.logs / "refresh.log").read_text() if (mailed.logs / "refresh.log").exists() else ""
    assert "s3cret" not in logged + json.dumps(load_state(mailed)) and "wrong" not in logged + json.dumps(load_state(mailed))


def test_a_certificate_that_nobody_vouches_for(mailed: Settings, mail: Mail, tmp_path: Path) -> None:
    ran(mailed, FAILED)
    unknown = replace(mailed, alerts=replace(mailed.alerts, ca_file=""))
    assert "нет доверия к сертификату" in watch(unknown).failures["mail"]
    mail.certificate = make_certificate(tmp_path, "other.oko.example")
    wrong_name = replace(mailed, alerts=replace(mailed.alerts, ca_file=str(mail.certificate)))
    assert "нет доверия к сертификату" in watch(wrong_name).failures["mail"]
    assert mail.messages == [] and mail.logins == []


# ---- webhook -----------------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_what_is_new_signed(home: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKO_WEBHOOK_SECRET", "key")
    with web_hook(Hook(), certificate) as hook:
        settings = configure(home, webhook_url=hook.url, ca_file=certificate)
        ran(settings, FAILED, step="dbt", error="DbtFailed")
        assert watch(settings).failures == {} and watch(settings).failures == {}
        ran(settings)
        watch(settings)
    (headers, sent), (_, over) = hook.posts
    assert headers["X-Oko-Signature"] == "sha256=" + hmac.new(b"key", sent, sha256).hexdigest()
    told = json.loads(sent)
    assert [each["title"] for each in told["new"]] == ["Обновление не выполнено"] and told["region"] == "54"
    assert "Что делать" in told["text"]
    assert json.loads(over)["over"] == ["Обновление не выполнено"] and json.loads(over)["new"] == []


@pytest.mark.parametrize(
    ("answers", "why"),
    [(Hook(status=500), "отказом (500)"), (Hook(delay=5), "не ответил|недоступен"), (Hook(status=302, location="/else"), "отказом (302)")],
)
def test_a_bad_webhook_does_not_hinder_the_mail(mailed: Settings, mail: Mail, answers: Hook, why: str) -> None:
    with web_hook(replace(answers, posts=[])) as hook:
        settings = replace(mailed, alerts=replace(mailed.alerts, webhook_url=hook.url))
        ran(settings, FAILED)
        failures = watch(settings).failures
        assert list(failures) == ["webhook"] and re.search(re.escape(why).replace(r"\|", "|"), failures["webhook"])
        assert len(mail.messages) == 1
        hook.status, hook.delay, hook.location = 200, 0, ""
        before = len(hook.posts)
        assert watch(settings).failures == {}
        assert len(hook.posts) > before and not any(headers.get("method") for headers, _ in hook.posts)
    assert len(mail.messages) == 1


def test_an_unknown_certificate_of_a_webhook(home: Path, certificate: Path) -> None:
    with web_hook(Hook(), certificate) as hook:
        settings = configure(home, webhook_url=hook.url)
        ran(settings, FAILED)
        assert "нет доверия к сертификату" in watch(settings).failures["webhook"]
    assert hook.posts == []


# ---- who calls ---------------------------------------------------------------------------------------------------------------


def test_the_night_ends_as_it_ended_whatever_the_mail_does(mailed: Settings, mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    mail.behaviour = "refuses"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("в ячейке стоит Иванов")

    monkeypatch.setattr(night, "_execute", broken)
    assert night.run_night(mailed, full=False, sources=()) == 3
    assert load_state(mailed)["mail"]["error"]
    mail.behaviour = "well"
    watch(mailed)
    assert "ошибка RuntimeError" in body(mail.messages[0]) and "Иванов" not in body(mail.messages[0])
    monkeypatch.setattr("orchestration.alerts.causes", broken)
    watch_quietly(mailed)
    logged = (mailed.logs / "refresh.log").read_text()
    assert "the look at what is wrong failed" in logged and "Иванов" not in logged


def test_the_sensor_of_the_daemon_tells_too(mailed: Settings, mail: Mail) -> None:
    from dagster import build_sensor_context

    ran(mailed, ago=timedelta(days=3))
    watch_sensor().evaluate_tick(build_sensor_context())
    assert mail.messages[0]["Subject"].endswith("Обновление опаздывает")


def test_two_looks_at_once_tell_once(mailed: Settings, mail: Mail) -> None:
    ran(mailed, FAILED)
    code = "from ingest.settings import load_settings; from orchestration.alerts import watch; watch(load_settings())"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    watch(mailed)
    assert len(mail.messages) == 1


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_oko_watch_says_and_tells(mailed: Settings, mail: Mail) -> None:
    assert run("watch") == (0, "Всё в порядке.\n")
    ran(mailed, ago=timedelta(days=3))
    code, said = run("watch")
    assert code == 1 and "! Обновление опаздывает." in said and "oko serve" in said and len(mail.messages) == 1
    mail.behaviour = "refuses"
    ran(mailed)
    code, said = run("watch")
    assert code == 1 and "Оповещение не отправлено, почта: сервер почты не принял адреса" in said


def test_a_trial_arrives_and_says_when_there_is_nowhere_to_send(mailed: Settings, mail: Mail) -> None:
    assert run("watch", "--test")[0] == 0
    assert mail.messages[0]["Subject"].endswith("Проверка оповещений")
    watch(mailed)
    assert len(mail.messages) == 1
    configure(mailed.home)
    assert "не настроены" in run("watch", "--test")[1]


def test_oko_status_ends_with_what_is_wrong(mailed: Settings, mail: Mail) -> None:
    publish(mailed.home, "p2", (("change_value", CHANGED),), ("ege",))
    mail.behaviour = "refuses"
    watch(mailed)
    code, said = run("status")
    assert code == 0
    assert "Отклонено: 0. Замечаний: ошибок 0, предупреждений 1; подозрительных изменений 1. Источники: пора обновить — 1." in said
    assert "Последний запуск: начало" in said and ": опубликовано." in said and ": в срок." in said
    assert re.search(r"Оповещения, почта: не доставлено с \d\d\.\d\d\.\d{4} \d\d:\d\d: сервер почты не принял адреса\.", said)
    assert "Не в порядке (2):" in said and CHANGED in said
    (mailed.home / "published").unlink()
    code, said = run("status")
    assert code == 1 and "Ещё ничего не опубликовано" in said and "Последний запуск: начало" in said


def test_oko_audit_lists_and_verifies(home: Path) -> None:
    settings = load_settings()
    for number in range(3):
        record(settings, "published", publication=f"p{number}")
    code, said = run("audit", "--last", "1")
    assert code == 0 and "p2" in said and "p1" not in said and "Журнал цел." in said
    log = settings.logs / "audit.jsonl"
    log.write_text(log.read_text().replace('"p1"', '"p9"'))
    code, said = run("audit", "--event", "published")
    assert code == 1 and "! Строка 2: строка изменена" in said and "Журнал повреждён." in said


def test_an_export_is_recorded_or_refused(home: Path) -> None:
    query = "SELECT publication_id FROM quality.publication WHERE 'Иванов Иван' <> ''"
    code, said = run("sql", query, "--format", "csv")
    assert code == 0 and "p1" in said
    log = home / "logs" / "audit.jsonl"
    line = json.loads(log.read_text())
    assert (line["event"], line["format"], line["tables"], line["publication"]) == ("export", "csv", ["quality.publication"], "p1")
    assert line["query_sha256"] == sha256(query.encode()).hexdigest() and "Иванов" not in log.read_text()
    assert run("sql", "SELECT * FROM quality.nothing", "--format", "csv")[0] == 1
    assert len(log.read_text().splitlines()) == 1
    log.unlink()
    log.mkdir()
    code, said = run("sql", query, "--format", "csv")
    assert code == 1 and "не записана в журнал аудита" in said and "publication_id" not in said


# ---- settings ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('smtp_hots = "a"', "не знает «smtp_hots»"),
        ("mail_to = 5", "нужна строка"),
        ('smtp_port = "25"', "нужно целое число"),
        ('mail_to = "a@oko.example"', "нужны и mail_to"),
        ('smtp_host = "mx.b.ru"', "нужны и mail_to"),
        ('mail_to = "Иванов <a@oko.example>"\nsmtp_host = "mx"', "не адрес почты"),
        ('mail_to = "a@oko.example\\nBcc: c@oko.example"\nsmtp_host = "mx"', "управляющие знаки"),
        ('mail_to = "a@oko.example"\nsmtp_host = "mx"\nsmtp_security = "ssl"', "не starttls"),
        ('mail_to = "a@oko.example"\nsmtp_host = "mx"\nsmtp_security = "none"', "только к серверу на этой же машине"),
        ("smtp_port = 70000", "больше 65535"),
        ("smtp_port = 0", "больше нуля"),
        ("timeout_seconds = 600", "не больше 15"),
        ('webhook_url = "ftp://x/y"', "не адрес вида https"),
        ('webhook_url = "https://[x/y"', "не адрес"),
        ('webhook_url = "http://hook.oko.example/x"', "без шифрования (http)"),
        ('webhook_url = "https://user:pass@oko.example/x"', "пароль в адресе"),
        ('ca_file = "/nowhere.pem"', "файла «/nowhere.pem» нет"),
    ],
)
def test_settings_that_cannot_be_used(make_home: Callable[[], Path], text: str, said: str) -> None:
    home = make_home()
    (home / "oko.toml").write_text(f"[alerts]\n{text}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(os.environ)
