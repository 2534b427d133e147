"""Superset behind nginx with TLS, as deploy/nginx/ configures it: who logs in through it gets cookies for TLS alone.

nginx by itself is tried in tests/deploy/test_nginx.py.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from .conftest import REPOSITORY, serving

sys.path.insert(0, str(REPOSITORY / "tests" / "deploy"))
from nginx_server import NAME, Proxy, running_nginx

# a browser takes a cookie of this name from the site itself over TLS alone
COOKIE = "__Host-oko_session"


@pytest.fixture(scope="module")
def proxy(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OKO_HTTPS", "1")
        with serving(home) as url, running_nginx(tmp_path_factory.mktemp("nginx"), int(urlsplit(url).port or 0)) as proxy:
            yield proxy


def cookies(answer: HTTPResponse) -> SimpleCookie:
    found = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie") or []:
        found.load(line)
    return found


def test_a_login_through_the_proxy(proxy: Proxy, home: Path) -> None:
    form = proxy.ask("GET", "/login/")
    assert form.status == 200 and form.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    session = cookies(form)[COOKIE]
    assert session["secure"] and session["httponly"] and session["samesite"] == "Lax"
    token = re.search(r'id="csrf_token"\s+value="([^"]+)"', form.read().decode())
    assert token
    password = (home / "secrets" / "superset_admin_password").read_text().strip()
    body = urlencode({"username": "admin", "password": password, "csrf_token": token[1]}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{COOKIE}={session.value}"}

    def log_in(site: str) -> int:
        """The status of the page about oneself, with the cookie that an attempt from a page of this site gets."""
        answer = proxy.ask("POST", "/login/", {**headers, "Referer": f"{site}/login/"}, body)
        found = cookies(answer).get(COOKIE, session)
        assert found["secure"] and found["httponly"]
        return proxy.ask("GET", "/api/v1/me/", {"Cookie": f"{COOKIE}={found.value}"}).status

    # with the right password and token, but from elsewhere: Superset knows that it stands behind TLS and asks where a form comes from
    assert log_in("https://evil.example.org") == 401
    assert log_in(f"https://{NAME}:{proxy.https}") == 200


def test_superset_speaks_of_itself_by_its_outer_name(proxy: Proxy) -> None:
    """Whatever a visitor claims to have come by, links that Superset makes lead to the site."""
    answer = proxy.ask("GET", "/superset/welcome/", {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "http"})
    assert answer.status in (301, 302)
    there = urlsplit(answer.getheader("Location") or "")
    assert there.netloc in ("", NAME, f"{NAME}:{proxy.https}") and there.scheme in ("", "https")
    assert "evil" not in answer.read().decode()
