"""Publishing on DuckDB: new files beside the old ones, an audit, then one rename that every reader sees whole.

A publication is a folder that never changes; `published` is a relative link to the current one. On Postgres: publish_postgres.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import manifest
from warehouse.audit import AuditFailed, faults, personal_columns
from warehouse.keeping import Rules, kept, started_at

OPEN_FILE = "oko.duckdb"
CORE_FILE = "oko_core.duckdb"
OPEN_SCHEMAS = ("marts", "quality")
CORE_SCHEMA = "core"
DIMENSION = "dim_"
# what was counted, for the analysts' file: a published number can be added up again
UNITS = ("intermediate", "indicator_units")
UNFINISHED = ".partial"


@dataclass(frozen=True)
class Personal:
    """Names of columns that carry people: as pseudonyms (the analysts' file only) or as they are (nowhere)."""

    pseudonyms: frozenset[str]
    identities: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where publications stand and which of them are kept."""

    publications: Path
    link: Path
    rules: Rules


Relation = tuple[str, str]
# what a relation is, and what each of its columns is
Description = tuple[str, Mapping[str, str]]
Descriptions = Mapping[Relation, Description]
UNDESCRIBED: Description = ("", {})


def publish(build: Path, place: Place, origin: manifest.Origin, personal: Personal, described: Descriptions) -> Path:
    """Writes, audits and shows a publication; returns its folder. Raises AuditFailed with the old one untouched.

    `described` becomes the comments of tables and columns: the build has none, a statement for each would double its time.
    """
    place.publications.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_unfinished(place)
    folder = place.publications / f"{origin.id}{UNFINISHED}"
    folder.mkdir(mode=0o700)
    try:
        _write_files(build, folder, personal, described)
        _write_manifest(build, folder, origin, manifest.read(place.link) or current_publication(place.link))
        _audit_files(folder, personal)
    except BaseException:
        shutil.rmtree(folder)
        raise
    for file in (folder / OPEN_FILE, folder / CORE_FILE, folder / manifest.MANIFEST_FILE):
        file.chmod(0o600)
        _sync(file)
    _sync(folder)
    final = place.publications / origin.id
    folder.rename(final)
    _sync(place.publications)
    _show(final, place.link)
    _retire(place)
    return final


def current_publication(link: Path) -> str | None:
    """The id of what readers see now, or None where nothing (whole) is published."""
    return link.resolve().name if (link / OPEN_FILE).is_file() and (link / CORE_FILE).is_file() else None


# ---- files -----------------------------------------------------------------------------------------------------------------------


def _write_files(build: Path, folder: Path, personal: Personal, described: Descriptions) -> None:
    with _attached(build) as connection:
        columns = _columns(connection)
        everything = _relations(connection, (*OPEN_SCHEMAS, CORE_SCHEMA))
        units = [relation for relation in _relations(connection, UNITS[:1]) if relation == UNITS]
        opened = [relation for relation in everything if is_open(relation, columns[relation], personal)]
        _copy(connection, folder / CORE_FILE, [*everything, *units], described)
        _copy(connection, folder / OPEN_FILE, opened, described)


@contextmanager
def _attached(build: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database beside which the build file hangs read-only as `build`."""
    connection = duckdb.connect()
    try:
        connection.execute(f"ATTACH {_literal(str(build))} AS build (READ_ONLY)")
        yield connection
    finally:
        connection.close()


def _relations(connection: duckdb.DuckDBPyConnection, schemas: Collection[str]) -> list[Relation]:
    sql = """
        SELECT table_schema, table_name FROM information_schema.tables
        WHERE table_catalog = 'build' AND list_contains(?, table_schema) ORDER BY ALL
    """
    return connection.execute(sql, [list(schemas)]).fetchall()


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[Relation, list[str]]:
    """The columns of every relation of the build, read once: DuckDB looks through all of them each time."""
    columns: dict[Relation, list[str]] = {}
    sql = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = 'build' ORDER BY ALL"
    for schema, table, column in connection.execute(sql).fetchall():
        columns.setdefault((schema, table), []).append(column)
    return columns


def is_open(relation: Relation, columns: list[str], personal: Personal) -> bool:
    """Every mart and everything of quality; of the core only dimensions without people."""
    schema, table = relation
    if schema != CORE_SCHEMA:
        return True
    return table.startswith(DIMENSION) and not set(columns) & (personal.pseudonyms | personal.identities)


def _copy(connection: duckdb.DuckDBPyConnection, target: Path, relations: list[Relation], described: Descriptions) -> None:
    connection.execute(f"ATTACH {_literal(str(target))} AS target")
    connection.begin()
    for schema in sorted({schema for schema, _ in relations} | set(OPEN_SCHEMAS) | {CORE_SCHEMA}):
        connection.execute(f"CREATE SCHEMA target.{schema}")
    for relation in relations:
        name = ".".join(f'"{part}"' for part in relation)
        connection.execute(f"CREATE TABLE target.{name} AS FROM build.{name}")
        _comment(connection, name, described.get(relation, UNDESCRIBED))
    connection.commit()
    connection.execute("CHECKPOINT target")
    connection.execute("DETACH target")


def _comment(connection: duckdb.DuckDBPyConnection, name: str, description: Description) -> None:
    """Descriptions travel with the tables: they are what a reader of the file has for documentation."""
    of_table, of_columns = description
    if of_table:
        connection.execute(f"COMMENT ON TABLE target.{name} IS {_literal(of_table)}")
    for column, text in of_columns.items():
        if text:
            connection.execute(f'COMMENT ON COLUMN target.{name}."{column}" IS {_literal(text)}')


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_manifest(build: Path, folder: Path, origin: manifest.Origin, previous: manifest.Manifest | str | None) -> None:
    with _attached(build) as connection:
        files = manifest.files_of(lambda sql: connection.sql(sql).pl(), "build.raw")
    with duckdb.connect(str(folder / OPEN_FILE), read_only=True) as opened:
        marts = manifest.mart_entries(lambda sql: opened.sql(sql).pl(), "duckdb")
    manifest.write(folder, manifest.make(origin, previous, "duckdb", files, marts))


def _audit_files(folder: Path, personal: Personal) -> None:
    found = []
    with duckdb.connect(str(folder / CORE_FILE), read_only=True) as core:
        query = lambda sql: core.sql(sql).pl()  # noqa: E731
        found += faults(query) + personal_columns(query, personal.identities, CORE_FILE)
    with duckdb.connect(str(folder / OPEN_FILE), read_only=True) as opened:
        found += personal_columns(lambda sql: opened.sql(sql).pl(), personal.identities | personal.pseudonyms, OPEN_FILE)
    if found:
        raise AuditFailed("\n".join(found))


# ---- the swap ------------------------------------------------------------------------------------------------------------------


def _show(folder: Path, link: Path) -> None:
    """Points the link at the folder in one step: a reader finds the old publication or the new one, never none."""
    temporary = link.with_name(f".{link.name}-{os.getpid()}")
    temporary.symlink_to(os.path.relpath(folder, link.parent))
    temporary.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _retire(place: Place) -> None:
    """Removes what no rule keeps; a process that still reads an old file keeps it. One that is half removed has no name any more."""
    folders = whole_publications(place.publications)
    stays = kept({name: published_at(folder) for name, folder in folders.items()}, place.rules, current_publication(place.link))
    for name in folders.keys() - stays.keys():
        shutil.rmtree(folders[name].rename(place.publications / f"{name}{UNFINISHED}"))


def whole_publications(publications: Path) -> dict[str, Path]:
    """The folders of all publications by id, without those that are being written or removed."""
    folders = publications.iterdir() if publications.is_dir() else ()
    return {path.name: path for path in sorted(folders) if path.suffix != UNFINISHED and (path / OPEN_FILE).is_file()}


def published_at(folder: Path) -> datetime:
    """When a publication was published: as its manifest says; of one older than manifests, as its id or its folder says."""
    found = manifest.read(folder)
    if found is not None:
        return datetime.fromisoformat(found.published_at)
    return started_at(folder.name) or datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _remove_unfinished(place: Place) -> None:
    """What a killed refresh left behind: half written, half removed, or whole but never shown to anybody."""
    whole, current = whole_publications(place.publications), current_publication(place.link)
    for path in place.publications.iterdir():
        if path.is_dir() and (path.name not in whole or (current and path.name > current)):
            shutil.rmtree(path)
    for draft in place.link.parent.glob(f".{place.link.name}-*"):
        draft.unlink()
