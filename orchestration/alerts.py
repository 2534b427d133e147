"""Tells people by mail and by a webhook what is newly wrong and what is over. What is wrong is decided in watching.py.

Every channel remembers what it has told (logs/alerts.json), so that a cause is told once, and again only when it is over; a channel that
fails is tried again at the next look and hinders neither the other nor whoever called. Called at the end of `oko refresh`, by a sensor of
Dagster's daemon, and by `oko watch` for a timer that works without either.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import logging
import os
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from ingest.settings import Alerts, Settings, SettingsError, recipients
from orchestration.home_format import RESTORING
from orchestration.journal import journal_in
from orchestration.watching import Cause, causes

_log = logging.getLogger(__name__)

STATE_FILE = "alerts.json"
MOST_TOLD = 20
# a server that answers a byte at a time keeps every single wait short
PATIENCE = 2
SMTP_PASSWORD, WEBHOOK_SECRET = "smtp_password", "webhook_secret"
SIGNATURE = "X-Oko-Signature"
TEST = Cause("test", "Проверка оповещений", "Это проверка: письма и сообщения Oko доходят сюда.", "Ничего не делайте.", is_passing=True)


@dataclass(frozen=True)
class News:
    """What one channel has not told yet: causes that are new, and titles of those that are over."""

    new: Sequence[Cause]
    over: Sequence[str]


@dataclass(frozen=True)
class Told:
    """How a look ended: everything that is wrong now, and per channel why it could not be told."""

    causes: Sequence[Cause]
    failures: Mapping[str, str]


def watch(settings: Settings, *, test: bool = False) -> Told:
    """Looks, and tells through every channel what it has not told yet. A channel that fails raises nothing.

    `test`: says something in any case, so that one sees that it arrives.
    """
    found = causes(settings)
    failures: dict[str, str] = {}
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.logs / STATE_FILE
    with os.fdopen(os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # somebody else is telling this very moment
            return Told(found, {})
        state = load_state(settings)
        for name, send in channels(settings).items():
            state[name] = _tell(settings, send, found, state.get(name, {}), [TEST] if test else [])
            if state[name]["error"]:
                failures[name] = state[name]["error"]
        _save(path, state)
    return Told(found, failures)


def watch_quietly(settings: Settings) -> None:
    """The same for those whose own work must not depend on it; what goes wrong is in refresh.log and `oko status`.

    A home that is being restored (the drill's, too) is nobody's to tell of.
    """
    if (settings.home / RESTORING).exists():
        return
    try:
        with journal_in(settings.logs):
            _watch_or_log(settings)
    except OSError:
        _log.exception("the log cannot be written")


def _watch_or_log(settings: Settings) -> None:
    try:
        watch(settings)
    except Exception:
        _log.exception("the look at what is wrong failed")


def load_state(settings: Settings) -> dict[str, dict[str, Any]]:
    """channel → `known` (key → title), `told_at`, `error`, `failed_at`; empty when nothing was ever told."""
    try:
        state: dict[str, dict[str, Any]] = json.loads((settings.logs / STATE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _save(path: Path, state: Mapping[str, Any]) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


# ---- what is told ----------------------------------------------------------------------------------------------------------------

Send = Callable[[Settings, News], None]


def channels(settings: Settings) -> dict[str, Send]:
    """The channels that oko.toml names, by the names under which alerts.json keeps them."""
    mail: dict[str, Send] = {"mail": _send_mail} if recipients(settings.alerts) else {}
    return mail | ({"webhook": _post} if settings.alerts.webhook_url else {})


def _tell(settings: Settings, send: Send, found: Sequence[Cause], before: Mapping[str, Any], first: Sequence[Cause]) -> dict[str, Any]:
    known: dict[str, Any] = before.get("known", {})
    now = {cause.key: cause for cause in found}
    news = News(
        [*first, *[cause for cause in found if cause.key not in known]],
        [entry["title"] for key, entry in known.items() if key not in now and not entry["is_passing"]],
    )
    told = {key: {"title": cause.title, "is_passing": cause.is_passing} for key, cause in now.items()}
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    if not news.new and not news.over:
        return {"told_at": "", "error": "", "failed_at": "", **before, "known": told}
    error = _failure(lambda: send(settings, news), settings.alerts.timeout_seconds * PATIENCE)
    if error:
        _log.error("an alert could not be sent: %s", error)
        return {**before, "known": known, "error": error, "failed_at": before.get("failed_at") or stamp}
    return {"known": told, "told_at": stamp, "error": "", "failed_at": ""}


def _failure(send: Callable[[], None], seconds: float) -> str:
    """Why it was not sent, in Russian; empty when it was. Waits no longer than that, whatever the server does."""
    outcome = [f"сервер не ответил за {seconds:.0f} с"]

    def attempt() -> None:
        try:
            send()
            outcome[0] = ""
        except Exception as error:
            outcome[0] = _why(error)

    thread = threading.Thread(target=attempt, name="alert", daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0]


def _why(error: Exception) -> str:
    """An error in words. What a server answers is its own text and stays out."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "сервер почты не принял имя или пароль"
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused):
        return "сервер почты не принял адреса"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "сервер почты не умеет того, что требует smtp_security (STARTTLS) или вход по паролю"
    if isinstance(error, HTTPError):
        return f"сервер ответил отказом ({error.code})"
    if isinstance(reason, ssl.SSLError):
        return f"нет доверия к сертификату сервера или шифрование не удалось ({type(reason).__name__})"
    return f"сервер недоступен или отказал ({type(reason).__name__})"


