"""What reading a file costs beside what nobody can do without: fastexcel for a workbook, a polars scan for CSV; and how much memory.

    python benchmarks/reading.py peak FOLDER HOME    reads every file there, prints the megabytes of both processes at their peak

Files are made by exports.py, ratios are put together and judged by bench.py.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "benchmarks")]

from exports import HEADER, school_codes, write_protocols, write_register, write_workbook  # noqa: E402

from ingest.declarations import load_sources  # noqa: E402
from ingest.known import FixedKnown  # noqa: E402
from ingest.readers import read_grids  # noqa: E402
from ingest.reading import read_file  # noqa: E402
from ingest.settings import Limits, Settings  # noqa: E402
from ingest.vault import Vault  # noqa: E402

# of the main thread, which starts the child
_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")
Turns = list[tuple[float, float]]
NUMBERS = ("Первичный балл", "Балл")
# openpyxl takes a minute for what is measured here: it reads so many rows of the same kind, and its time is scaled
OPENPYXL_ROWS = 10_000


def workbook(folder: Path, rows: int, repeat: int) -> tuple[Turns, Turns, float]:
    """Seconds of our reading and of bare fastexcel in turns: with types of its own, and with cells as text; and what openpyxl takes."""
    path, small = write_workbook(folder / "large.xlsx", rows), write_workbook(folder / "small.xlsx", OPENPYXL_ROWS)
    typed = in_turns(lambda: read_grids(path, Limits()), lambda: fastexcel.read_excel(path).load_sheet(0).to_polars(), repeat)
    as_text = in_turns(lambda: read_grids(path, Limits()), lambda: _as_text(path), repeat)
    return typed, as_text, seconds(lambda: _openpyxl(small)) * rows / OPENPYXL_ROWS


def _as_text(path: Path) -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()


def _openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


def protocols(folder: Path, files: int, rows: int, repeat: int) -> Turns:
    """Seconds of `read_file` over all protocols (typed rows with pseudonyms) and of a bare scan with the same types."""
    paths = write_protocols(folder / "ege", files, rows)
    schema = {name: pl.Float64 if name in NUMBERS else pl.String for name in HEADER.split(";")}
    scan = pl.scan_csv(paths, separator=";", has_header=False, skip_rows=2, schema=schema, include_file_paths="file", row_index_name="row")
    typed = scan.with_columns(exam_date=pl.lit(date(2024, 5, 28)), subject_code=pl.lit("1"))
    return in_turns(lambda: read_all(paths, folder), typed.collect, repeat)


def read_all(paths: Sequence[Path], home: Path) -> int:
    """The rows that load of all these files; as in a refresh, one file at a time."""
    settings = Settings(home=home, archive=home / "archive", vault=home / "vault", as_of=date(2024, 12, 30))
    sources, known, vault = load_sources(), FixedKnown({"school_code": school_codes()}), Vault(settings.vault)
    loaded = [read_file(path, path.name, sources, known, vault, settings).rows_loaded for path in paths]
    if not all(loaded):
        raise SystemExit("a benchmark's file was not read")
    return sum(loaded)


def peak_of_protocols(folder: Path, files: int, rows: int) -> int:
    """Megabytes that a process takes for so many files."""
    write_protocols(folder / f"of {files}", files, rows)
    return _peak(folder / f"of {files}", folder)


def peak_of_register(folder: Path, megabytes: int) -> int:
    """Megabytes that a process takes for a register of so many megabytes."""
    (folder / "register").mkdir()
    write_register(folder / "register" / "register.xml", megabytes)
    return _peak(folder / "register", folder)


def _peak(files: Path, home: Path) -> int:
    done = subprocess.run([sys.executable, __file__, "peak", files, home], capture_output=True, text=True, check=True)
    return int(done.stdout)


def seconds(function: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turns(ours: Callable[[], object], base: Callable[[], object], repeat: int) -> Turns:
    """Wall seconds of both, again and again; once before that nobody counts, for what is made at first use."""
    ours()
    return [(seconds(ours), seconds(base)) for _ in range(repeat)]


def _peak_of_reading(files: Path, home: Path) -> int:
    """Megabytes, looked at a hundred times a second."""
    done, peak = threading.Event(), 0

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.01):
            peak = max(peak, sum(map(_resident, ["self", *_CHILDREN.read_text().split()])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    read_all(sorted(files.iterdir()), home)
    done.set()
    watcher.join()
    return peak * resource.getpagesize() // 1024**2


def _resident(process: str) -> int:
    """Pages in memory; a process that has just ended has none."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0


if __name__ == "__main__":
    print(_peak_of_reading(Path(sys.argv[2]), Path(sys.argv[3])))
