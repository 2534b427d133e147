"""`oko retention`: contents with people in them that are past their period, their destruction, and the record of it.

A content is destroyed everywhere at once: the archive, the vault, the rows of the warehouse, the answers that Superset keeps and, in kept
publications, the analysts' file.
What stays are the kept publications' aggregates. Which publications are kept is not decided here; how the record reads, in destroyed.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from ingest.archive import Archive, LandingFile, folder_of, scan
from ingest.declarations import Layout, load_sources
from ingest.settings import Settings
from ingest.vault import Vault
from orchestration import audit_log
from orchestration.destroyed import UNKNOWN_KINDS, Item, finish, start, unfinished
from orchestration.export import print_table
from orchestration.home import build_path, open_warehouse, prepare_home
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.raw_tables import raw_tables
from orchestration.state import State, save_state

OK, REMAINS, USAGE, NOT_DONE = 0, 1, 2, 3
NO_PERIOD = "Срок хранения не задан. Задайте его в {toml}:\n\n[retention]\npersonal_years = 5"
CONSEQUENCES = (
    "Будут уничтожены: сами файлы в архиве, сведения о людях в vault, их строки в хранилище и файлы ядра (oko_core) прежних публикаций. "
    "После этого хранилище пересчитывается: показатели, которые считались по этим файлам, останутся только в хранимых публикациях."
)
_LEFT_OVER = ".*.part"


@dataclass(frozen=True)
class Plan:
    """What is past its period: what can go, and what landing/ still holds, so that the next refresh would bring it back."""

    due: list[Item]
    in_landing: list[Item]


def run_retention(settings: Settings, *, confirm: bool) -> int:
    """Shows what is due, or destroys it; the exit code of the command."""
    if settings.personal_years is None:
        click.echo(NO_PERIOD.format(toml=settings.home / "oko.toml"), err=True)
        return USAGE
    prepare_home(settings)
    try:
        return _destroy(settings) if confirm else _show(settings)
    except RefreshRunning as running:
        click.echo(str(running), err=True)
        return NOT_DONE


# ---- what is due -----------------------------------------------------------------------------------------------------------------


def make_plan(settings: Settings) -> Plan:
    """Contents whose newest file is older than the period and that may hold people. Hashes what no refresh has seen in landing yet."""
    ever = Archive(settings.archive).manifest()
    newest = {file.sha256: file for file in ever}
    present = {file.sha256 for file in scan(settings.landing, ever)}
    archive, vault = Archive(settings.archive), Vault(settings.vault, read_only=True)
    layouts = _layouts_read(settings)
    remembered, last = set(vault.kept()), _last_day(settings)
    due = []
    for sha256 in sorted({*archive.contents(), *remembered}):
        file = newest.get(sha256) or _unlisted(archive.path(sha256), sha256)
        if file.modified_at.date() < last and (sha256 in remembered or _may_hold_people(layouts.get(sha256))):
            due.append(_item(file, vault))
    due.sort(key=lambda item: (item.modified_at, item.name))
    return Plan([item for item in due if item.sha256 not in present], [item for item in due if item.sha256 in present])


def _last_day(settings: Settings) -> date:
    """The first day that is still within the period."""
    day = settings.as_of
    year = day.year - (settings.personal_years or 0)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _unlisted(path: Path, sha256: str) -> LandingFile:
    """A content that a killed refresh left without a line in the manifest, or whose identities outlived it."""
    status = path.stat() if path.exists() else None
    return LandingFile(status.st_mtime_ns if status else 0, "", status.st_size if status else 0, sha256)


def _layouts_read(settings: Settings) -> Mapping[str, list[Layout]]:
    """By which forms each content was read; none where nothing in the file was recognised."""
    if settings.target == "duckdb" and not build_path(settings).exists():
        return {}
    forms = {name: layout for source in load_sources().values() for name, layout in source.layouts.items()}
    with open_warehouse(settings, read_only=True) as warehouse:
        if not warehouse.is_prepared():
            return {}
        loads = warehouse.query("SELECT DISTINCT file_sha256, layout FROM raw._loads WHERE layout <> ''")
    return {sha256: [forms[name] for name in layout.split(", ") if name in forms] for sha256, layout in loads.iter_rows()}


def _may_hold_people(read_as: list[Layout] | None) -> bool:
    """Registers, thresholds and the like stay: a file goes unless it was read by forms that have no people in them."""
    return not read_as or any(layout.has_personal for layout in read_as)


def _item(file: LandingFile, vault: Vault) -> Item:
    people = vault.identities(file.sha256)
    titles = {name: layout for source in load_sources().values() for name, layout in source.layouts.items()}
    kinds = []
    for name in people["_layout"].unique(maintain_order=True) if people.width else ():
        headers = [titles[name].columns[column].title for column in people.columns if column in titles[name].columns]
        kinds.append(f"{titles[name].title}: {', '.join(dict.fromkeys(headers))}")
    persons = people["person_id_pseudonym"].drop_nulls().n_unique() if "person_id_pseudonym" in people.columns else people.height
    return Item(
        sha256=file.sha256,
        name=file.name,
        source=folder_of(file.name),
        size=file.size,
        modified_at=f"{file.modified_at:%Y-%m-%d}",
        people=persons,
        kinds="; ".join(kinds) or UNKNOWN_KINDS,
    )


# ---- showing it ------------------------------------------------------------------------------------------------------------------


def _show(settings: Settings) -> int:
    with RefreshLock(settings.warehouse):
        plan, begun = make_plan(settings), unfinished(settings.logs)
    click.echo(f"Срок хранения файлов с данными людей: {settings.personal_years} (лет); подлежат уничтожению файлы до {_shown(settings)}.")
    if begun:
        click.echo("Прошлое уничтожение прервано: «oko retention --confirm» доведёт его до конца.")
    _table(plan.due, "Подлежат уничтожению")
    _say_held(plan)
    old_logs = _old_logs(settings)
    if old_logs:
        click.echo(f"Журналов старше {settings.log_days} дней: {len(old_logs)}")
    if not (plan.due or plan.in_landing or begun or old_logs):
        click.echo("Уничтожать нечего.")
        return OK
    click.echo(f"{CONSEQUENCES}\nЭто был просмотр, ничего не изменено. Уничтожить: oko retention --confirm")
    return REMAINS


def _shown(settings: Settings) -> str:
    return f"{_last_day(settings):%d.%m.%Y}"


def _table(items: list[Item], title: str) -> None:
    if items:
        click.echo(f"{title}: {len(items)}")
        print_table(("Файл", "От", "Людей", "Сведения"), [(item.name, item.modified_at, item.people, item.kinds) for item in items])


def _say_held(plan: Plan) -> None:
    if plan.in_landing:
        _table(plan.in_landing, "Ещё лежат в landing и потому не уничтожаются")
        click.echo("Сначала удалите их из landing: сам Око там ничего не меняет.")


# ---- destroying it ---------------------------------------------------------------------------------------------------------------


def _destroy(settings: Settings) -> int:
    """What was begun is ended first: the record is written before anything goes, and says «done» after everything went."""
    with RefreshLock(settings.warehouse):
        records = unfinished(settings.logs)
        plan = make_plan(settings)
        begun = {item.sha256 for record in records for item in record.items}
        fresh = [item for item in plan.due if item.sha256 not in begun]
        if fresh:
            records.append(start(settings.logs, fresh))
        for record in records:
            _destroy_items(settings, record.items)
        for path in _old_logs(settings):
            path.unlink()
    if records and not _rebuild(settings):
        click.echo(
            f"Пересчёт не удался, поэтому акт не составлен. Повторите: oko retention --confirm. Начатое: {records[0].path}", err=True
        )
        return NOT_DONE
    for record in records:
        act = finish(settings, record)
        audit_log.record(settings, "destroyed", files=len(record.items), act=act.name)
        click.echo(f"Уничтожено файлов: {len(record.items)}. Акт и выгрузка: {act}")
    _say_held(plan)
    if not records and not plan.in_landing:
        click.echo("Уничтожать нечего.")
    return REMAINS if plan.in_landing else OK


def _destroy_items(settings: Settings, items: Iterable[Item]) -> None:
    archive, vault = Archive(settings.archive), Vault(settings.vault)
    gone = [item.sha256 for item in items]
    # until a refresh has built and published without them, the last one was not complete
    save_state(settings, State())
    with open_warehouse(settings) as warehouse:
        warehouse.prepare(raw_tables(load_sources().values()))
        warehouse.forget(gone)
    for sha256 in gone:
        vault.destroy(sha256)
        archive.destroy(sha256)
    for folder in (settings.archive, settings.vault):
        # halves of contents that a killed refresh left; nobody writes now
        for path in folder.rglob(_LEFT_OVER):
            path.unlink()
    # the act must not say of anything that it is gone while a power failure could bring it back
    os.sync()


def _rebuild(settings: Settings) -> bool:
    """Builds and publishes without what went, and takes people out of the publications before."""
    from orchestration.night import NOT_PUBLISHED, run_night
    from warehouse.earlier_cores import remove_earlier_cores

    if run_night(settings, full=False, sources=()) == NOT_PUBLISHED:
        return False
    remove_earlier_cores(settings.publications, settings.published, settings.database_url if settings.target == "postgres" else None)
    # of the publication before, until somebody asks of the new one (superset/tools/answers.py)
    shutil.rmtree(settings.superset / "cache" / "answers", ignore_errors=True)
    return True


def _old_logs(settings: Settings) -> list[Path]:
    """Logs of servers and refreshes that nobody has written to for longer than the period; records and the audit log are no such logs."""
    oldest = (datetime.now(UTC) - timedelta(days=settings.log_days)).timestamp()
    return sorted(path for path in settings.logs.glob("*.log*") if path.is_file() and path.stat().st_mtime < oldest)
