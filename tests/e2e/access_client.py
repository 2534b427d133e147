"""Superset's REST API as one user: who asks, what was asked, what came back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import openpyxl

Query = dict[str, Any]
Counts = dict[str, int]


@dataclass(frozen=True)
class Answer:
    """Status, kind and body of an answer; `kept` when Superset had computed it before (superset/tools/answers.py)."""

    status: int
    kind: str
    body: bytes
    kept: bool = False

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """A user who has logged in, or a stranger."""

    def __init__(self, url: str, login: str | None = None, password: str = "") -> None:
        self.url = url
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._cookies))
        self._headers = {"Referer": url}
        if login:
            self._log_in(login, password)

    def _log_in(self, login: str, password: str) -> None:
        said = self.post("/api/v1/security/login", {"username": login, "password": password, "provider": "db", "refresh": False})
        assert said.status == 200, said.body
        self._headers["Authorization"] = f"Bearer {said.json['access_token']}"
        self._headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/").json["result"]
        # pages and the explorer know the session alone, not the token
        form = urlencode({"username": login, "password": password, "csrf_token": self._headers["X-CSRFToken"]}).encode()
        self._opener.open(Request(f"{self.url}/login/", data=form, headers={"Referer": self.url}), timeout=120).close()
        self._headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/").json["result"]

    @property
    def session(self) -> dict[str, str]:
        """The headers by which a browser of this user is known: for who sends by itself."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        return {name: self._headers[name] for name in ("Referer", "X-CSRFToken") if name in self._headers} | {"Cookie": cookies}

    @property
    def cookies(self) -> list[dict[str, str]]:
        """The session, for a browser."""
        return [{"name": cookie.name, "value": cookie.value or "", "url": self.url} for cookie in self._cookies]

    def _ask(self, method: str, path: str, body: object = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self._answer(Request(self.url + path, data=data, headers=self._headers | kind, method=method))

    def _answer(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=120) as answer:
                return Answer(answer.status, answer.headers.get_content_type(), answer.read(), answer.headers.get("Oko-Answer") == "kept")
        except HTTPError as error:
            return Answer(error.code, error.headers.get_content_type(), error.read())

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, body: object) -> Answer:
        return self._ask("POST", path, body)

    def form(self, path: str, fields: dict[str, str]) -> Answer:
        """As a form of a page sends it."""
        return self._answer(Request(self.url + path, data=urlencode(fields).encode(), headers=self._headers, method="POST"))

    def put(self, path: str, body: object) -> Answer:
        return self._ask("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self._ask("DELETE", path)

    def chart_data(self, dataset: int, query: Query, kind: str = "json", form_data: Query | None = None) -> Answer:
        """Any question that a chart could ask of a dataset."""
        context = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "result_format": kind, "result_type": "full"}
        return self.post("/api/v1/chart/data", context | ({"form_data": form_data} if form_data else {}))

    def listed(self, what: str) -> list[dict[str, Any]]:
        """Everything that the API lists of one kind to this user; it gives a hundred at a time."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/api/v1/{what}/?q={quote(f'(page:{len(found) // 100},page_size:100)')}").json["result"]
            found += page
            if len(page) < 100:
                return found


def by_witness(column: str) -> Query:
    """How many rows there are, by the column that tells whose they are."""
    return {"columns": [column], "metrics": ["count"], "row_limit": 100_000, "orderby": []}


def counts_of(answer: Answer, kind: str) -> Counts:
    """The answer to `by_witness` in any of its formats."""
    if kind == "json":
        rows = [list(row.values()) for row in answer.json["result"][0]["data"]]
    elif kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))[1:]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    return {"" if row[-2] is None else str(row[-2]): int(row[-1]) for row in rows if row}
