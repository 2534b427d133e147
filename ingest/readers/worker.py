"""The child process that parses files: one request a line on its input, one answer a line on its output.

It runs under a memory limit that the parent gives, because a hostile or broken file can take all memory or abort the process.
The cells go from process to process through files in memory that no other user can open and that end with the two: what people
wrote never touches a disk. The parent says when it has them.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from ingest.faults import FileFault
from ingest.grid import Grid
from ingest.readers.formats import parse
from ingest.settings import Limits


def main() -> None:
    """Answer requests until the input ends."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # the tree of an XML register has no cycles, and looking for some in it takes as long as making it
    gc.disable()
    gc.freeze()
    for line in sys.stdin.buffer:
        answer = _answer(json.loads(line))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
        if "sheets" in answer:
            sys.stdin.buffer.readline()
            for _, cells, _ in answer["sheets"]:
                os.close(cells)
        gc.collect()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    """The name, the open file and the first row's number of each sheet, or what is wrong."""
    try:
        return {
            "sheets": [(grid.sheet, _in_memory(grid), grid.first) for grid in parse(Path(request["path"]), Limits(**request["limits"]))]
        }
    except FileFault as fault:
        return {"fault": (fault.reason, fault.message)}
    except MemoryError:
        return {"error": "memory"}
    except BaseException as error:
        # a panic of a Rust library is no Exception
        return {"error": str(error)[:300]}


def _in_memory(grid: Grid) -> int:
    cells = os.memfd_create("cells")
    grid.cells.write_ipc(f"/proc/self/fd/{cells}")
    return cells


if __name__ == "__main__":
    main()
