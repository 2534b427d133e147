"""The command line `oko`: words in, exit codes out (contracts 2). What a command does stands in modules that it imports when called,
so that `oko --help` costs nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

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


@main.command(short_help="Основное задание: новые файлы → показатели → публикация.")
@click.option("--full", is_flag=True, help="Забыть всё, чего больше нет в landing, и прочитать всё заново.")
@click.option("--source", "sources", multiple=True, metavar="ИСТОЧНИК", help="Искать новые файлы только в папке этого источника.")
def refresh(full: bool, sources: tuple[str, ...]) -> None:
    """Основное задание: новые файлы → проверка → показатели → публикация.

    \b
    Код выхода: 0 — опубликовано, отклонённого нет; 1 — опубликовано, но есть отклонённое или ошибки в данных;
    2 — неверный вызов или настройки; 3 — ничего не опубликовано (прежняя публикация осталась).
    """
    from orchestration.home import yield_to_people

    yield_to_people()
    from orchestration.night import run_night

    sys.exit(run_night(_settings(), full=full, sources=_known_sources(sources)))


def _known_sources(given: tuple[str, ...], hint: str = "--source") -> tuple[str, ...]:
    if given:
        from ingest.declarations import load_sources

        known = load_sources()
        for source in given:
            if source not in known:
                raise click.BadParameter(f"нет источника «{source}»; есть: {', '.join(sorted(known))}", param_hint=hint)
    return given


@main.command(short_help="Что за файл, что загрузится и что будет отклонено.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ФАЙЛ…")
@click.option("--source", metavar="ИСТОЧНИК", help="Чей это файл, если по содержанию не понять.")
@click.option("--format", "kind", type=click.Choice(["text", "xlsx"]), default="text", show_default=True, help="xlsx: и копия с пометками.")
@click.option("--out", type=click.Path(path_type=Path), metavar="ПУТЬ", help="Куда записать копию: новый файл или папка.")
def check(files: tuple[Path, ...], source: str | None, kind: str, out: Path | None) -> None:
    """Что это за файл, что загрузится и что будет отклонено; ничего не загружает.

    Называет форму, отклонённые ячейки и что с ними сделать, число строк по школам и чем файл отличается от загруженного.
    С --format xlsx записывает копию файла, где ошибочные ячейки закрашены и снабжены примечаниями: исправьте их и отправьте её.

    \b
    Код выхода: 0 — загрузится всё; 1 — что-нибудь было бы отклонено; 2 — неверный вызов;
    3 — идёт обновление или хранилище недоступно, проверка не выполнена.
    """
    from orchestration.checking import check_files

    _known_sources((source,) if source else ())
    if out and (kind != "xlsx" or (len(files) > 1 and not out.is_dir())):
        raise click.BadParameter("нужен вместе с --format xlsx; для нескольких файлов — папка, которая есть", param_hint="--out")
    _refuse_existing(out)
    sys.exit(check_files(_settings(), files, source, mark=kind == "xlsx", out=out))


def _refuse_existing(out: Path | None) -> None:
    if out and out.exists() and not out.is_dir():
        raise click.BadParameter(f"файл «{out}» уже есть, поверх него не пишется", param_hint="--out")
    if out and not out.parent.is_dir():
        raise click.BadParameter(f"папки «{out.parent}» нет", param_hint="--out")


@main.command(short_help="Шаблон XLSX для заполнения вручную.")
@click.argument("source", required=False, metavar="[ИСТОЧНИК]")
@click.option("--out", type=click.Path(path_type=Path), metavar="ПУТЬ", help="Куда записать: новый файл или папка.")
def template(source: str | None, out: Path | None) -> None:
    """Пишет шаблон XLSX источника: графы по порядку, списки значений, пояснения. Без имени показывает источники."""
    from orchestration.templates import list_templates, write_template

    if source is None:
        list_templates()
        return
    _known_sources((source,), hint="ИСТОЧНИК")
    _refuse_existing(out)
    sys.exit(write_template(source, out))


@main.command(short_help="Папка landing вымышленного региона.")
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


@main.command(short_help="Что и когда загружено, свежесть источников и витрин.")
def status() -> None:
    """Что и когда загружено, сколько строк принято и отклонено, насколько свежи источники и витрины."""
    from orchestration.published import QueryRefused
    from orchestration.status import print_status

    try:
        print_status(_settings())
    except QueryRefused as error:
        _fail(str(error))


@main.command(short_help="Один запрос на чтение к опубликованному.")
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


@main.command(short_help="Откуда число: формула, файлы и строки, что не вошло и почему.")
@click.argument("indicator", metavar="ПОКАЗАТЕЛЬ")
@click.argument("entity", metavar="ОБЪЕКТ")
@click.argument("period", metavar="ПЕРИОД")
@click.option("--level", metavar="УРОВЕНЬ", help="school, municipality, region, cluster, umc, kc, group, class: если код или имя не одни.")
@click.option("--subject", metavar="ПРЕДМЕТ", help="Код или название предмета.")
@click.option("--grade", metavar="КЛАСС", help="Номер класса.")
@click.option("--breakdown", metavar="РАЗРЕЗ", help="Разрез, как в витрине: «родители».")
@click.option("--rows", "all_rows", is_flag=True, help="Номера всех строк и все файлы, а не первые.")
def explain(
    indicator: str,
    entity: str,
    period: str,
    level: str | None,
    subject: str | None,
    grade: str | None,
    breakdown: str | None,
    all_rows: bool,
) -> None:
    """Откуда число: значение с формулой словами, версия методики, параметры, файлы и строки за ним, что не вошло и почему.

    Объект — код или наименование. Например: oko explain ege_mean_score 090101 2024 --subject 1

    \b
    Читает ядро хранилища (oko_core.duckdb, схема core), поэтому нужен доступ к нему; людей не называет.
    Код выхода: 0 — показано; 1 — нет доступа или единицы не дают опубликованного числа; 2 — вопрос не понят.
    """
    from orchestration.explain import NotUnderstood, Question
    from orchestration.explain import explain as answer
    from orchestration.explain_report import MOST_ROWS, describe
    from orchestration.published import QueryRefused

    question = Question(indicator, entity, period, level, subject, grade, breakdown)
    try:
        found = answer(_settings(), question, None if all_rows else MOST_ROWS)
    except NotUnderstood as error:
        raise click.UsageError(str(error)) from error
    except QueryRefused as error:
        _fail(str(error))
    for line in describe(found, all_rows):
        click.echo(line)
    sys.exit(OK if found.units is None or found.units.reproduce(found.value) else FAULTS)


@main.command(short_help="Дашборды и история обновлений, пока не нажат Ctrl-C.")
@click.option("--superset-port", default=8088, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
@click.option("--dagster-port", default=3000, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
def serve(superset_port: int, dagster_port: int) -> None:
    """Дашборды (Superset) и история обновлений (Dagster) на 127.0.0.1, пока не нажат Ctrl-C."""
    from orchestration.serve import serve_until_signal

    sys.exit(serve_until_signal(_settings(), superset_port, dagster_port))


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(FAULTS)
