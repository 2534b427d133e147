"""The child that parses files, told what comes next: every file gets its own answer, whatever becomes of the one that was begun."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.faults import FileFault
from ingest.readers import ahead, child, read_grids
from ingest.settings import Limits

LIMITS = Limits()


def save(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def cell(path: Path) -> str | None:
    (grid,) = read_grids(path, LIMITS)
    return str(grid.cells.row(0)[0])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [save(tmp_path, name, f"{name};2\n") for name in "абв"]


def test_what_was_begun_is_what_is_read(files: list[Path]) -> None:
    for path, following in pairwise(files):
        ahead(following, LIMITS)
        assert cell(path) == path.name
        assert child._children[0]._begun is not None
    assert cell(files[-1]) == "в"


def test_another_file_than_the_one_that_was_begun(files: list[Path]) -> None:
    ahead(files[1], LIMITS)
    assert [cell(path) for path in (files[0], files[2], files[1])] == ["а", "в", "б"]
    # said too late to be begun: it is the very next
    ahead(files[2], LIMITS)
    assert [cell(path) for path in (files[2], files[0])] == ["в", "а"]


def test_a_fault_is_of_the_file_that_has_it(files: list[Path], tmp_path: Path) -> None:
    page = save(tmp_path, "page", "<html><table></table></html>")
    ahead(page, LIMITS)
    assert cell(files[0]) == "а"
    ahead(files[1], LIMITS)
    with pytest.raises(FileFault, match="HTML"):
        read_grids(page, LIMITS)
    assert cell(files[1]) == "б"


def test_a_child_that_dies_over_what_it_began_is_replaced(files: list[Path]) -> None:
    ahead(files[1], LIMITS)
    assert cell(files[0]) == "а"
    os.kill(child._children[0].process.pid, signal.SIGKILL)
    child._children[0].process.wait()
    assert [cell(path) for path in files[1:]] == ["б", "в"]


def test_what_is_no_file_is_not_begun(files: list[Path], tmp_path: Path) -> None:
    ahead(tmp_path / "nothing", LIMITS)
    ahead(save(tmp_path, "empty", ""), LIMITS)
    assert cell(files[0]) == "а"
