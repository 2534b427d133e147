"""Why a whole file cannot be read: the exception that readers raise and `read_file` turns into a rejection."""

from __future__ import annotations

from typing import Literal

FileReason = Literal["unreadable_file", "unknown_layout", "missing_column", "too_large"]


class FileFault(Exception):
    """A file-level fault with its reason code and its Russian message (no cell values in it).

    `source` is what the file was recognised as, where it was.
    """

    def __init__(self, reason: FileReason, message: str, *, sheet: str = "", column: str = "", source: str = "") -> None:
        super().__init__(message)
        self.reason: FileReason = reason
        self.message = message
        self.sheet = sheet
        self.column = column
        self.source = source


def unreadable(why: str) -> FileFault:
    """The file is not a table of any format."""
    return FileFault("unreadable_file", f"Файл не прочитан: {why}.")


def too_large(why: str) -> FileFault:
    """The file is over a limit."""
    return FileFault("too_large", f"Файл слишком велик: {why}. Разделите его на части или уберите лишние листы и пустые строки.")
