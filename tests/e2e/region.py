"""The sample region as its users see it: who they are, whose rows are whose, and which of them each may see.

What a role may see is written here once more, in SQL of its own, so that a mistake in superset/access/ does not confirm itself.
"""

from __future__ import annotations

import csv
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from .access_client import Client

REPOSITORY = Path(__file__).resolve().parents[2]
USERS_TOOL = REPOSITORY / "superset" / "tools" / "users.py"
SUPERSET_PYTHON = REPOSITORY / "superset" / ".venv" / "bin" / "python"
OPEN, CORE = "oko", "oko_core"
PUBLIC = {"indicator_readings", "municipality_card", "municipality_map", "quality_improvement", "school_card", "target_indicators"}
WHOLE = {"certificates", "data_freshness", "ege_by_municipality", "ege_by_region", "ege_by_school", "publication", "region_overview"}
WITNESSES = ("visibility", "entity_code", "school_code", "municipality_code")
USERS = ("viewer", "school", "other", "municipality", "stray", "analyst", "core")
NOTHING = "false"


@dataclass(frozen=True)
class Dataset:
    """A dataset of Superset and the column that tells whose a row is."""

    id: int
    base: str
    schema: str
    table: str
    witness: str


@dataclass
class Region:
    """Two schools and a municipality of the sample, the users of the list and the administrator."""

    school: str
    other: str
    municipality: str
    admin: Client
    clients: dict[str, Client]
    databases: dict[str, int]
    datasets: list[Dataset]
    cores: dict[str, duckdb.DuckDBPyConnection]

    def condition(self, user: str, dataset: Dataset) -> str | None:
        """Which rows of the dataset the user may see, as SQL; None where nothing may be asked of it."""
        if user == "core" or (user == "analyst" and dataset.base == OPEN):
            return "true"
        if user == "analyst":
            return None
        if dataset.base == OPEN:
            return "visibility = 'public'" if dataset.table in PUBLIC else "true" if dataset.table in WHOLE else None
        mine = {"school": self.school, "other": self.other}.get(user)
        if dataset.table == "cluster_distribution":
            return f"school_code = '{mine}'" if mine else NOTHING if user == "stray" else None
        if user == "municipality":
            schools = f"SELECT school_code FROM core.dim_school WHERE municipality_code = '{self.municipality}'"
            return f"(level = 'school' AND entity_code IN ({schools})) OR (level = 'municipality' AND entity_code = '{self.municipality}')"
        if mine:
            return f"level IN ('school', 'class') AND split_part(entity_code, '/', 1) = '{mine}'"
        return NOTHING if user == "stray" else None

    def expected(self, dataset: Dataset, condition: str) -> dict[str, int]:
        asked = f"SELECT {dataset.witness}, count(*) FROM {dataset.schema}.{dataset.table} WHERE {condition} GROUP BY ALL"
        return {"" if who is None else str(who): rows for who, rows in self.cores[dataset.base].execute(asked).fetchall()}


def users_tool(home: Path, rows: list[tuple[str, ...]], *options: str) -> subprocess.CompletedProcess[str]:
    """A list of users, taken by the tool."""
    book = openpyxl.Workbook()
    book.active.append(("Логин", "Фамилия", "Имя", "Почта", "Роль", "Область"))
    for row in rows:
        book.active.append(row)
    book.save(home / "users.xlsx")
    command = [SUPERSET_PYTHON, USERS_TOOL, home / "users.xlsx", *options]
    return subprocess.run(command, env={"OKO_HOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)


def listed(region_school: str, other: str, municipality: str) -> list[tuple[str, ...]]:
    """Nobody real: logins say what they may."""
    return [
        ("viewer", "Проба", "Первая", "", "просмотр", ""),
        ("school", "Проба", "Вторая", "", "школа", region_school),
        ("other", "Проба", "Третья", "", "школа", other.lstrip("0")),
        ("municipality", "Проба", "Четвёртая", "", "муниципалитет", municipality),
        ("analyst", "Проба", "Пятая", "", "аналитик", ""),
        ("core", "Проба", "Шестая", "", "аналитик ядра", ""),
    ]


def open_cores(home: Path) -> dict[str, duckdb.DuckDBPyConnection]:
    """The files of the publication, past Superset."""
    return {base: duckdb.connect(str(home / "published" / f"{base}.duckdb"), read_only=True) for base in (OPEN, CORE)}


def make_region(home: Path, superset_url: str, cores: dict[str, duckdb.DuckDBPyConnection]) -> Region:
    """The users made from a list, and one more whom somebody gave the role of a school without a school."""
    small = "SELECT entity_code FROM core.indicator_suppression WHERE level = 'school' GROUP BY 1"
    known = "SELECT school_code, municipality_code FROM core.dim_school WHERE is_current AND NOT is_provisional"
    compared = "SELECT school_code FROM core.cluster_distribution"
    found = cores[CORE].execute(f"{known} AND school_code IN ({small}) AND school_code IN ({compared}) ORDER BY 1").fetchall()
    (school, municipality), (other, _) = found[0], found[-1]
    before = set((home / "secrets").glob("superset_passwords_*.csv"))
    taken = users_tool(home, listed(school, other, municipality))
    assert taken.returncode == 0, taken.stdout + taken.stderr
    (file,) = set((home / "secrets").glob("superset_passwords_*.csv")) - before
    assert file.stat().st_mode & 0o777 == 0o600
    passwords = dict(list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))[1:])
    admin = Client(superset_url, "admin", (home / "secrets" / "superset_admin_password").read_text().strip())
    roles = {role["name"]: role["id"] for role in admin.listed("security/roles")}
    stray = {"username": "stray", "first_name": "Проба", "last_name": "Седьмая", "email": "stray@localhost", "active": True}
    made = admin.post("/api/v1/security/users/", stray | {"password": "stray-Password-1", "roles": [roles["Око: школа"]]})
    assert made.status == 201, made.body
    clients = {login: Client(superset_url, login, password) for login, password in (passwords | {"stray": "stray-Password-1"}).items()}
    databases = {row["database_name"]: row["id"] for row in admin.listed("database")}
    bases = {OPEN: databases["Око: публикация"], CORE: databases["Око: ядро (до закрытия малых групп)"]}
    datasets = [_dataset(row, bases, cores) for row in admin.listed("dataset")]
    assert len(datasets) > 50
    return Region(school, other, municipality, admin, clients, bases, datasets, cores)


def _dataset(row: dict[str, Any], bases: dict[str, int], cores: dict[str, duckdb.DuckDBPyConnection]) -> Dataset:
    base = next(name for name, number in bases.items() if number == row["database"]["id"])
    table = f"{row['schema']}.{row['table_name']}"
    columns = [name for name, *_ in cores[base].execute(f"DESCRIBE {table}").fetchall()]
    # in the core whose a row is matters, elsewhere whether it is public
    order = WITNESSES if base == OPEN else WITNESSES[1:]
    return Dataset(row["id"], base, row["schema"], row["table_name"], next((name for name in order if name in columns), columns[0]))
