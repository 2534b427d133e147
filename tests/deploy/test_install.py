"""install.sh refuses what is not whole or not for this machine, before it changes anything. The archive is a small one that has the shape
of a real one; the real one is built and installed without a network in test_bundle.py.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import as_somebody, give, open_folder

from ingest.settings import REPOSITORY

BUNDLE = REPOSITORY / "deploy" / "bundle"
# no interpreter at all: the real one is tried in test_bundle.py
NO_PYTHON = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as folder:
        _unpacked(folder / "oko")
        (folder / "bin").mkdir()
        give(folder)
        yield folder


def _unpacked(folder: Path) -> None:
    python = folder / "python" / "usr" / "bin" / "python3.11"
    python.parent.mkdir(parents=True)
    python.write_text(NO_PYTHON)
    python.chmod(0o755)
    with tarfile.open(folder / "python.tar.gz", "w:gz") as archive:
        archive.add(folder / "python", "python")
    shutil.rmtree(folder / "python")
    shutil.copy(BUNDLE / "install.sh", folder)
    (folder / "VERSION").write_text("0.0.1+gtest\n")
    (folder / "wheels").mkdir()
    (folder / "wheels" / "пакет-1.0.whl").write_bytes(b"wheel")
    seal(folder)


def seal(folder: Path) -> None:
    names = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in names]
    (folder / "SHA256SUMS").write_text("".join(lines))


def install(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    given = arguments or ("--prefix", str(place / "opt"), "--home", str(place / "home"))
    return as_somebody(place / "oko" / "install.sh", *given, PATH=f"{place / 'bin'}:/usr/bin:/bin")


def nothing_is_installed(place: Path) -> bool:
    return not (place / "opt").exists() and not (place / "home").exists()


def _flip(folder: Path) -> None:
    path = folder / "wheels" / "пакет-1.0.whl"
    path.write_bytes(b"Wheel")


def _cut(folder: Path) -> None:
    os.truncate(folder / "python.tar.gz", (folder / "python.tar.gz").stat().st_size // 2)


def _lose(folder: Path) -> None:
    shutil.rmtree(folder / "wheels")


def _lose_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def _empty_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text("")


def _add(folder: Path) -> None:
    (folder / "wheels" / "dagster-99.0-py3-none-any.whl").write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (_flip, "не сходятся"),
        (_cut, "python.tar.gz"),
        (_lose, "не сходятся"),
        (_lose_sums, "распакован не целиком"),
        (_empty_sums, "не сходятся"),
        (_add, "лишние файлы"),
    ],
)
def test_an_archive_that_is_not_whole_installs_nothing(place: Path, harm: Callable[[Path], None], word: str) -> None:
    harm(place / "oko")
    ended = install(place)
    assert ended.returncode == 1 and word in ended.stderr
    assert nothing_is_installed(place)


def says(place: Path, command: str, words: str) -> None:
    """This machine as it might be: a command of the system answers otherwise."""
    path = place / "bin" / command
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def test_another_architecture(place: Path) -> None:
    says(place, "uname", "case $1 in -m) echo aarch64 ;; *) echo Linux ;; esac")
    ended = install(place)
    assert ended.returncode == 1 and "x86_64" in ended.stderr and "aarch64" in ended.stderr
    assert nothing_is_installed(place)


def test_too_little_space(place: Path) -> None:
    says(place, "df", "printf 'Filesystem 1M-blocks Used Available Capacity Mounted\\n/dev/sda 1000 900 100 90%% /\\n'")
    ended = install(place)
    assert ended.returncode == 1 and "свободно 100 МБ" in ended.stderr
    assert not (place / "opt" / "current").exists() and not (place / "home").exists()
    assert not list((place / "opt" / "releases").iterdir())


def test_a_python_that_does_not_start_here(place: Path) -> None:
    ended = install(place)
    assert ended.returncode == 1 and "Debian 12" in ended.stderr
    assert not (place / "opt" / "current").exists() and not (place / "home").exists()
    # what is left of it does not count as installed
    assert not list((place / "opt" / "releases").glob("*/.complete"))
    assert install(place).returncode == 1


def test_a_folder_of_somebody_else(place: Path) -> None:
    (place / "opt").mkdir()
    (place / "opt" / "чужое").write_text("важное")
    give(place)
    ended = install(place)
    assert ended.returncode == 1 and "занята" in ended.stderr
    assert [path.name for path in (place / "opt").iterdir()] == ["чужое"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prefix", "opt", "--home", "/tmp/oko-home"),
        ("--prefix", "/", "--home", "/tmp/oko-home"),
        ("--prefix", "/tmp/a b", "--home", "/tmp/oko-home"),
        ("--prefix", "/tmp/a#b", "--home", "/tmp/oko-home"),
        ("--prefix", "/tmp/$(id)", "--home", "/tmp/oko-home"),
        ("--home", "/tmp/oko-home", "--user", "root"),
        ("--prefix", "/tmp/oko-prefix"),
        ("--prefix",),
        ("--unknown",),
    ],
)
def test_arguments_that_cannot_be(place: Path, arguments: tuple[str, ...]) -> None:
    ended = install(place, *arguments)
    assert ended.returncode in (1, 2)
    assert "Не установлено" in ended.stderr or "install.sh" in ended.stderr
    assert not Path("/tmp/oko-home").exists() and not Path("/tmp/oko-prefix").exists()


def test_help_needs_no_archive(place: Path) -> None:
    shutil.rmtree(place / "oko" / "wheels")
    ended = install(place, "--help")
    assert ended.returncode == 0 and "--landing" in ended.stdout
