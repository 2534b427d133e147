"""Superset's settings for an Oko installation: Russian interface, files under OKO_HOME, nothing that leaves the machine.

Loaded by Superset through SUPERSET_CONFIG_PATH; every upper-case name becomes a setting.
Dashboards, datasets and connections are no settings: they live in assets/ as YAML, roles and row rules in access/.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from flask import Flask, Response
    from sqlalchemy.engine import URL

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE / "tools"))
from answers import Kept  # noqa: E402
from answers import install as install_answers  # noqa: E402
from audit import audit_downloads  # noqa: E402
from directory import directory_settings  # noqa: E402
from downloads import install as install_downloads  # noqa: E402
from passwords import refusal  # noqa: E402
from publication import Held, open_connection  # noqa: E402
from target import LOGINS, address, is_postgres, password  # noqa: E402

HOME = Path(os.environ.get("OKO_HOME") or HERE.parent / "data").resolve()
STATE = HOME / "superset"

# Values that public documentation and old images of Superset carry: with one of them anybody could sign a session.
_KNOWN_SECRETS = {
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
    "CHANGE_ME_SECRET_KEY",
    "\\2\\1thisismyscretkey\\1\\2\\e\\y\\y\\h",
    "thisISaSECRET_1234",
    "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
    "TEST_NON_DEV_SECRET",
}


def _secret_key() -> str:
    """The key in OKO_HOME/secrets, made on first use; creation is atomic because several workers may start at once."""
    path = HOME / "secrets" / "superset_secret_key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_text().strip()
    if key in _KNOWN_SECRETS or len(key) < 32:
        raise RuntimeError(f"{path}: this key is publicly known or too short. Delete the file and a new one is made (sessions end).")
    return key


def _derived(purpose: str) -> str:
    return hashlib.sha256(f"{SECRET_KEY}:{purpose}".encode()).hexdigest()


def _data_uri(svg: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode()


# --- storage -----------------------------------------------------------------------------------------------------------

STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
DATA_DIR = str(STATE)
SECRET_KEY = _secret_key()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE / 'superset.db'}?check_same_thread=false"
# Several workers write the metadata; sqlite waits for its lock that long instead of failing at once. Connections are kept, one for a
# thread of serve.py: a new one, SQLAlchemy's habit with files, reads the whole schema again.
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}, "poolclass": QueuePool, "pool_size": 8}
SQLALCHEMY_EXAMPLES_URI = SQLALCHEMY_DATABASE_URI

# Superset's own cache of query results took as long as the marts (measured): the time goes into what it does around them, and
# tools/answers.py keeps whole answers.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True}

# somebody else's server must not be told our passwords, whatever login it is given
_OWN_LOGINS = [make_url(address(name)) for name in LOGINS] if is_postgres() else []
_HELD = Held(HOME / "published", open_connection)
_KEPT = Kept(STATE / "cache" / "answers", _HELD.newest)


def _publication_of(dataset: Any) -> Path | None:
    """The publication that this request asks the dataset of; None where its connection leads elsewhere."""
    from flask import g

    if getattr(dataset, "type", "") != "table" or not _HELD.leads_to(make_url(dataset.database.sqlalchemy_uri)):
        return None
    folder: Path = g.setdefault("publication", _HELD.newest())
    return folder


def DB_CONNECTION_MUTATOR(url: URL, parameters: dict[str, Any], *_: object) -> tuple[URL, dict[str, Any]]:
    """All that a request asks comes from one publication, also when the next one appears meanwhile; on Postgres, all that a question does.

    The password of a login on Postgres is added here: Superset keeps none.
    """
    if url in _OWN_LOGINS:
        return url.set(password=password(HOME, str(url.username))), parameters
    from flask import g, has_request_context

    folder = g.setdefault("publication", _HELD.newest()) if has_request_context() else _HELD.newest()
    return _HELD.pin(url, parameters, folder), parameters


def _file_cache(name: str, timeout: int) -> dict[str, object]:
    return {
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_DIR": str(STATE / "cache" / name),
        "CACHE_DEFAULT_TIMEOUT": timeout,
        "CACHE_THRESHOLD": 5000,
    }


CACHE_CONFIG = _file_cache("metadata", 60)
FILTER_STATE_CACHE_CONFIG = _file_cache("filter_state", 90 * 24 * 3600) | {"REFRESH_TIMEOUT_ON_RETRIEVAL": True}
EXPLORE_FORM_DATA_CACHE_CONFIG = _file_cache("explore", 7 * 24 * 3600) | {"REFRESH_TIMEOUT_ON_RETRIEVAL": True}

# --- language and formats ----------------------------------------------------------------------------------------------

BABEL_DEFAULT_LOCALE = "ru"
LANGUAGES = {"ru": {"flag": "ru", "name": "Русский"}, "en": {"flag": "us", "name": "English"}}
D3_FORMAT = {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0₽"]}
D3_TIME_FORMAT = {
    "dateTime": "%A, %e %B %Y г. %X",
    "date": "%d.%m.%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
    "shortDays": ["вс", "пн", "вт", "ср", "чт", "пт", "сб"],
    "months": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "shortMonths": ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
}
CURRENCIES = ["RUB"]
# What Excel with Russian regional settings opens by a double click; tools/downloads.py writes it.
CSV_EXPORT = {"encoding": "utf-8-sig", "sep": ";", "decimal": ","}
# Never an answer in portions: it carries the codes of columns, and no download here is that large (SQL_MAX_ROW).
CSV_STREAMING_ROW_THRESHOLD = 2**53 - 1
# Downloads that the page would write by itself, past the server: comma-separated, open to formulas, "1,5" read as 15.
_OWN_DOWNLOADS = ("export_current_to_csv", "export_current_xlsx", "export_to_pivot_xlsx", "export_pivot_xlsx")
_HIDDEN = ", ".join(f'[data-menu-id$="-{key}"]' for key in _OWN_DOWNLOADS)

# --- nothing leaves the machine ----------------------------------------------------------------------------------------

# The built front end asks for a pixel of an outside host on every page and knows no switch for it:
# the content security policy is what keeps it in the browser. So: no outside host in any directive.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'none'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'self'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
ENABLE_CORS = False
FAB_API_SWAGGER_UI = False  # its page loads scripts from a public host
DATASET_IMPORT_ALLOWED_DATA_URLS: list[str] = []

# --- sessions ----------------------------------------------------------------------------------------------------------

WTF_CSRF_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Plain HTTP on the loopback interface is how Oko serves; behind a proxy with TLS, OKO_HTTPS=1 marks the cookies and trusts its headers.
SESSION_COOKIE_SECURE = ENABLE_PROXY_FIX = os.environ.get("OKO_HTTPS") == "1"
# under this name a browser takes it from this host alone and over TLS alone
SESSION_COOKIE_NAME = "__Host-oko_session" if SESSION_COOKIE_SECURE else "oko_session"
PERMANENT_SESSION_LIFETIME = 12 * 3600
# A cookie with every answer would let an answer to the login page, still under way, undo the login that has just succeeded.
SESSION_REFRESH_EACH_REQUEST = False
RATELIMIT_ENABLED = True
RATELIMIT_APPLICATION = "200 per second"
RATELIMIT_STORAGE_URI = "memory://"
LOGIN_RATE_LIMIT = "20 per minute"
GUEST_TOKEN_JWT_SECRET = _derived("guest token")
GLOBAL_ASYNC_QUERIES_JWT_SECRET = _derived("async queries")

FAB_PASSWORD_COMPLEXITY_ENABLED = True


def FAB_PASSWORD_COMPLEXITY_VALIDATOR(password: str) -> None:
    """Of passwords that people choose themselves; raises what the page shows beside the field."""
    from flask_appbuilder.exceptions import PasswordComplexityValidationError

    if why := refusal(password):
        raise PasswordComplexityValidationError(why)


# --- who logs in -------------------------------------------------------------------------------------------------------

# Nobody without an account; what a role sees is in access/ (tools/apply.py).
AUTH_ROLE_ADMIN = "Admin"
AUTH_ROLE_PUBLIC = "Public"
vars().update(directory_settings(HOME))

# --- look --------------------------------------------------------------------------------------------------------------

APP_NAME = "Око"
APP_ICON = _data_uri(HERE / "logo.svg")
FAVICONS = [{"href": _data_uri(HERE / "icon.svg")}]
THEME_DEFAULT: dict[str, Any] = {
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": "Око: качество образования региона",
        "brandLogoUrl": APP_ICON,
        "brandLogoHref": "/",
        "brandLogoHeight": "26px",
        "brandLogoMargin": "17px 0",
        "brandIconMaxWidth": 37,
        "colorPrimary": "#1f5f8b",
        "colorLink": "#1f5f8b",
        "colorInfo": "#1f5f8b",
        "colorSuccess": "#2e7d4f",
        "colorWarning": "#c77f0a",
        "colorError": "#b3382c",
        "fontUrls": [],
        "fontFamily": "Inter, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif",
    },
    "algorithm": "default",
}
# People choose in the settings, or their system does for them.
THEME_DARK = {
    "token": THEME_DEFAULT["token"]
    | {
        "brandLogoUrl": _data_uri(HERE / "logo_dark.svg"),
        "colorPrimary": "#5aa6d6",
        "colorLink": "#7cbbe4",
        "colorInfo": "#5aa6d6",
        "colorSuccess": "#5fb585",
        "colorWarning": "#e0a13a",
        "colorError": "#e0766b",
    },
    "algorithm": "dark",
}
# The same six colours in every chart, in an order that people with colour-blindness can tell apart (after Okabe and Ito).
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "oko",
        "label": "Око",
        "description": "Цвета Око",
        "isDefault": True,
        "colors": ["#1f5f8b", "#d55e00", "#2e7d4f", "#cc79a7", "#c79a0a", "#56b4e9", "#6b6b6b"],
    }
]

# --- features ----------------------------------------------------------------------------------------------------------

FEATURE_FLAGS = {"DASHBOARD_RBAC": True, "EMBEDDED_SUPERSET": True, "ALERT_REPORTS": False}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
SQLLAB_CTAS_NO_LIMIT = False
CELERY_CONFIG = None
LOG_LEVEL = "WARNING"
ALEMBIC_SKIP_LOG_CONFIG = True
# Steps of one answer that Superset would write into its history beside the answer itself.
_STEPS = {"_get_data_response", "load_into_dataframe", "execute_sql", "QueryObject.post_processing", "ChartDataRestApi.json_dumps"}


def FLASK_APP_MUTATOR(app: Flask) -> None:
    """What Superset has no setting for, or one that its present libraries leave without effect, and its downloads."""
    from flask import jsonify, request
    from jinja2 import ChoiceLoader, DictLoader

    install_downloads()
    install_answers(_KEPT, _publication_of)
    audit_downloads(app, HOME)
    head = DictLoader({"head_custom_extra.html": f"<style>{_HIDDEN} {{ display: none !important }}</style>"})
    app.jinja_loader = ChoiceLoader([head, app.jinja_loader])

    # AUTH_RATE_LIMIT reaches the page that shows the form, not the view that takes the password.
    limited = app.appbuilder.sm.limiter.limit(LOGIN_RATE_LIMIT, methods=["POST"])
    for endpoint in ("AuthDBView.login", "SecurityApi.login"):
        app.view_functions[endpoint] = limited(app.view_functions[endpoint])

    # One row of history for an answer instead of six: each is a commit, after which Superset reads again all that it knew.
    from superset.extensions import event_logger

    write = event_logger.log_with_context
    event_logger.log_with_context = lambda action, *rest, **more: None if action in _STEPS else write(action, *rest, **more)

    # A page that is looked at writes the colours of its labels into the dashboard: a change of what is code, and for
    # everybody but its owner an error in the browser. Colours follow from the labels anyway.
    @app.before_request
    def keep_no_colours() -> Response | None:
        return jsonify(result=[]) if request.endpoint == "DashboardRestApi.put_colors" else None

    # The encoding of CSV_EXPORT is no longer written: without the mark Excel takes Russian for something else.
    @app.after_request
    def mark_csv(response: Response) -> Response:
        if response.mimetype == "text/csv" and not response.is_streamed and not response.get_data().startswith(BOM_UTF8):
            response.set_data(BOM_UTF8 + response.get_data())
        return response
