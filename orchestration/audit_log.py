"""Who loaded, published, changed a rule or took something away: logs/audit.jsonl, one JSON line an event, never rewritten.

Standard library alone and nothing of Oko imported, because Superset's environment loads this file by its path (superset/tools/audit.py).
Every line carries the hash of the line before it and its own, and logs/audit.head the number and hash of the last one, so that a line that
was altered, taken out or cut off is found. Who may write the folder could compute everything anew: against that stands only a copy
elsewhere (`oko backup`). Nothing here knows what an event means; callers leave names of people, texts of queries and values out.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

AUDIT_FILE, HEAD_FILE = "audit.jsonl", "audit.head"
BEGINNING = "0" * 64
_OWN = {"number", "at", "chained_to", "hash"}
# a uid that says that nobody logged in: a service, a container
_NO_LOGIN = 2**32 - 1
_TAIL_BYTES = 65_536
# a lock of flock() holds between processes, and between threads only because each opens the file anew
_thread_lock = threading.Lock()


class HasLogs(Protocol):
    """Settings of Oko, or anything else that knows the folder."""

    @property
    def logs(self) -> Path: ...


@dataclass(frozen=True)
class Fault:
    """What is wrong with the log: the number of the line in the file, from 1, and Russian words."""

    line: int
    text: str


def record(settings: HasLogs, event: str, *, who: str | None = None, publication: str | None = None, **details: Any) -> None:
    """Appends an event, on the disk when this returns. `details`: what JSON knows. Raises OSError when it cannot be written."""
    if taken := _OWN & details.keys():
        raise ValueError(f"names that the log itself uses: {', '.join(sorted(taken))}")
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.logs / AUDIT_FILE
    with _thread_lock, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        head = settings.logs / HEAD_FILE
        last, torn = _last(file.fileno())
        for said in list(_found_at_the_end(head, last, torn)):
            last = _append(file.fileno(), head, last, {"event": said.pop("event"), "who": account(), **said})
        entry = {"event": event, "who": who or account(), "publication": publication, **details}
        _append(file.fileno(), head, last, entry)


def account() -> str:
    """The user of the system: who logged in, and as whom the process works if that is another."""
    try:
        login = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        login = _NO_LOGIN
    works = _name(os.getuid())
    return works if login in (_NO_LOGIN, os.getuid()) else f"{_name(login)} ({works})"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


# ---- writing ---------------------------------------------------------------------------------------------------------------------


def _append(descriptor: int, head: Path, last: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """One line after `last`; what cannot be written whole leaves nothing behind."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"number": last["number"] + 1, "at": now, **entry, "chained_to": last["hash"]}
    line["hash"] = _hash(line)
    content = _bytes(line) + b"\n"
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, content)
        if written != len(content):
            raise OSError(f"{AUDIT_FILE}: written {written} bytes of {len(content)}")
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    draft = head.with_name(f".{head.name}-{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"{line['number']} {line['hash']}\n")
    draft.replace(head)
    return line


def _hash(line: dict[str, Any]) -> str:
    """Over everything of the line but its own hash, keys in order."""
    rest = {name: value for name, value in line.items() if name != "hash"}
    return sha256(_bytes(dict(sorted(rest.items())))).hexdigest()


def _bytes(line: dict[str, Any]) -> bytes:
    """Readable Russian; what is no text in a name of a file stays an escape of JSON."""
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _last(descriptor: int) -> tuple[dict[str, Any], int]:
    """The last whole line that can be read (or the beginning), and how many bytes stand behind it without an end, which are dropped:
    a line that the power or a full disk cut short was never reported as written."""
    size = os.fstat(descriptor).st_size
    tail, start = b"", size
    while start > 0 and tail.rstrip(b"\n").count(b"\n") < 2:
        start = max(0, start - _TAIL_BYTES)
        tail = os.pread(descriptor, size - start, start)
    whole, _, torn = tail.rpartition(b"\n")
    if torn:
        os.ftruncate(descriptor, size - len(torn))
    for line in reversed(whole.split(b"\n")):
        found = _parsed(line)
        if found is not None:
            return found, len(torn)
    return {"number": 0, "hash": BEGINNING}, len(torn)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
        return found if isinstance(found["number"], int) and isinstance(found["hash"], str) else None
    except (ValueError, TypeError, KeyError):
        return None


def _found_at_the_end(head: Path, last: dict[str, Any], torn: int) -> Iterator[dict[str, Any]]:
    """Events about the log itself, so that writing on does not cover up what was found."""
    if torn:
        yield {"event": "audit_torn", "bytes": torn}
    number, digest = _read_head(head)
    # a head that is behind was overtaken by a kill between the line and itself
    if number > last["number"] or (number == last["number"] and digest != last["hash"]):
        yield {"event": "audit_cut", "expected": number, "found": last["number"]}


def _read_head(head: Path) -> tuple[int, str]:
    try:
        number, digest = head.read_text().split()
        return int(number), digest
    except (OSError, ValueError):
        return 0, BEGINNING


# ---- reading ---------------------------------------------------------------------------------------------------------------------


def events(logs: Path) -> Iterator[dict[str, Any]]:
    """The events that can be read, oldest first; none when there is no log."""
    path = logs / AUDIT_FILE
    if path.exists():
        with path.open("rb") as file:
            yield from (found for line in file if (found := _parsed(line)) is not None)


def verify(logs: Path) -> list[Fault]:
    """Everything that is wrong with the log; empty when it is whole. A line that is being written now is no fault."""
    path, faults = logs / AUDIT_FILE, []
    number, digest = _read_head(logs / HEAD_FILE)
    before, count, has_head = {"number": 0, "hash": BEGINNING}, 0, number == 0
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for count, line in enumerate(lines[:-1], start=1):
        found = _parsed(line)
        if found is None:
            faults.append(Fault(count, "строка не читается"))
            continue
        faults += [Fault(count, text) for text in _faults_of(found, before)]
        has_head = has_head or (found["number"], found["hash"]) == (number, digest)
        before = found
    if not has_head:
        faults.append(
            Fault(count, f"конец журнала отрезан или изменён: записей было не меньше {number}, последняя теперь {before['number']}")
        )
    return faults


def _faults_of(line: dict[str, Any], before: dict[str, Any]) -> Iterator[str]:
    if _hash(line) != line["hash"]:
        yield "строка изменена"
    if line.get("chained_to") != before["hash"] or line["number"] != before["number"] + 1:
        yield f"перед строкой не то, что было: после записи {before['number']} стоит запись {line['number']}"
    if line.get("event") == "audit_cut":
        yield f"здесь журнал был отрезан: записей было {line.get('expected')}, нашлось {line.get('found')}"
