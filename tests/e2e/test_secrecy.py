"""After everything else of this folder: nobody of the sample outside vault/, landing/ and archive/, Superset's home and logs included.

What a refresh writes is looked at in tests/golden/test_personal_data.py too, so `make test` leaves its large files to that.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from personal_data import leaks_under, needles_of

pytestmark = pytest.mark.e2e
BESIDES = () if os.environ.get("OKO_TEST_FULL") else ("warehouse", "publications")


def test_nobody_of_the_sample_is_anywhere_else(home: Path) -> None:
    needles = needles_of(home / "landing")
    assert len(needles.pairs) > 500 and len(needles.numbers) > 1_000 and len(needles.documents) > 100
    assert {"dagster", "superset", "warehouse", "publications", "quarantine"} <= {path.name for path in home.iterdir()}
    assert leaks_under(home, needles, BESIDES) == []
