"""What tests of security share with those of other folders: files as people drop them, and a small landing to fill."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ingest.declarations import load_sources
from ingest.known import FixedKnown
from ingest.reading import Reading, read_file
from ingest.settings import Settings
from ingest.vault import Vault

for _folder in ("ingest", "orchestration"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / _folder))


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Reads a file as a refresh does, in a region of one school."""
    settings = Settings(home=tmp_path, archive=tmp_path / "archive", vault=tmp_path / "vault", as_of=date(2024, 12, 30))
    known = FixedKnown({"school_code": {"080101"}, "municipality_code": {"m08-01"}})

    def read(path: Path, name: str = "") -> Reading:
        return read_file(path, name or path.name, load_sources(), known, Vault(settings.vault), settings)

    return read
