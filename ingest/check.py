"""What `oko check` says of a file: what it is, what would load, what would be rejected and where. Loads nothing, keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.declarations import Source
from ingest.known import Known
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.vault import Vault

MOST_ROWS = 30


def check_file(path: Path, sources: Mapping[str, Source], known: Known, settings: Settings, source: str | None = None) -> Reading:
    """Read a file as a refresh would, without a trace; `source` is the only one to try, where it is given."""
    tried = {source: sources[source]} if source else sources
    return read_file(path, _name(path, settings, source), tried, known, Vault(settings.vault, read_only=True), settings)


def would_reject(reading: Reading) -> bool:
    """Whether a refresh would reject anything of it."""
    return not reading.rejections.is_empty()


def describe(path: Path, reading: Reading, sources: Mapping[str, Source], most: int = MOST_ROWS) -> Iterator[str]:
    """The report, line by line."""
    yield str(path)
    if reading.is_rejected:
        yield f"  не загрузится: {reading.rejections['message_ru'][0]}"
        return
    layouts = {name: layout for source in sources.values() for name, layout in source.layouts.items()}
    yield f"  это: {', '.join(f'«{layouts[name].title}»' for name in reading.rows)} (источник {reading.source})"
    yield f"  строк {reading.rows_in}: загрузится {reading.rows_loaded}, будет отклонено {reading.rows_rejected}"
    for row in reading.rejections.head(most).iter_rows(named=True):
        yield f"  {_sheet(row['sheet'])}строка {row['row_number']}, {row['reason_code']}: {row['message_ru']}"
    if reading.rejections.height > most:
        yield f"  … и ещё {reading.rejections.height - most}"
    for row in reading.findings.head(most).iter_rows(named=True):
        place = f"строка {row['row_number']}, " if row["row_number"] is not None else ""
        yield f"  {_sheet(row['sheet'])}{place}{row['severity']}: {row['message_ru']}"
    if reading.findings.height > most:
        yield f"  … и ещё замечаний: {reading.findings.height - most}"


def _sheet(name: str) -> str:
    return f"лист «{name}», " if name else ""


def _name(path: Path, settings: Settings, source: str | None) -> str:
    """The path under landing/, where the file lies there; else its name, in the folder of the source that was asked for."""
    if path.resolve().is_relative_to(settings.landing):
        return path.resolve().relative_to(settings.landing).as_posix()
    return f"{source}/{path.name}" if source else path.name
