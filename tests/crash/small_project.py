"""A dbt project of a score of nodes for tests that end refreshes by the hundred: the whole one takes minutes of processor time a build.

Nothing of the machinery is a stand-in: the night's job, reading, dbt, publishing and its audit are Oko's own, and so are the macros, the
sources, the profile, the staging models and the journal's tables, which are copied from dbt_project/. Only indicators and marts are a
few models of their own, in `project/`, one of them kept by part as the long ones of dbt_project/ are: models go on from what an earlier
build left in no other way (test_kills_duckdb.py asks their files). `make test-full` runs the same tests on the whole project.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.home import DBT_PROJECT

OWN = Path(__file__).with_name("project")
BORROWED = (
    "profiles.yml",
    "macros",
    "models/staging/_raw.yml",
    *sorted(f"models/staging/{path.name}" for path in (DBT_PROJECT / "models" / "staging").glob("stg_oko__*.sql")),
    *(f"models/staging/stg_{name}.sql" for name in ("ege__result", "ege__appeal", "schools__school", "staff__employment")),
    *(f"models/quality/{name}.sql" for name in ("freshness", "loads", "publication", "rejections")),
    "models/marts/data_freshness.sql",
    "models/parts/int_exam__rebuilt.sql",
    "seeds/cadences.csv",
    "seeds/parameters.csv",
)


def write_small_project(folder: Path) -> Path:
    """Puts the project together in a folder that is not there yet; the folder."""
    shutil.copytree(OWN, folder)
    for name in BORROWED:
        source, target = DBT_PROJECT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    return folder
