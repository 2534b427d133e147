"""The shape of schema `raw`: tables of rows made from declarations, and the journal of files, loads, rejections and findings.

Only shapes stand here; the engines turn them into SQL of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import polars as pl

SqlType = Literal["text", "bigint", "double", "date", "boolean", "timestamp"]
Columns = Mapping[str, SqlType]

ORIGIN: Columns = {"_file_sha256": "text", "_sheet": "text", "_row_number": "bigint", "_load_id": "text"}

_FILE: Columns = {"source": "text", "file_name": "text", "file_sha256": "text"}
_PLACE: Columns = {"sheet": "text", "row_number": "bigint", "column_name": "text"}

JOURNAL: Mapping[str, Columns] = {
    # key_id: which key of the vault its pseudonyms are of; NULL from releases that knew one key only.
    # rows_loaded as it is now; `_loads` keeps what it was on the day of the reading.
    "_files": {
        **{**_FILE, "modified_at": "timestamp", "in_landing": "boolean"},
        **{"key_id": "text", "rows_loaded": "bigint"},
    },
    "_loads": {
        "load_id": "text",
        **_FILE,
        "layout": "text",
        "rows_in": "bigint",
        "rows_loaded": "bigint",
        "rows_rejected": "bigint",
        "loaded_at": "timestamp",
    },
    "_rejections": {**_FILE, **_PLACE, "reason_code": "text", "message_ru": "text", "rejected_at": "timestamp"},
    "_findings": {**_FILE, **_PLACE, "rule_code": "text", "severity": "text", "message_ru": "text", "found_at": "timestamp"},
    "_sources": {"source": "text", "title": "text", "cadence": "text", "layouts": "text"},
    "_run": {
        "as_of": "date",
        "region_code": "text",
        "region_name": "text",
        "school_code_length": "bigint",
        "started_at": "timestamp",
        "publication_id": "text",
    },
    # what is published while this run works, for the limits of a suspicious change, and by when the next run must have ended
    "_watch": {"publication_id": "text", "as_of": "date", "due_at": "timestamp"},
    "_previous_values": {
        **{"indicator_code": "text", "period": "text", "entity_code": "text", "subject_code": "text", "grade": "text"},
        **{"breakdown": "text", "value": "double", "ci_low": "double", "ci_high": "double"},
    },
    "_previous_rows": {"counted": "text", "code": "text", "row_count": "bigint"},
    # by which code the seeds and staging views were made that stand here; no row while they are being made
    "_staging": {"version": "text"},
}


@dataclass(frozen=True)
class RawTable:
    """One table of rows. `key` says which rows are one record; the file that wins for a key is chosen by whoever reads."""

    name: str
    columns: Columns
    key: tuple[str, ...]

    @property
    def all_columns(self) -> Columns:
        """The declared columns and where each row came from."""
        return {**self.columns, **ORIGIN}


@dataclass(frozen=True)
class File:
    """One content that was seen in landing: `name` is the path under landing/, `modified_at` is UTC without a zone."""

    sha256: str
    source: str
    name: str
    modified_at: datetime


class Reading(Protocol):
    """What came out of one file: typed rows by raw table, and what is wrong with the rest."""

    @property
    def source(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def rows(self) -> Mapping[str, pl.DataFrame]: ...
    @property
    def rejections(self) -> pl.DataFrame: ...
    @property
    def findings(self) -> pl.DataFrame: ...
    @property
    def rows_in(self) -> int: ...
    @property
    def rows_loaded(self) -> int: ...
    @property
    def rows_rejected(self) -> int: ...
