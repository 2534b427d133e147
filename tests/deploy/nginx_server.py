"""A real nginx with the configuration of deploy/nginx/, on ports of the loopback and with a certificate of its own."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.settings import REPOSITORY

DEPLOY = REPOSITORY / "deploy" / "nginx"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
NAME = "oko.example.ru"
# what a distribution's nginx.conf has around a site; everything that nginx writes stays in the folder of the test
AROUND = """
user {user};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/oko.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and the certificate that it shows."""

    http: int
    https: int
    certificate: Path

    def trust(self) -> ssl.SSLContext:
        """A client that trusts this certificate and asks for the name in it."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def connect(self, context: ssl.SSLContext | None = None, name: str = NAME) -> ssl.SSLSocket:
        """A TLS connection."""
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=60)
        return (context or self.trust()).wrap_socket(plain, server_hostname=name)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> http.client.HTTPResponse:
        """One request over TLS; the answer with its body still to be read."""
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.connect()
        connection.request(method, path, body, {"Host": NAME, **(headers or {})})
        return connection.getresponse()


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*command, "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"], check=True, capture_output=True)


@contextmanager
def running_nginx(folder: Path, backend: int) -> Iterator[Proxy]:
    """nginx before the server on port `backend`, as the repository configures it but for ports, paths and IPv6."""
    assert NGINX, "nginx is missing: apt-get install nginx-light (.ci/run does it)"
    http_port, https_port = free_ports(2)
    make_certificate(folder)
    text = (DEPLOY / "oko.conf").read_text()
    text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
    for old, new in (
        ("listen 80", f"listen 127.0.0.1:{http_port}"),
        ("listen 443", f"listen 127.0.0.1:{https_port}"),
        ("http://127.0.0.1:8088", f"http://127.0.0.1:{backend}"),
        ("/etc/ssl/oko", str(folder)),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "oko.conf").write_text(text)
    (folder / "snippets").mkdir()
    shutil.copy(DEPLOY / "oko_proxy.conf", folder / "snippets")
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(folder=folder, user="root" if Path(folder).owner() == "root" else Path(folder).owner()))
    with subprocess.Popen([NGINX, "-p", folder, "-e", folder / "error.log", "-c", main], stderr=subprocess.PIPE, text=True) as server:
        try:
            _wait(https_port, server)
            yield Proxy(http_port, https_port, folder / "fullchain.pem")
        finally:
            server.terminate()


def _wait(port: int, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            assert server.poll() is None, server.stderr and server.stderr.read()
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
