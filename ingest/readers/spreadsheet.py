"""XLSX, XLSB, XLS and ODS, read in a child process under limits: whatever a workbook does, it cannot end ours.

An archive is looked at before it is unpacked. One child is kept for all files; when it dies, the next file gets a new one.
"""

from __future__ import annotations

import atexit
import io
import json
import posixpath
import re
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.faults import too_large, unreadable
from ingest.grid import Grid, column_index, make_grid
from ingest.settings import Limits

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension[^>]*?\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_BIG_ENTRY = 16 * 1024**2
# the memory of the child itself, before it has read anything: libraries and thread stacks
_CHILD_BYTES = 2 * 1024**3

Range = tuple[int, int, int, int]  # first column, first row, width, height


def read(path: Path, limits: Limits) -> list[Grid]:
    """Every sheet, hidden ones too. Raises FileFault."""
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    ranges = _look_into_archive(path, limits) if is_archive else {}
    if not is_archive and _ENCRYPTED in path.read_bytes():
        raise unreadable("он защищён паролем; сохраните его без пароля")
    return [_grid(name, cells, ranges.get(name)) for name, cells in _parse(path, limits)]


def _grid(name: str, cells: pl.DataFrame, declared: Range | None) -> Grid:
    """The library leaves out empty columns at the left; the declared range, where it fits, says how many."""
    columns = list(cells)
    if declared and (declared[2], declared[1] + declared[3]) == cells.shape[::-1]:
        columns = [pl.Series(pl.repeat(None, cells.height, dtype=pl.String, eager=True))] * declared[0] + columns
    return make_grid(name, columns)


def _look_into_archive(path: Path, limits: Limits) -> dict[str, Range]:
    """What the archive says of itself, before anything is unpacked: sizes are judged, ranges of sheets returned by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            _judge_sizes(archive.infolist(), limits)
            ranges = _declared_ranges(archive)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise unreadable("он повреждён или оборван и не раскрывается как книга Excel или ODS") from error
    for _, _, width, height in ranges.values():
        if width * height > limits.cells:
            raise too_large(f"лист занимает {height} строк и {width} столбцов")
    return ranges


def _judge_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise too_large(f"после распаковки {unpacked / 1024**2:.0f} МБ при пределе {limits.unpacked_bytes / 1024**2:.0f} МБ")
    for entry in entries:
        if entry.file_size > _BIG_ENTRY and entry.file_size > limits.unpacked_ratio * max(entry.compress_size, 1):
            raise too_large("он сжат неправдоподобно сильно")


def _declared_ranges(archive: zipfile.ZipFile) -> dict[str, Range]:
    """Cell ranges that the sheets of an .xlsx declare at their beginning."""
    ranges = {}
    for name, entry in _sheet_entries(archive).items():
        with archive.open(entry) as file:
            found = _DIMENSION.search(file.read(4096))
        if found:
            left, top, right, bottom = (part.decode() if part else None for part in found.groups())
            first, row = column_index(left or "A"), int(top or 1) - 1
            last, bottom_row = column_index(right or left or "A"), int(bottom or top or 1) - 1
            ranges[name] = (first, row, last - first + 1, bottom_row - row + 1)
    return ranges


def _sheet_entries(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names of an .xlsx with the archive entries that hold them; empty where the workbook says it otherwise."""
    try:
        workbook = fromstring(archive.read("xl/workbook.xml"))
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ParseError, DefusedXmlException):
        return {}
    targets = {relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", "")))[1:] for relation in relations}
    entries = {}
    for sheet in workbook.iter():
        relation_id = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if sheet.tag.endswith("}sheet") and targets.get(relation_id) in archive.namelist():
            entries[sheet.get("name", "")] = targets[relation_id]
    return entries


def _parse(path: Path, limits: Limits) -> list[tuple[str, pl.DataFrame]]:
    """The sheets' cells, from the child. One that dies is tried once more in a new one: an older file may have worn it out."""
    with _lock:
        for _ in range(2):
            child = _running_child(limits)
            answer = child.ask(path, limits)
            if not isinstance(answer, int):
                return answer
            _drop_child()
    if answer in (-signal.SIGABRT, -signal.SIGKILL):
        raise too_large("на его разбор не хватило памяти")
    raise unreadable("его содержимое повреждено")


class _Child:
    """One process of `ingest.readers.worker` and how to talk to it."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        command = [sys.executable, "-m", "ingest.readers.worker", str(memory + _CHILD_BYTES)]
        root = Path(__file__).resolve().parents[2]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=root)

    def ask(self, path: Path, limits: Limits) -> list[tuple[str, pl.DataFrame]] | int:
        """The sheets, or the exit code of a child that died. Raises FileFault when the child says what is wrong."""
        request = {"path": str(path.resolve()), "max_sheets": limits.sheets, "max_columns": limits.columns, "max_cells": limits.cells}
        late = threading.Event()

        def end() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(limits.reader_seconds, end)
        timer.start()
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
            self._input.flush()
            return self._answer()
        except (BrokenPipeError, EOFError):
            code = self.process.wait()
            if late.is_set():
                raise too_large(f"разбор не уложился в {limits.reader_seconds} с") from None
            return code
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    @property
    def _input(self) -> IO[bytes]:
        assert self.process.stdin
        return self.process.stdin

    def _answer(self) -> list[tuple[str, pl.DataFrame]]:
        head: dict[str, Any] = json.loads(self._read_line())
        if head.get("error") == "memory":
            raise too_large("на его разбор не хватило памяти")
        if head.get("error") == "limit":
            raise too_large("в нём слишком много листов, столбцов или ячеек")
        if head.get("error"):
            is_locked = "password" in head["detail"].lower()
            raise unreadable("он защищён паролем; сохраните его без пароля" if is_locked else "это не исправная книга Excel или ODS")
        return [(name, pl.read_ipc(io.BytesIO(self._read(int.from_bytes(self._read(8), "big"))))) for name in head["sheets"]]

    def _read_line(self) -> bytes:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line

    def _read(self, size: int) -> bytes:
        assert self.process.stdout
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise EOFError
        return data


_lock = threading.Lock()
_children: list[_Child] = []


def _running_child(limits: Limits) -> _Child:
    if _children and (_children[0].memory != limits.reader_memory_bytes or _children[0].process.poll() is not None):
        _drop_child()
    if not _children:
        _children.append(_Child(limits.reader_memory_bytes))
    return _children[0]


@atexit.register
def _drop_child() -> None:
    while _children:
        _children.pop().close()
