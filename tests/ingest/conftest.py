"""What the tests of ingest/ share: settings of an empty home, and reading a file the way a refresh does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ingest.declarations import load_sources
from ingest.known import FixedKnown, Known
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.vault import Vault

Read = Callable[..., Reading]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home; the day is 30 December 2024."""
    return Settings(home=tmp_path, archive=tmp_path / "archive", vault=tmp_path / "vault", as_of=date(2024, 12, 30))


@pytest.fixture
def known() -> FixedKnown:
    """A region of two schools."""
    return FixedKnown(
        {
            "school_code": {"080101", "080102"},
            "school_login": {"edu080101", "edu080102"},
            "school_inn": {"0850000005"},
            "municipality_code": {"m08-01"},
        }
    )


@pytest.fixture
def read(settings: Settings, known: FixedKnown) -> Read:
    """Reads a file; its name under landing/ is its own, unless another is given."""

    def read(path: Path, name: str = "", known: Known = known, settings: Settings = settings) -> Reading:
        return read_file(path, name or path.name, load_sources(), known, Vault(settings.vault), settings)

    return read
