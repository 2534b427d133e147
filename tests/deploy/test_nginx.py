"""nginx as deploy/nginx/ configures it: who may speak to it and how, and what it tells Superset. A server that repeats what it was told
stands in Superset's place; the login itself is in tests/e2e/test_proxy.py.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from nginx_server import NAME, Proxy, running_nginx


class _Repeats(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps([self.path, dict(self.headers)]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        # as Superset does of its own accord, for all subdomains of the site too
        self.send_header("Strict-Transport-Security", "max-age=31556926; includeSubDomains")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Repeats) as backend:
        threading.Thread(target=backend.serve_forever, daemon=True).start()
        with running_nginx(tmp_path_factory.mktemp("nginx"), backend.server_port) as proxy:
            yield proxy
        backend.shutdown()


def told(proxy: Proxy, path: str = "/", **headers: str) -> dict[str, str]:
    """The headers that Superset would get."""
    answer = proxy.ask("GET", path, headers)
    assert answer.status == 200
    given: dict[str, str] = json.loads(answer.read())[1]
    return given


def plain(proxy: Proxy, path: str, name: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=60)
    connection.request("GET", path, headers={"Host": name})
    return connection.getresponse()


def test_plain_http_is_sent_to_https_by_the_name_of_the_site(proxy: Proxy) -> None:
    answer = plain(proxy, "/superset/welcome/?a=1", NAME)
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{NAME}/superset/welcome/?a=1")


def test_other_names_get_no_answer(proxy: Proxy) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        plain(proxy, "/", "evil.example.org")
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        proxy.connect(name="evil.example.org")
    # the right name in the handshake and another in the request
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        proxy.ask("GET", "/", {"Host": "evil.example.org"})


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_12_and_13_and_nothing_older(proxy: Proxy) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = proxy.trust()
        context.minimum_version = context.maximum_version = version
        with proxy.connect(context) as connection:
            assert connection.version() == version.name.replace("_", ".")
    context = proxy.trust()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        proxy.connect(context)


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"])
def test_ciphers_without_forward_secrecy_or_authentication_are_refused(proxy: Proxy, ciphers: str) -> None:
    context = proxy.trust()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        proxy.connect(context)


def test_browsers_are_told_to_stay_with_https(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/")
    assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert answer.getheader("Server") == "nginx"


def test_superset_is_told_the_truth_whatever_the_visitor_says(proxy: Proxy) -> None:
    lies = {
        **{"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example.org"},
        **{"X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/evil"},
    }
    given = told(proxy, **lies)
    assert given["X-Forwarded-For"] == "127.0.0.1"
    assert (given["X-Forwarded-Proto"], given["X-Forwarded-Host"], given["Host"]) == ("https", NAME, NAME)
    assert given["X-Forwarded-Port"] == str(proxy.https)
    assert "X-Forwarded-Prefix" not in given


def test_a_body_that_is_too_large_does_not_reach_superset(proxy: Proxy) -> None:
    assert proxy.ask("POST", "/api/v1/dataset/import/", body=b"x" * (10 * 2**20)).status == 200
    answer = proxy.ask("POST", "/api/v1/dataset/import/", {"Content-Length": str(10 * 2**20 + 1)})
    assert answer.status == 413


def test_passwords_are_not_guessed_in_a_hurry(proxy: Proxy) -> None:
    statuses = at_once(proxy, "/login/", 60)
    # ten at once and one in three seconds; the machine may be slow, but not that slow
    assert 10 <= statuses.count(b"200") <= 40 and statuses.count(b"429") == 60 - statuses.count(b"200")
    # the other door counts with the first
    assert at_once(proxy, "/api/v1/security/login", 20).count(b"429") >= 10
    assert at_once(proxy, "/superset/dashboard/1/", 60) == [b"200"] * 60


def at_once(proxy: Proxy, path: str, count: int) -> list[bytes]:
    """The statuses of as many requests, sent in one go."""
    ask = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n"
    answers = b""
    with proxy.connect() as connection:
        connection.sendall((f"{ask}\r\n" * (count - 1) + f"{ask}Connection: close\r\n\r\n").encode())
        while part := connection.recv(65536):
            answers += part
    return re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)
