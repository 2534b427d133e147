"""Where an installation lives and with which environment Superset's processes run. Standard library alone."""

import os
from pathlib import Path

SUPERSET = Path(__file__).resolve().parents[1]
ASSETS = SUPERSET / "assets"


def oko_home() -> Path:
    """OKO_HOME, by default `data/` in the repository (contracts 1)."""
    return Path(os.environ.get("OKO_HOME") or SUPERSET.parent / "data").resolve()


def environment() -> dict[str, str]:
    """The process environment for anything that imports Superset."""
    return os.environ | {
        "OKO_HOME": str(oko_home()),
        "SUPERSET_HOME": str(oko_home() / "superset"),
        "SUPERSET_CONFIG_PATH": str(SUPERSET / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
        "SCARF_ANALYTICS": "false",
    }
