"""Publications made by hand, small enough to see through, as a refresh leaves them on either engine: files or schemas, and a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import psycopg

from warehouse import manifest
from warehouse.postgres_engine import fetch

VALUES = """
    indicator_code TEXT, period TEXT, level TEXT, entity_code TEXT, entity_name TEXT, subject_code TEXT, grade TEXT, breakdown TEXT,
    numerator DOUBLE PRECISION, denominator DOUBLE PRECISION, value DOUBLE PRECISION, unit TEXT, n BIGINT,
    ci_low DOUBLE PRECISION, ci_high DOUBLE PRECISION, previous_value DOUBLE PRECISION, delta DOUBLE PRECISION,
    dynamics TEXT, is_suppressed BOOLEAN, suppression TEXT, assessment TEXT, visibility TEXT, methodology_version TEXT
"""
OPEN_CORE = (
    "CREATE TABLE core.dim_indicator (indicator_code TEXT, indicator_name TEXT, period_kind TEXT, methodology_version TEXT)",
    "INSERT INTO core.dim_indicator VALUES ('ege_mean_score', 'Средний балл', 'year', '1'), ('pd_share_3y', 'Курсы', 'as_of', '{version}')",
)
# two schools of one municipality; who is a member of what, and which facts stand behind the two indicators
CORE = (
    "CREATE TABLE core.dim_parameter (parameter_code TEXT, parameter_value TEXT)",
    "INSERT INTO core.dim_parameter VALUES ('network_last_day', '08-31'), ('least', '16')",
    "CREATE TABLE core.bridge_membership (level TEXT, entity_code TEXT, member_code TEXT, valid_from DATE, valid_to DATE)",
    "INSERT INTO core.bridge_membership SELECT level, coalesce(entity, school), school, DATE '2000-01-01', DATE '2999-12-31' FROM "
    "(VALUES ('school', NULL), ('municipality', 'm1'), ('region', '54')) AS l (level, entity), "
    "(VALUES ('540001'), ('540002')) AS s (school)",
    "CREATE TABLE core.bridge_school_attribution (school_code TEXT, attributed_code TEXT, valid_from DATE, valid_to DATE)",
    "CREATE TABLE core.bridge_indicator_basis (indicator_code TEXT, basis_kind TEXT, basis_name TEXT)",
    "INSERT INTO core.bridge_indicator_basis VALUES ('ege_mean_score', 'fact', 'fct_exam_result'), "
    "('pd_share_3y', 'fact', 'fct_pd_completion'), ('pd_share_3y', 'parameter', 'least')",
    "CREATE TABLE core.dim_fact (fact_name TEXT, period_expression TEXT, in_period_condition TEXT, subject_expression TEXT, "
    "grade_expression TEXT, member_expression TEXT, day_expression TEXT, unit_expression TEXT, applies_condition TEXT)",
    "INSERT INTO core.dim_fact VALUES "
    "('fct_exam_result', 'cast(exam_year as text)', '', 'subject_code', '', 'school_code', 'exam_date', '', "
    "'asked.indicator_code like ''ege_%'''), "
    "('fct_pd_completion', '', 'issue_date <= asked.day and hours >= {{least}}', '', '', '', '', 'person_id', '')",
    "CREATE TABLE core.fct_exam_result (exam_year BIGINT, exam_date DATE, subject_code TEXT, school_code TEXT, file_name TEXT)",
    "CREATE TABLE core.fct_pd_completion (person_id TEXT, issue_date DATE, hours BIGINT, file_name TEXT)",
    "CREATE TABLE intermediate.indicator_units (indicator_code TEXT, is_current BOOLEAN, unit_id TEXT, member_code TEXT, event_date DATE, "
    "period TEXT, subject_code TEXT, grade TEXT, breakdown TEXT)",
    "INSERT INTO intermediate.indicator_units VALUES "
    "('pd_share_3y', true, 'person-1', '540001', DATE '2024-09-01', '2024-09-01', '', '', ''), "
    "('pd_share_3y', true, 'person-2', '540002', DATE '2024-09-01', '2024-09-01', '', '', '')",
)


@dataclass(frozen=True)
class Value:
    """A row of marts.indicator_values; the rest of its columns are NULL."""

    code: str
    period: str
    level: str
    entity: str
    value: float | None
    n: int | None
    subject: str = ""
    hidden: str | None = None

    def sql(self) -> str:
        """As a row of VALUES."""
        key = f"'{self.code}', '{self.period}', '{self.level}', '{self.entity}', 'Имя {self.entity}', '{self.subject}', '', ''"
        value, n = ("NULL" if figure is None else repr(figure) for figure in (self.value, self.n))
        hidden = f"true, '{self.hidden}'" if self.hidden else "false, NULL"
        return f"({key}, NULL, NULL, {value}, 'mean', {n}, NULL, NULL, NULL, NULL, 'нет данных', {hidden}, 'нет данных', 'public', '1')"


@dataclass(frozen=True)
class Made:
    """What one publication says: figures, files as (sha256, source, name), and rows of the two facts as SQL."""

    values: Sequence[Value]
    files: Sequence[tuple[str, str, str]] = ()
    exams: Sequence[str] = ()
    courses: Sequence[str] = ()
    code: str = "code-1"
    version: str = "1"
    as_of: str = "2024-12-30"

    def statements(self, *, core: bool) -> Iterable[str]:
        """SQL that makes it in the schemas marts, quality, core and intermediate."""
        yield f"CREATE TABLE marts.indicator_values ({VALUES})"
        if self.values:
            yield f"INSERT INTO marts.indicator_values VALUES {', '.join(value.sql() for value in self.values)}"
        yield "CREATE TABLE quality.publication (publication_id TEXT, as_of DATE)"
        yield f"INSERT INTO quality.publication VALUES ('p', DATE '{self.as_of}')"
        yield from (sql.format(version=self.version) for sql in OPEN_CORE)
        if core:
            yield from (sql.replace("{{", "{").replace("}}", "}") for sql in CORE)
            for table, rows in (("fct_exam_result", self.exams), ("fct_pd_completion", self.courses)):
                if rows:
                    yield f"INSERT INTO core.{table} VALUES {', '.join(rows)}"


@dataclass
class Kept:
    """The kept publications of a home on one engine; the last one published is the current one."""

    home: Path
    url: str | None
    last: manifest.Manifest | None = field(default=None)

    def publish(self, publication_id: str, published_at: str, made: Made) -> None:
        """Publishes at a time in UTC, after all that were published before."""
        publish = self._in_schemas if self.url else self._in_a_folder
        publish(publication_id, published_at, made)

    def retire(self, publication_id: str) -> None:
        """Takes a publication away, as a rule does."""
        if self.url:
            with psycopg.connect(self.url) as connection:
                for schema in ("marts", "quality", "core", "intermediate"):
                    connection.execute(f"DROP SCHEMA {schema}_{publication_id.lower()} CASCADE".encode())
        else:
            for file in (folder := self.home / "publications" / publication_id).iterdir():
                file.unlink()
            folder.rmdir()

    def _manifest(self, engine: str, publication_id: str, published_at: str, made: Made, query: Callable[[str], pl.DataFrame]) -> str:
        entries = [manifest.FileEntry(*file, modified_at="2024-09-01T00:00:00+00:00") for file in made.files]
        origin = manifest.Origin(publication_id, datetime.fromisoformat(made.as_of).date(), made.code)
        found = manifest.make(origin, self.last, engine, entries, manifest.mart_entries(query, engine))
        self.last = manifest.Manifest(**{**vars(found), "published_at": published_at})
        return self.last.to_json()

    def _in_a_folder(self, publication_id: str, published_at: str, made: Made) -> None:
        folder = self.home / "publications" / publication_id
        folder.mkdir(parents=True)
        for name, core in (("oko.duckdb", False), ("oko_core.duckdb", True)):
            with duckdb.connect(str(folder / name)) as connection:
                for schema in ("marts", "quality", "core", "intermediate"):
                    connection.execute(f"CREATE SCHEMA {schema}")
                for sql in made.statements(core=core):
                    connection.execute(sql)
                if not core:
                    text = self._manifest("duckdb", publication_id, published_at, made, lambda sql: connection.sql(sql).pl())
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        link = self.home / "published"
        link.unlink(missing_ok=True)
        link.symlink_to(f"publications/{publication_id}")

    def _in_schemas(self, publication_id: str, published_at: str, made: Made) -> None:
        old = self.last
        with psycopg.connect(str(self.url)) as connection:
            for schema in ("marts", "quality", "core", "intermediate"):
                if old:
                    connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_{old.id.lower()}".encode())
                connection.execute(f"CREATE SCHEMA {schema}".encode())
            for sql in made.statements(core=True):
                connection.execute(sql.encode())
            text = self._manifest("postgres", publication_id, published_at, made, lambda sql: fetch(connection, sql))
            connection.execute("CREATE TABLE quality.manifest (manifest TEXT NOT NULL)")
            connection.execute("INSERT INTO quality.manifest VALUES (%s)", [text])
