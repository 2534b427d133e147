"""The child process that parses spreadsheets: one request a line on its input, the sheets' cells on its output.

It runs under a memory limit that the parent gives, because a hostile or broken workbook can take all memory or abort the
process. It imports nothing of Oko. Answer: a line of JSON, then for each sheet 8 bytes of length and an Arrow IPC stream.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

import fastexcel
import polars as pl


def main() -> None:
    """Answer requests until the input ends."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        _answer(json.loads(line), sys.stdout.buffer)


def _answer(request: dict[str, Any], out: BinaryIO) -> None:
    head: dict[str, Any]
    try:
        sheets = _sheets(**request)
    except MemoryError:
        sheets, head = [], {"error": "memory"}
    except BaseException as error:
        # a panic of the Rust library is no Exception
        sheets, head = [], {"error": "limit" if isinstance(error, OverflowError) else "broken", "detail": str(error)[:300]}
    else:
        head = {"sheets": [name for name, _ in sheets]}
    out.write(json.dumps(head).encode() + b"\n")
    for _, cells in sheets:
        out.write(len(cells).to_bytes(8, "big"))
        out.write(cells)
    out.flush()


def _sheets(path: str, max_sheets: int, max_columns: int, max_cells: int) -> list[tuple[str, bytes]]:
    reader = fastexcel.read_excel(Path(path).read_bytes())
    if len(reader.sheet_names) > max_sheets:
        raise OverflowError("sheets")
    sheets, left = [], max_cells
    for name in reader.sheet_names:
        # skip_rows=0 keeps empty rows at the top, so that row numbers are those of the sheet
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        left -= sheet.width * sheet.height
        if left < 0 or sheet.width > max_columns:
            raise OverflowError("cells")
        sheets.append((name, _arrow(sheet.to_polars())))
    return sheets


def _arrow(cells: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    cells.write_ipc(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
