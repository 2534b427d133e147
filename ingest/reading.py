"""One file from its bytes to typed rows, rejections and findings: the way through everything else in ingest/.

Loads nothing and knows no database; what it keeps of people goes to the vault.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ingest import findings
from ingest.archive import UNKNOWN_SOURCE, folder_of, sha256_of
from ingest.declarations import Layout, Source
from ingest.faults import FileFault, unreadable
from ingest.grid import ROW, Table
from ingest.judge import FAULT, SHEET, Judged, judge, written
from ingest.known import Known
from ingest.readers import read_grids
from ingest.recognise import Candidate, recognise
from ingest.rejections import SCHEMA, file_rejection, messages
from ingest.settings import Settings
from ingest.vault import Vault, VaultError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What a file gave. `rows`: by layout, typed, with `_sheet` and `_row_number`, without personal data.

    `waiting`: a row was rejected that may be right at a later refresh, though the file stays the same.
    """

    source: str
    layout: str = ""
    rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejections: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    findings: pl.DataFrame = field(default_factory=findings.none)
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    waiting: bool = False

    @property
    def is_rejected(self) -> bool:
        """The file as a whole was rejected."""
        return not self.layout


@dataclass(frozen=True)
class Insight:
    """A reading with what it was made of, personal data included: for whoever shows a file to the person who holds it."""

    reading: Reading
    tables: list[Table] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)


def read_file(path: Path, name: str, sources: Mapping[str, Source], known: Known, vault: Vault, settings: Settings) -> Reading:
    """Read one file; `name` is its path under landing/, whose first folder decides ties. Never raises for what the file holds."""
    return look_into(path, name, sources, known, vault, settings).reading


def look_into(path: Path, name: str, sources: Mapping[str, Source], known: Known, vault: Vault, settings: Settings) -> Insight:
    """The same reading, and what it was made of."""
    folder = folder_of(name)
    try:
        winners = recognise(read_grids(path, settings.limits), sources, folder, known)
        return _read_tables(winners, folder, known, vault, settings, path)
    except FileFault as fault:
        return Insight(_rejected(fault, folder))
    except (OSError, VaultError):
        raise
    except Exception as error:
        # one file that our code stumbles over must not end the night for all others; the error's own text may hold cell values
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s: a fault of Oko, not of the file: %s\n%s", name, type(error).__name__, places)
        return Insight(_rejected(unreadable(f"внутренняя ошибка ({type(error).__name__}), подробности в журнале"), folder))


def _rejected(fault: FileFault, folder: str) -> Reading:
    return Reading(source=fault.source or folder or UNKNOWN_SOURCE, rejections=file_rejection(fault))


def _read_tables(winners: list[Candidate], folder: str, known: Known, vault: Vault, settings: Settings, path: Path) -> Insight:
    complete = [winner for winner in winners if winner.is_complete]
    tables: dict[str, list[Table]] = {}
    layouts: dict[str, Layout] = {}
    for winner in complete:
        for table in winner.tables:
            tables.setdefault(table.layout, []).append(table)
            layouts[table.layout] = winner.source.layouts[table.layout]
    judged = [judge(tables[name], name, layouts[name], known, vault, settings) for name in tables]
    vault.keep(sha256_of(path), _identities(judged))
    rows = {one.name: one.loaded for one in judged}
    rows_in, rows_loaded = sum(one.cells.height for one in judged), sum(frame.height for frame in rows.values())
    reading = Reading(
        source=_source(complete, folder),
        layout=", ".join(tables),
        rows=rows,
        rejections=pl.concat([pl.DataFrame(schema=SCHEMA), *(_rejections(one) for one in judged)]),
        findings=_findings(winners, tables, judged),
        rows_in=rows_in,
        rows_loaded=rows_loaded,
        rows_rejected=rows_in - rows_loaded,
        waiting=any(one.waits for one in judged),
    )
    return Insight(reading, [table for found in tables.values() for table in found], judged)


def _source(winners: list[Candidate], folder: str) -> str:
    """A workbook with sheets of several sources counts for its folder, else for the first."""
    names = [winner.source.source for winner in winners]
    return folder if folder in names else names[0]


def _rejections(judged: Judged) -> pl.DataFrame:
    """A message for every rejected row, in file order."""
    wrong = judged.cells.with_row_index("_n").filter(pl.col(FAULT).is_not_null())
    frames = [pl.DataFrame(schema={"_n": pl.UInt32, **SCHEMA})]
    for number in wrong[FAULT].unique():
        fault = judged.faults[number]
        rows = wrong.filter(pl.col(FAULT) == number).with_columns(_text=written(fault.column))
        frames.append(pl.concat([rows.select("_n"), messages(rows, fault, judged.layout)], how="horizontal"))
    return pl.concat(frames).sort("_n").drop("_n")


def _identities(judged: list[Judged]) -> pl.DataFrame:
    """Who the rows that load are about: what only the vault keeps, and pseudonyms with what they stand for."""
    frames = []
    for one in judged:
        kinds = {name: column.personal for name, column in one.layout.columns.items() if column.personal}
        pseudonyms = [pl.col(name).alias(f"{name}_pseudonym") for name, kind in kinds.items() if kind == "pseudonym"]
        if kinds:
            texts = [pl.col(written(name)).alias(name) for name in kinds]
            people = one.cells.filter(pl.col(FAULT).is_null())
            frames.append(people.select(pl.lit(one.name).alias("_layout"), SHEET, ROW, *pseudonyms, *texts))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


def _findings(winners: list[Candidate], tables: dict[str, list[Table]], judged: list[Judged]) -> pl.DataFrame:
    frames = [findings.none()]
    for one in judged:
        frames += findings.check_digits(one)
        frames += findings.footers(tables[one.name], one)
        frames += findings.columns_left_out(tables[one.name])
    for winner in winners:
        frames += [findings.sheet_not_read(table, winner.title) for table in winner.tables if table.missing]
    return pl.concat(frames)
