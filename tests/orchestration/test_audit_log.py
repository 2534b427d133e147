"""The audit log: a chain that shows a line that was altered, taken out, put in or cut off; written from two environments at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.settings import REPOSITORY
from orchestration import audit_log
from orchestration.audit_log import events, record, verify
from orchestration.audit_report import tables_of


@pytest.fixture
def home(tmp_path: Path) -> Any:
    return SimpleNamespace(logs=tmp_path / "logs")


def lines(home: Any) -> list[bytes]:
    return (home.logs / "audit.jsonl").read_bytes().splitlines(keepends=True)


def write(home: Any, content: list[bytes]) -> None:
    (home.logs / "audit.jsonl").write_bytes(b"".join(content))


def fill(home: Any, count: int = 5) -> None:
    for number in range(count):
        record(home, "published", publication=f"p{number}", files=number, as_of="2024-12-30")


def said(home: Any) -> str:
    return "\n".join(f"{fault.line}: {fault.text}" for fault in verify(home.logs))


def test_an_event_says_who_what_when_and_which_publication(home: Any) -> None:
    record(home, "export", publication="p1", format="csv", tables=["marts.openness"])
    (line,) = events(home.logs)
    assert (line["number"], line["event"], line["publication"], line["tables"]) == (1, "export", "p1", ["marts.openness"])
    assert line["who"] and line["at"].endswith("+00:00")
    assert (home.logs / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert (home.logs / "audit.head").stat().st_mode & 0o777 == 0o600
    assert home.logs.stat().st_mode & 0o777 == 0o700


def test_whoever_logged_in_stands_before_the_account_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda path: "0" if path == Path("/proc/self/loginuid") else "")
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert audit_log.account() == "root (54321)"


def test_a_whole_log_has_no_faults_and_none_is_no_fault(home: Any) -> None:
    assert verify(home.logs) == []
    fill(home)
    assert verify(home.logs) == []


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda all_: [*all_[:2], all_[2].replace(b'"files": 2', b'"files": 7'), *all_[3:]], "3: строка изменена"),
        (lambda all_: [*all_[:4], all_[4].replace(b'"files": 4', b'"files": 7')], "5: строка изменена"),
        (lambda all_: [*all_[:2], *all_[3:]], "3: перед строкой не то, что было: после записи 2 стоит запись 4"),
        (lambda all_: all_[1:], "1: перед строкой не то, что было: после записи 0 стоит запись 2"),
        (lambda all_: [all_[1], all_[0], *all_[2:]], "1: перед строкой не то, что было"),
        (lambda all_: all_[:-1], "4: конец журнала отрезан или изменён: записей было не меньше 5, последняя теперь 4"),
        (lambda all_: [], "0: конец журнала отрезан"),
        (lambda all_: [*all_[:2], b"\x00\xff not JSON\n", *all_[2:]], "3: строка не читается"),
        (lambda all_: [*all_[:2], b'{"number": "2"}\n', *all_[2:]], "3: строка не читается"),
    ],
)
def test_a_log_that_was_altered_is_found(home: Any, tamper: Any, found: str) -> None:
    fill(home)
    write(home, tamper(lines(home)))
    assert found in said(home)


def test_a_removed_log_is_found(home: Any) -> None:
    fill(home)
    (home.logs / "audit.jsonl").unlink()
    assert "конец журнала отрезан" in said(home)


def test_writing_on_after_a_cut_does_not_cover_it_up(home: Any) -> None:
    fill(home)
    write(home, lines(home)[:-2])
    record(home, "published", publication="p6")
    assert [line["event"] for line in events(home.logs)][-2:] == ["audit_cut", "published"]
    assert said(home) == "4: здесь журнал был отрезан: записей было 5, нашлось 3"


def test_a_line_that_was_cut_short_is_dropped_and_said(home: Any) -> None:
    """As the power leaves it: the line was never reported as written."""
    fill(home, 2)
    with (home.logs / "audit.jsonl").open("ab") as file:
        file.write(b'{"number": 3, "event"')
    assert verify(home.logs) == []
    record(home, "published", publication="p3")
    assert [(line["number"], line["event"]) for line in events(home.logs)][2:] == [(3, "audit_torn"), (4, "published")]
    assert verify(home.logs) == []


def test_a_kill_between_the_line_and_its_head_is_no_fault(home: Any) -> None:
    fill(home, 2)
    head = (home.logs / "audit.head").read_bytes()
    fill(home, 1)
    (home.logs / "audit.head").write_bytes(head)
    assert verify(home.logs) == []
    fill(home, 1)
    assert verify(home.logs) == [] and len(lines(home)) == 4


def test_a_full_disk_leaves_no_half_line(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(home, 2)
    before, real = lines(home), os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, content[:20]))
    with pytest.raises(OSError, match="20"):
        fill(home, 1)
    monkeypatch.undo()
    assert lines(home) == before and verify(home.logs) == []


def test_a_link_in_the_place_of_the_log_is_refused(home: Any, tmp_path: Path) -> None:
    home.logs.mkdir()
    (home.logs / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        fill(home, 1)
    assert not (tmp_path / "elsewhere").exists()


def test_long_lines_and_names_that_are_no_text(home: Any) -> None:
    record(home, "loaded", files=["f" * 64] * 4000, note="имя \udcff файла\n\x1b[31m")
    record(home, "published", publication="p1")
    assert len(lines(home)) == 2 and verify(home.logs) == []


def test_details_cannot_take_the_place_of_the_chain(home: Any) -> None:
    with pytest.raises(ValueError, match="hash"):
        record(home, "published", hash="0")


WRITER = """
import importlib.util, sys, threading
from pathlib import Path
from types import SimpleNamespace
spec = importlib.util.spec_from_file_location("oko_audit_log", sys.argv[1])
log = importlib.util.module_from_spec(spec); sys.modules["oko_audit_log"] = log; spec.loader.exec_module(log)
home = SimpleNamespace(logs=Path(sys.argv[2]))
def work():
    for number in range(10): log.record(home, "download", who="superset:a", number_of=number)
threads = [threading.Thread(target=work) for _ in range(3)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
assert not [name for name in sys.modules if name.split(".")[0] in ("orchestration", "ingest")]
"""


def test_several_processes_and_threads_write_one_chain(home: Any) -> None:
    """As the workers of Superset do: the file is loaded by its path, without Oko."""
    command = [sys.executable, "-I", "-c", WRITER, str(REPOSITORY / "orchestration" / "audit_log.py"), str(home.logs)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    fill(home, 10)
    for writer in writers:
        assert writer.wait() == 0, writer.stderr and writer.stderr.read()
    assert [json.loads(line)["number"] for line in lines(home)] == list(range(1, 71))
    assert verify(home.logs) == []


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        (
            "WITH ivanov AS (SELECT * FROM core.dim_school) SELECT * FROM ivanov, marts.openness WHERE x = 'Иванов'",
            ["core.dim_school", "marts.openness"],
        ),
        ("SELECT (SELECT count(*) FROM quality.loads) FROM marts.openness", ["marts.openness", "quality.loads"]),
        ('SELECT * FROM marts."Иванов Иван"', []),
        ("SELECT ; SELECT", []),
        ("DESCRIBE marts.openness", ["marts.openness"]),
    ],
)
def test_of_a_query_only_its_tables_are_kept(query: str, tables: list[str]) -> None:
    assert tables_of(query) == tables