def plain(text: str) -> str:
    """One line without control characters: a name of a file may hold a line break, and a header must not."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _words(settings: Settings, news: News) -> str:
    """The whole message."""
    lines = [f"Око{_region(settings)}. {datetime.now(UTC):%d.%m.%Y %H:%M} UTC", ""]
    for cause in news.new[:MOST_TOLD]:
        lines += [f"! {plain(cause.title)}", f"  {plain(cause.text)}", f"  Что делать: {plain(cause.what_to_do)}", ""]
    if len(news.new) > MOST_TOLD:
        lines += [f"И ещё {len(news.new) - MOST_TOLD}: «oko status» или дашборд «Качество данных и свежесть».", ""]
    lines += [f"Закончилось: {plain(title)}" for title in news.over[:MOST_TOLD]]
    lines += [f"И ещё закончилось: {len(news.over) - MOST_TOLD}"] if len(news.over) > MOST_TOLD else []
    return "\n".join([*lines, "", "Об одном и том же пишется один раз, пока оно не закончится. Сейчас не в порядке: «oko status»."])


def _subject(settings: Settings, news: News) -> str:
    """The first title; how many more; «закончилось» where nothing is new."""
    if not news.new:
        return plain(f"Око{_region(settings)}: закончилось: {news.over[0]}")
    more = f" и ещё {len(news.new) - 1}" if len(news.new) > 1 else ""
    return plain(f"Око{_region(settings)}: {news.new[0].title}{more}")


def _region(settings: Settings) -> str:
    name = settings.region_name or settings.region_code
    return f" ({plain(name)})" if name else ""


# ---- mail ------------------------------------------------------------------------------------------------------------------------


def _send_mail(settings: Settings, news: News) -> None:
    alerts = settings.alerts
    message = EmailMessage()
    message["From"] = alerts.mail_from or recipients(alerts)[0]
    message["To"] = ", ".join(recipients(alerts))
    message["Subject"] = _subject(settings, news)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="oko.localdomain")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_words(settings, news))
    password = secret(settings, SMTP_PASSWORD, "OKO_SMTP_PASSWORD")
    if alerts.smtp_user and not password:
        raise SettingsError("oko.toml: [alerts] smtp_user есть, а пароля нет: secrets/smtp_password или OKO_SMTP_PASSWORD")
    context = _trust(alerts)
    connect = partial(smtplib.SMTP_SSL, context=context) if alerts.smtp_security == "tls" else smtplib.SMTP
    with connect(alerts.smtp_host, alerts.smtp_port, timeout=alerts.timeout_seconds) as server:
        if alerts.smtp_security == "starttls":
            server.starttls(context=context)
        if alerts.smtp_user:
            server.login(alerts.smtp_user, password)
        server.send_message(message)


def _trust(alerts: Alerts) -> ssl.SSLContext:
    """The certificates of the system, and those of the region's own authority."""
    context = ssl.create_default_context()
    if alerts.ca_file:
        context.load_verify_locations(alerts.ca_file)
    return context


# ---- webhook ---------------------------------------------------------------------------------------------------------------------


class _NoRedirect(HTTPRedirectHandler):
    """An answer that sends us elsewhere is a refusal: what is told goes to the address of oko.toml and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _post(settings: Settings, news: News) -> None:
    body = json.dumps(_document(settings, news), ensure_ascii=False).encode("utf-8", "backslashreplace")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "oko"}
    if key := secret(settings, WEBHOOK_SECRET, "OKO_WEBHOOK_SECRET"):
        headers[SIGNATURE] = "sha256=" + hmac.new(key.encode(), body, sha256).hexdigest()
    request = Request(settings.alerts.webhook_url, data=body, headers=headers, method="POST")
    opener = build_opener(_NoRedirect, HTTPSHandler(context=_trust(settings.alerts)))
    with opener.open(request, timeout=settings.alerts.timeout_seconds):
        pass


def _document(settings: Settings, news: News) -> dict[str, Any]:
    """`text` is the whole message, as chats take it; `new` and `over` are for programs."""
    told = [{"key": each.key, "title": each.title, "text": each.text, "what_to_do": each.what_to_do} for each in news.new[:MOST_TOLD]]
    return {
        "text": _words(settings, news),
        "region": settings.region_code or settings.region_name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "new": told,
        "new_count": len(news.new),
        "over": list(news.over),
    }


def secret(settings: Settings, name: str, variable: str) -> str:
    """A secret of the environment or of secrets/<name>, or nothing. Raises SettingsError when others may read the file."""
    if given := os.environ.get(variable):
        return given
    path = settings.secrets / name
    if not path.exists():
        return ""
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"secrets/{name}: файл могут читать другие пользователи; выполните «chmod 600 {path}»")
    return path.read_text(encoding="utf-8").strip()
