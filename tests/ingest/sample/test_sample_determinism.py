"""The same arguments give the same folder, byte for byte and to the second; nothing is ever written over what is there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ingest.sample import default_last_year, write_sample

SMALL = {"schools": 9, "years": 1, "last_year": 2026}


def fingerprint(folder: Path) -> dict[str, tuple[str, float]]:
    """Hash and modification time of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime) for path in files}


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Another process has another hash seed, another clock and another time zone."""
    write_sample(tmp_path / "here", **SMALL, seed=3)
    arguments = f"Path({str(tmp_path / 'there')!r}), **{SMALL}, seed=3"
    code = f"from pathlib import Path; from ingest.sample import write_sample; write_sample({arguments})"
    environment = {**os.environ, "PYTHONHASHSEED": "11", "TZ": "Asia/Vladivostok", "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    here = fingerprint(tmp_path / "here")
    assert here == fingerprint(tmp_path / "there")
    assert len(here) > 50


def test_another_seed_gives_another_region(tmp_path: Path) -> None:
    write_sample(tmp_path / "one", **SMALL, seed=1)
    write_sample(tmp_path / "two", **SMALL, seed=2)
    one, two = fingerprint(tmp_path / "one"), fingerprint(tmp_path / "two")
    assert one["schools/Реестр ОО.csv"][0] != two["schools/Реестр ОО.csv"][0]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "staff").mkdir()
    with pytest.raises(FileExistsError):
        write_sample(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["staff"]


@pytest.mark.parametrize(("schools", "years"), [(0, 3), (10, 0)])
def test_a_region_without_schools_or_years_is_refused(tmp_path: Path, schools: int, years: int) -> None:
    with pytest.raises(ValueError, match="хотя бы"):
        write_sample(tmp_path / "out", schools, years)
    assert not (tmp_path / "out").exists()


def test_a_single_school_is_a_region_too(tmp_path: Path) -> None:
    planted = write_sample(tmp_path, schools=1, years=1, last_year=2026)
    assert {name.split("/")[0] for name in fingerprint(tmp_path)} >= {"schools", "ege", "vpr", "staff", "frdo", "certificates"}
    assert sum(planted.sound.values()) > 100


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 11, 21), 2026), (date(2026, 10, 1), 2026), (date(2026, 9, 30), 2025), (date(2027, 3, 1), 2026)]
)
def test_the_default_year_is_the_last_one_that_is_over(today: date, year: int) -> None:
    assert default_last_year(today) == year


def test_a_copy_is_a_copy(tmp_path: Path) -> None:
    planted = write_sample(tmp_path, **SMALL)
    hashes = [digest for digest, _ in fingerprint(tmp_path).values()]
    assert len(planted.copies) == 2
    assert len(hashes) - len(set(hashes)) == len(planted.copies)
