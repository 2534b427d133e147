"""One refresh, free of Dagster: what to read, in which order, judged by what, and what is published at the end.

Parsing is ingest's, SQL is warehouse's and dbt's; assets/ calls the methods of `Refresh` in the order of the night.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import zip_longest
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from ingest.archive import Archive, LandingFile
from ingest.declarations import Source, load_sources
from ingest.settings import Settings
from ingest.vault import Vault
from orchestration import dbt_runs
from orchestration.access_list import municipal_logins
from orchestration.audit_log import record
from orchestration.compared import lay_beside
from orchestration.dbt_runs import Result
from orchestration.dbt_tests import DataTest, TestResult, ask
from orchestration.home import build_path, code_version, open_warehouse
from orchestration.intake import Intake, Options, Taken, as_file
from orchestration.known import KnownLists
from orchestration.progress import Summary, observer
from orchestration.publications import last_id, rules
from orchestration.quarantine import write_reports
from orchestration.raw_tables import personal_columns, raw_tables
from orchestration.rules import note_publication
from orchestration.runs import FAILED, PUBLISHED, UP_TO_DATE, next_due
from orchestration.state import State, is_up_to_date, landing_listing, load_state, refresh_inputs, save_state
from warehouse.engine import Warehouse
from warehouse.keeping import next_id
from warehouse.manifest import Origin
from warehouse.tables import File

if TYPE_CHECKING:
    from ingest.reading import Reading

_log = logging.getLogger(__name__)

# what the summary counts of a source
COUNTS = ("files", "rows_in", "rows_loaded", "rows_rejected")
# reasons that another file may take away: a register that knows the school, a protocol that an appeal waits for
RECOVERABLE = ("unknown_school", "unknown_code")


@dataclass
class Loaded:
    """What one step of reading did."""

    files: int = 0
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0

    def add(self, reading: Reading) -> None:
        """Counts one file."""
        self.files += 1
        self.rows_in += reading.rows_in
        self.rows_loaded += reading.rows_loaded
        self.rows_rejected += reading.rows_rejected


@dataclass
class _Queued:
    """A content to read, and at which generation of the known lists it was read."""

    file: LandingFile
    read_at: dict[str, int] = field(default_factory=dict)


class Refresh:
    """Used as a context manager by whoever holds the lock of the home."""

    def __init__(self, settings: Settings) -> None:
        now = datetime.now(UTC)
        self.settings = settings
        self.id = next_id(now, last_id(settings))
        self._started_at = now.replace(tzinfo=None)
        self._before = load_state(settings)
        self._listing = ""
        self._read_by = self._before.ingest
        self._is_full = False
        self._judged: dict[str, str] = {}
        self._queue: dict[str, _Queued] = {}
        self._warehouse: Warehouse | None = None
        self._outcome = FAILED
        self._summary = Summary(publication_id=self.id)
        observer().summary(self._summary)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    # ---- what it works with ----------------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The declarations."""
        return load_sources()

    @property
    def warehouse(self) -> Warehouse:
        """The build database with its raw tables, opened when first needed and again after dbt had it."""
        if self._warehouse is None:
            self._warehouse = open_warehouse(self.settings)
            self._warehouse.prepare(raw_tables(self.sources.values()))
        return self._warehouse

    def _close(self) -> None:
        if self._warehouse is not None:
            self._warehouse.close()
            self._warehouse = None

    @cached_property
    def _known(self) -> KnownLists:
        return KnownLists(self.warehouse, self.sources)

    @cached_property
    def _archive(self) -> Archive:
        return Archive(self.settings.archive)

    @cached_property
    def _vault(self) -> Vault:
        return Vault(self.settings.vault)

    @property
    def outcome(self) -> str:
        """How it ended, as runs.py calls it: failed as long as nothing is published."""
        return UP_TO_DATE if self._summary.is_up_to_date else self._outcome

    # ---- landing -----------------------------------------------------------------------------------------------------------------

    def is_up_to_date(self, options: Options) -> bool:
        """Whether there is nothing to do."""
        self._summary.is_up_to_date = options == Options() and is_up_to_date(self.settings)
        return self._summary.is_up_to_date

    def land(self, options: Options) -> Taken:
        """Looks at landing, archives what is new there, and remembers which contents are to be read."""
        observer().stage("Смотрю, что лежит в landing")
        listing = landing_listing(self.settings.landing)
        self._is_full = options.full
        self._describe()
        note_publication(self.settings)
        intake = Intake(self.settings.landing, self._archive, self.warehouse, self.sources, options, self._vault.key_id())
        taken = intake.take(self._before.ingest)
        self._queue = {file.sha256: _Queued(file) for file in taken.queue}
        # what was not looked at, or could not be opened, must be looked at again even if nothing in landing changes
        self._listing = listing if taken.is_complete and not options.sources else ""
        self._read_by = self._before.ingest if options.sources else code_version("ingest")
        looked = {"full": options.full, "sources": list(options.sources)}
        self.audit("refresh", **looked, present=taken.present, new=len(taken.queue), forgotten=taken.forgotten)
        return taken

    def _describe(self) -> None:
        """Says to dbt what this run is and which sources there are."""
        run = {
            "as_of": self.settings.as_of,
            "region_code": self.settings.region_code,
            "region_name": self.settings.region_name,
            "school_code_length": self.settings.school_code_length,
            "started_at": self._started_at,
            "publication_id": self.id,
        }
        self.warehouse.rewrite("_run", pl.DataFrame([run]))
        rows = [(source.source, source.title, source.cadence, ", ".join(source.layouts)) for source in self.sources.values()]
        self.warehouse.rewrite("_sources", pl.DataFrame(rows, schema=["source", "title", "cadence", "layouts"], orient="row"))
        lay_beside(self.settings, self.warehouse, next_due(self.settings, self._started_at.replace(tzinfo=UTC)).replace(tzinfo=None))

    # ---- raw ---------------------------------------------------------------------------------------------------------------------

    def read_source(self, source: str) -> Loaded:
        """Reads what lies in the folder of this source."""
        return self._read_queued(self.sources[source].title, lambda file: file.folder == source)

    def read_unsorted(self) -> Loaded:
        """Reads what lies in no source's folder."""
        return self._read_queued("Файлы вне папок источников", lambda file: file.folder not in self.sources)

    def _read_queued(self, title: str, belongs: Callable[[LandingFile], bool]) -> Loaded:
        queued = [item for item in self._queue.values() if belongs(item.file)]
        loaded = Loaded()
        if queued:
            observer().stage(f"{title}: файлов {len(queued)}")
            observer().steps(len(queued))
        for item, following in zip_longest(queued, queued[1:]):
            if following:
                self._parse_ahead(following.file)
            reading = self._read(as_file(item.file))
            self._put(as_file(item.file), reading)
            item.read_at = self._known.generations()
            loaded.add(reading)
            observer().step(item.file.name)
        return loaded

    def _parse_ahead(self, file: LandingFile) -> None:
        """This content is read next: it may be parsed while the one before is judged and put into raw."""
        from ingest.readers import ahead

        ahead(self._archive.path(file.sha256), self.settings.limits)

    def _read(self, file: File) -> Reading:
        from ingest.reading import read_file

        return read_file(self._archive.path(file.sha256), file.name, self.sources, self._known, self._vault, self.settings)

    def _put(self, file: File, reading: Reading, *, keep_load: bool = False) -> None:
        self.warehouse.replace(file, reading, self.id, keep_load=keep_load, key_id=self._vault.key_id())
        self._known.loaded(reading.rows)

    def judge_waiting(self) -> Loaded:
        """Reads again, from the archive, files that a list which has changed since may read differently."""
        loaded = Loaded()
        waiting = self._waiting()
        self._judged = self._known.versions() if waiting else {}
        due = [file for file in self._waiting_files(waiting) if waiting[file.sha256] & self._changed_since(file)]
        while due:
            observer().stage(f"Проверяю снова файлы со строками, которые ждали: {len(due)}")
            observer().steps(len(due))
            for file in due:
                self._judge_again(file, loaded)
            before, self._judged = self._judged, self._known.versions()
            changed = {name for name, version in self._judged.items() if version != before.get(name)}
            still = self._waiting()
            due = [file for file in self._waiting_files(still) if still[file.sha256] & changed]
        self._summarise()
        if self._summary.by_source:
            counts = {source: dict(zip(COUNTS, numbers, strict=True)) for source, numbers in self._summary.by_source.items()}
            self.audit("loaded", sources=counts, files=sorted(self._queue))
        write_reports(self.settings.quarantine, self.warehouse.rejections())
        return loaded

    def audit(self, event: str, **details: Any) -> None:
        """Writes into the audit log. One that cannot be written must not keep data from people: it is said in refresh.log."""
        try:
            record(self.settings, event, publication=self.id, **details)
        except OSError:
            _log.exception("the audit log cannot be written")

    def _waiting(self) -> dict[str, set[str]]:
        """The lists for which contents wait: for those that may know what they did not, or for the rows by which their reader goes (a
        form and its map)."""
        files = self.warehouse.files().filter(pl.col("source").is_in(list(self.sources)))
        source_of = {sha256: self.sources[source] for sha256, source in files.select("file_sha256", "source").iter_rows()}
        waiting = {sha256: {*source.reads} for sha256, source in source_of.items() if source.reads}
        for reason in RECOVERABLE:
            for sha256 in source_of.keys() & self.warehouse.rejected_files([reason]):
                waiting.setdefault(sha256, set()).update(source_of[sha256].waits_for(reason))
        return waiting

    def _waiting_files(self, sha256s: Iterable[str]) -> list[File]:
        wanted = self.warehouse.files().filter(pl.col("file_sha256").is_in(list(sha256s)))
        rows = wanted.select("file_sha256", "source", "file_name", "modified_at").iter_rows()
        return [File(*row) for row in rows if self._archive.path(row[0]).exists()]

    def _changed_since(self, file: File) -> set[str]:
        """The lists that changed since this file was judged: in this refresh, or by the last complete one."""
        if file.sha256 in self._queue:
            read_at = self._queue[file.sha256].read_at
            return {name for name, generation in self._known.generations().items() if generation != read_at.get(name)}
        return {name for name, version in self._judged.items() if version != self._before.judged.get(name)}

    def _judge_again(self, file: File, loaded: Loaded) -> None:
        reading = self._read(file)
        # a file of this refresh has its counts corrected; an earlier one keeps those of the day it was loaded
        self._put(file, reading, keep_load=file.sha256 not in self._queue)
        loaded.add(reading)
        self._summary.files_judged_again += file.sha256 not in self._queue
        observer().step(file.name)

    def _summarise(self) -> None:
        sql = "SELECT source, rows_in, rows_loaded, rows_rejected FROM raw._loads WHERE load_id = ?"
        for row in self.warehouse.query(sql, [self.id]).iter_rows():
            self._summary.add(*row)

    # ---- dbt and publication ---------------------------------------------------------------------------------------------------

    def build(self) -> list[Result]:
        """Builds and tests the dbt project: from what the last published build left, where there is one of this code."""
        observer().stage("Считаю показатели и проверяю таблицы (dbt)")
        goes_on = self.warehouse.begin_build(code_version("dbt_project")) and not self._is_full
        self._close()
        tests = dbt_runs.data_tests(self.settings)
        steps = _DbtSteps(len(tests))
        results: list[Result] = [*dbt_runs.build(self.settings, steps, goes_on=goes_on)]
        if dbt_runs.is_built(results):
            results += self._ask(tests)
        # publishing opens it by itself
        self._close()
        dbt_runs.write_log(self.settings, results)
        return results

    def _ask(self, tests: list[DataTest]) -> Iterator[TestResult]:
        for result in ask(self.warehouse, tests):
            observer().step(result.node.name)
            yield result

    def publish(self) -> str:
        """Audits and shows the new publication; its id."""
        observer().stage("Проверяю и публикую")
        publish = self._publish_schemas if self.settings.target == "postgres" else self._publish_files
        publish(Origin(self.id, self.settings.as_of, code_version()))
        self._prove_build()
        save_state(self.settings, State(self._listing, refresh_inputs(self.settings), self._read_by, self._judged))
        note_publication(self.settings)
        self._outcome = PUBLISHED
        return self.id

    def _prove_build(self) -> None:
        """Lets the next build go on from this one."""
        inputs = self.warehouse.query(f"SELECT input, content FROM {dbt_runs.inputs_table(self.settings)}")
        self.warehouse.prove_build(code_version("dbt_project"), inputs)
        self._close()

    def _publish_files(self, origin: Origin) -> None:
        from warehouse.publish import Place, publish

        place = Place(self.settings.publications, self.settings.published, rules(self.settings))
        personal = personal_columns(self.sources.values())
        publish(build_path(self.settings), place, origin, personal, dbt_runs.descriptions(self.settings))

    def _publish_schemas(self, origin: Origin) -> None:
        from warehouse.publish_postgres import Access, Project, publish

        self._close()
        project = Project(dbt_runs.descriptions(self.settings), dbt_runs.keys(self.settings))
        personal = personal_columns(self.sources.values())
        access = Access(municipal_logins(self.settings), self.settings.secrets)
        said = publish(str(self.settings.database_url), origin, project, personal, access, rules(self.settings))
        for line in said:
            observer().stage(line)


class _DbtSteps:
    """Passes on dbt's progress; how many steps there are is known with the first of them, but for those that come after it."""

    def __init__(self, later: int) -> None:
        self._later = later
        self._is_counted = False

    def __call__(self, name: str, total: int) -> None:
        if not self._is_counted:
            observer().steps(total + self._later)
            self._is_counted = True
        observer().step(name)
