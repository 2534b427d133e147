"""What Dagster's servers load (workspace.yaml)."""

from ingest.settings import load_settings
from orchestration.build import build_definitions
from orchestration.home_format import require_usable

settings = load_settings()
require_usable(settings)
defs = build_definitions(settings)
