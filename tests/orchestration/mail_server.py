"""A mail server and a web server on the loopback, real down to TLS, that answer well or as badly as a test wants."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def make_certificate(folder: Path, name: str = "localhost") -> Path:
    """A key and a certificate for this name in one file, signed by itself."""
    path = folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1" if name == "localhost" else f"subjectAltName=DNS:{name}"]
    subprocess.run([*command, "-keyout", str(path), "-out", str(path.with_suffix(".crt"))], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@dataclass
class Mail:
    """What the server does and what it got. `behaviour`: well, refuses, silent, drips, no_tls, hangs_up."""

    port: int = 0
    certificate: Path | None = None
    password: str = "s3cret"
    behaviour: str = "well"
    messages: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def _say(self, text: str) -> None:
        for letter in text + "\r\n" if self.mail.behaviour == "drips" else ():
            time.sleep(0.2)
            self.wfile.write(letter.encode())
        if self.mail.behaviour != "drips":
            self.wfile.write(f"{text}\r\n".encode())

    @property
    def mail(self) -> Mail:
        return self.server.mail  # type: ignore[no-any-return]

    def handle(self) -> None:
        self._is_encrypted = False
        try:
            self._talk()
        except (OSError, ValueError):
            return

    def _talk(self) -> None:
        if self.mail.behaviour == "silent":
            time.sleep(30)
        if self.mail.behaviour == "hangs_up":
            return
        self._say("220 localhost ESMTP")
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            if word.upper() == "QUIT":
                self._say("221 bye")
                return
            getattr(self, f"_{word.lower()}", self._unknown)(rest)

    def _unknown(self, _: str) -> None:
        self._say("502 unknown")

    def _ehlo(self, _: str) -> None:
        offered = [] if self._is_encrypted or self.mail.behaviour == "no_tls" else ["250-STARTTLS"]
        for line in ["250-localhost", *offered, "250 AUTH PLAIN"]:
            self._say(line)

    def _starttls(self, _: str) -> None:
        self._say("220 go ahead")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        assert self.mail.certificate
        context.load_cert_chain(self.mail.certificate)
        self.request = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        self._is_encrypted = True

    def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.mail.logins.append((user, password))
        self._say("235 welcome" if password == self.mail.password else "535 no")

    def _mail(self, _: str) -> None:
        self._say("250 ok")

    def _rcpt(self, _: str) -> None:
        self._say("550 no such person Иванов" if self.mail.behaviour == "refuses" else "250 ok")

    def _rset(self, _: str) -> None:
        self._say("250 ok")

    def _data(self, _: str) -> None:
        self._say("354 go ahead")
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        message = message_from_bytes(content, policy=policy.default)
        self.mail.messages.append(message)
        self.mail.was_encrypted.append(self._is_encrypted)
        self._say("250 taken")


class _MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    address_family = socket.AF_INET


@contextmanager
def mail_server(mail: Mail) -> Iterator[Mail]:
    """Serves on a free port, noted in `mail`, until the end of the block."""
    with _MailServer(("127.0.0.1", 0), _Session) as server:
        server.mail = mail  # type: ignore[attr-defined]
        mail.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mail
        server.shutdown()


@dataclass
class Hook:
    """What the web server answers (`status`; `delay` seconds late; `location` with a redirect), and what it was sent."""

    url: str = ""
    status: int = 200
    delay: float = 0
    location: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_hook(hook: Hook, certificate: Path | None = None) -> Iterator[Hook]:
    """Serves on a free port, with TLS where there is a certificate, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(hook.delay)
            hook.posts.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            hook.posts.append(({"method": "GET"}, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        hook.url = f"{'https' if certificate else 'http'}://localhost:{server.server_address[1]}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hook
        server.shutdown()
