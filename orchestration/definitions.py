"""What Dagster's servers load (workspace.yaml)."""

from ingest.settings import load_settings
from orchestration.build import build_definitions

defs = build_definitions(load_settings())
