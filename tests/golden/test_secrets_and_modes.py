"""What a refreshed home leaves open and what it tells: nothing to other users of the machine, no password anywhere."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main

from .conftest import OKO, PASSWORD, REPOSITORY, Published
from .expected import AS_OF

# for those who drop files, and the way there; everything else is of the user who runs Oko (contracts 1)
OPEN = {"", "landing"}


def _modes(home: Path) -> dict[str, int]:
    """The modes of everything in a home but what lies in landing/ and links."""
    paths = [home, *(path for path in home.rglob("*") if not path.is_symlink() and "landing" not in path.relative_to(home).parts[:-1])]
    return {path.relative_to(home).as_posix().removeprefix("."): stat.S_IMODE(path.stat().st_mode) for path in paths}


def test_nothing_is_open_to_others_though_the_process_held_nothing_back(golden: Published) -> None:
    """The refresh ran with umask 000."""
    modes = _modes(golden.home)
    wanted = {"archive", "vault", "quarantine", "warehouse", "logs", "secrets", "dagster"}
    assert wanted <= modes.keys()
    assert any(name.startswith("vault/identities/") for name in modes) and "vault/pseudonym.key" in modes
    if golden.database_url is None:
        assert {name.rpartition("/")[2] for name in modes} >= {"oko.duckdb", "oko_core.duckdb"}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077 and name not in OPEN} == {}
    assert {name: oct(modes[name]) for name in OPEN & modes.keys() if modes[name] & 0o022} == {}


def test_no_file_and_no_output_holds_the_password(golden_postgres: Published) -> None:
    run = golden_postgres.run
    assert PASSWORD in str(golden_postgres.database_url)
    assert PASSWORD not in run.stdout + run.stderr
    assert _holding(golden_postgres.home) == []


BROKEN: dict[str, Callable[[str], str]] = {
    "no server": lambda url: url.replace(url.rpartition("/")[0].rpartition(":")[2], "1"),
    "no such host": lambda url: url.replace("127.0.0.1", "no-such-host.invalid"),
    "no such database": lambda url: url.rpartition("/")[0] + "/nosuch",
    "no login": lambda url: url.replace("//oko:", "//nobody_of_this_name:"),
    "an unwritten @": lambda url: url.replace(PASSWORD, f"{PASSWORD}@x/y"),
    "an unwritten #": lambda url: url.replace(PASSWORD, f"a#{PASSWORD}"),
    "a broken code": lambda url: url.replace(PASSWORD, f"{PASSWORD}%zz"),
    "a broken port": lambda url: url.replace("127.0.0.1:", f"127.0.0.1:{PASSWORD}"),
    "no scheme": lambda url: url.removeprefix("postgresql:"),
    "key and value": lambda url: f"host=127.0.0.1 password={PASSWORD} 'dbname",
}


@pytest.fixture(scope="module")
def copy(golden_postgres: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same home, to break things in."""
    home = tmp_path_factory.mktemp("broken") / "home"
    shutil.copytree(golden_postgres.home, home, symlinks=True)
    return home


@pytest.fixture
def broken(golden_postgres: Published, copy: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy, with an address in the environment that is broken in the way the test says."""
    for name in [name for name in os.environ if name.startswith("OKO_")]:
        monkeypatch.delenv(name)
    address = BROKEN[request.param](str(golden_postgres.database_url))
    for name, value in {"HOME": str(copy), "AS_OF": AS_OF, "TARGET": "postgres", "DATABASE_URL": address}.items():
        monkeypatch.setenv(f"OKO_{name}", value)
    return copy


def _holding(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


@pytest.mark.parametrize("broken", BROKEN, indirect=True)
def test_an_address_that_fails_is_not_told(broken: Path) -> None:
    file = next(path for path in (broken / "landing").rglob("*.csv"))
    for words in (["sql", "SELECT 1"], ["check", str(file)], ["status"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code in (1, 2, 3), done.output
        told = done.output + "".join(traceback.format_exception(*done.exc_info) if done.exc_info else "")
        assert PASSWORD not in told
    assert _holding(broken) == []


# whether nobody answers or somebody refuses, the refresh hears it in one place
@pytest.mark.parametrize("broken", ["no login", *(["no server"] if os.environ.get("OKO_TEST_FULL") else [])], indirect=True)
def test_a_refresh_whose_database_refuses_it_writes_no_password(broken: Path) -> None:
    done = subprocess.run([OKO, "refresh"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert _holding(broken) == []
