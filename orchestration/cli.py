"""The command line `oko`: words in, exit codes out (contracts 2). What a command does stands in modules that it imports when called,
so that `oko --help` costs nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ingest.settings import Settings

OK, FAULTS, USAGE, NOT_PUBLISHED = 0, 1, 2, 3


def _settings() -> Settings:
    from ingest.settings import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def main() -> None:
    """Око: хранилище данных о качестве образования региона."""


@main.command()
@click.option("--full", is_flag=True, help="Забыть всё, чего больше нет в landing, и прочитать всё заново.")
@click.option("--source", "sources", multiple=True, metavar="ИСТОЧНИК", help="Искать новые файлы только в папке этого источника.")
def refresh(full: bool, sources: tuple[str, ...]) -> None:
    """Основное задание: новые файлы → проверка → показатели → публикация.

    \b
    Код выхода: 0 — опубликовано, отклонённого нет; 1 — опубликовано, но есть отклонённое или ошибки в данных;
    2 — неверный вызов или настройки; 3 — ничего не опубликовано (прежняя публикация осталась).
    """
    from orchestration.night import run_night

    sys.exit(run_night(_settings(), full=full, sources=_known_sources(sources)))


def _known_sources(given: tuple[str, ...]) -> tuple[str, ...]:
    if given:
        from ingest.declarations import load_sources

        known = load_sources()
        for source in given:
            if source not in known:
                raise click.BadParameter(f"нет источника «{source}»; есть: {', '.join(sorted(known))}", param_hint="--source")
    return given


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ФАЙЛ…")
@click.option("--source", metavar="ИСТОЧНИК", help="Чей это файл, если по содержанию не понять.")
def check(files: tuple[Path, ...], source: str | None) -> None:
    """Говорит, что это за файл, что загрузится и что будет отклонено. Ничего не загружает.

    Код выхода 1, если что-нибудь было бы отклонено.
    """
    from orchestration.checking import check_files

    _known_sources((source,) if source else ())
    sys.exit(check_files(_settings(), files, source))


@main.command()
@click.option("--schools", default=150, show_default=True, type=click.IntRange(1), metavar="N", help="Сколько школ.")
@click.option("--years", default=3, show_default=True, type=click.IntRange(1), metavar="N", help="За сколько лет.")
@click.option("--seed", default=1, show_default=True, type=int, metavar="N", help="Одно и то же число даёт одни и те же файлы.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="ПАПКА", help="Куда писать (по умолчанию landing).")
def sample(schools: int, years: int, seed: int, out: Path | None) -> None:
    """Пишет папку landing вымышленного региона: выгрузки всех форм с их причудами."""
    from ingest.sample import write_sample

    folder = out or _settings().landing
    click.echo(f"· Вымышленный регион: школ {schools}, лет {years} → {folder}", err=True)
    try:
        write_sample(folder, schools, years, seed)
    except FileExistsError as error:
        raise click.UsageError(str(error)) from error


@main.command()
def status() -> None:
    """Что и когда загружено, сколько строк принято и отклонено, насколько свежи источники и витрины."""
    from orchestration.published import QueryRefused
    from orchestration.status import print_status

    try:
        print_status(_settings())
    except QueryRefused as error:
        _fail(str(error))


@main.command()
@click.argument("query", metavar="ЗАПРОС")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "xlsx"]), default="table", show_default=True, help="Вид результата.")
def sql(query: str, kind: str) -> None:
    """Один запрос на чтение к опубликованному.

    CSV: UTF-8, «;», десятичная запятая. Файл: oko sql "SELECT …" --format xlsx > файл.xlsx
    """
    from orchestration import export, published

    settings = _settings()
    if kind == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("XLSX не для экрана: направьте вывод в файл, например «> таблица.xlsx».")
    try:
        with published.query(settings, query) as result:
            if kind == "table":
                export.print_table(result.columns, result.rows)
            else:
                write = export.write_csv if kind == "csv" else export.write_xlsx
                write(sys.stdout.buffer, result.columns, result.rows)
    except (published.QueryRefused, export.TooManyRows) as error:
        _fail(str(error))


@main.command()
@click.option("--superset-port", default=8088, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
@click.option("--dagster-port", default=3000, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
def serve(superset_port: int, dagster_port: int) -> None:
    """Дашборды (Superset) и история обновлений (Dagster) на 127.0.0.1, пока не нажат Ctrl-C."""
    from orchestration.serve import serve_until_signal

    sys.exit(serve_until_signal(_settings(), superset_port, dagster_port))


def _fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(FAULTS)
