"""Homes for tests that kill and disturb refreshes: a small landing folder, a small dbt project, either engine."""

from __future__ import annotations

import sys
from pathlib import Path

# the small landing folder of tests/orchestration serves here too
sys.path.append(str(Path(__file__).parents[1] / "orchestration"))
