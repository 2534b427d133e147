"""The tools of superset/ are scripts, not a package (a package of that name would hide Superset): their folder goes on the path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "superset" / "tools"))
