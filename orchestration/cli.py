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
    from orchestration.home_format import require_usable

    try:
        settings = load_settings()
        require_usable(settings)
        return settings
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
@click.option("--scale", type=click.Choice(["region", "national"]), default="region", show_default=True, help="national: экзамены страны.")
@click.option("--schools", type=click.IntRange(1), metavar="N", help="Сколько школ (150, national — 1000).")
@click.option("--years", type=click.IntRange(1), metavar="N", help="За сколько лет (3, national — 10).")
@click.option("--items", type=click.IntRange(1), metavar="N", help="Сколько результатов заданий, только national (50 млн).")
@click.option("--seed", default=1, show_default=True, type=int, metavar="N", help="Одно и то же число даёт одни и те же файлы.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="ПАПКА", help="Куда писать (по умолчанию landing).")
def sample(scale: str, schools: int | None, years: int | None, items: int | None, seed: int, out: Path | None) -> None:
    """Пишет папку landing вымышленного региона: выгрузки всех форм с их причудами.

    С --scale national — только экзамены и их справочники, но размером с двадцать регионов за десять лет: протоколы ЕГЭ и ОГЭ столбцами
    Parquet, около N результатов заданий. Для проверки скорости.
    """
    from ingest.sample import write_national_sample, write_sample

    if items and scale != "national":
        raise click.UsageError("--items бывает только с --scale national.")
    write = write_national_sample if scale == "national" else write_sample
    given = {"schools": schools, "years": years, "items": items}
    asked = {name: number for name, number in given.items() if number is not None}
    folder = out or _settings().landing
    click.echo(f"· Вымышленный регион → {folder}", err=True)
    try:
        write(folder, **asked, seed=seed)
    except (FileExistsError, ValueError) as error:
        raise click.UsageError(str(error)) from error


@main.command(short_help="Что и когда загружено, свежесть источников и витрин.")
def status() -> None:
    """Что и когда загружено, сколько строк принято и отклонено, насколько свежи источники и витрины."""
    from orchestration.published import QueryRefused, in_one_publication
    from orchestration.status import print_status

    settings = _settings()
    try:
        in_one_publication(settings, lambda: print_status(settings))
    except QueryRefused as error:
        _fail(str(error))


@main.command(short_help="Всё ли в порядке; что нового не в порядке, оповещает.")
@click.option("--test", is_flag=True, help="Отправить проверочное оповещение, даже если сообщать не о чем.")
def watch(test: bool) -> None:
    """Всё ли в порядке: обновления, сроки, изменения, источники, журнал аудита; о новом пишет по почте и на вебхук.

    \b
    Для таймера, который работает и без службы Dagster. Код выхода: 0 — всё в порядке;
    1 — что-то не в порядке или оповещение не отправлено; 2 — неверные настройки.
    """
    from orchestration.home import prepare_home
    from orchestration.status import print_watch

    settings = _settings()
    prepare_home(settings)
    sys.exit(OK if print_watch(settings, test=test) else FAULTS)


@main.command(short_help="Журнал аудита: загрузки, публикации, правила, выгрузки; цел ли он.")
@click.option("--last", default=20, show_default=True, type=click.IntRange(0), metavar="N", help="Сколько последних записей показать.")
@click.option("--event", metavar="СОБЫТИЕ", help="Только записи об этом: published, rules_changed, export, download…")
def audit(last: int, event: str | None) -> None:
    """Журнал аудита: кто и когда загружал, публиковал, менял правила и выгружал; проверяет, что записи целы.

    \b
    Код выхода: 0 — журнал цел; 1 — запись изменена, вынута или отрезана.
    """
    from orchestration.audit_report import print_audit

    sys.exit(OK if print_audit(_settings(), last, event) else FAULTS)


@main.command(short_help="Один запрос на чтение к опубликованному.")
@click.argument("query", metavar="ЗАПРОС")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "xlsx"]), default="table", show_default=True, help="Вид результата.")
@click.option("--as-of", "day", metavar="ДЕНЬ", help="Что видели в конце этого дня: 2026-09-01 или 01.09.2026.")
@click.option("--publication", "word", metavar="ПУБЛИКАЦИЯ", help="Код публикации или его начало, «предыдущая»: см. oko publications.")
def sql(query: str, kind: str, day: str | None, word: str | None) -> None:
    """Один запрос на чтение к опубликованному: сейчас или прежде (--as-of, --publication).

    CSV: UTF-8, «;», десятичная запятая. Файл: oko sql "SELECT …" --format xlsx > файл.xlsx
    """
    from orchestration import audit_report, export, publications, published

    if day and word:
        raise click.UsageError("Назовите либо день (--as-of), либо публикацию (--publication).")
    if day and publications.day_of(day) is None:
        raise click.BadParameter(f"«{day}» — не день вида 2026-09-01 или 01.09.2026", param_hint="--as-of")
    settings = _settings()
    _require_file_for_xlsx(kind)
    try:
        asked = publications.named(settings, day or word or "") if day or word else None
        with published.query(settings, query, asked) as result:
            if kind != "table" or not sys.stdout.isatty():
                audit_report.record_export(settings, query, kind, asked.id if asked else None)
            export.write(kind, result.columns, result.rows)
    except (published.QueryRefused, export.TooManyRows, audit_report.NotRecorded) as error:
        _fail(str(error))


def _require_file_for_xlsx(kind: str) -> None:
    if kind == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("XLSX не для экрана: направьте вывод в файл, например «> таблица.xlsx».")


@main.command(name="publications", short_help="Какие публикации хранятся и чем отличаются.")
def list_publications() -> None:
    """Какие публикации хранятся, чем каждая отличается от предыдущей, сколько занимает и почему хранится."""
    from orchestration.publications_report import print_publications
    from orchestration.published import QueryRefused

    try:
        print_publications(_settings())
    except QueryRefused as error:
        _fail(str(error))


@main.command(short_help="Что изменилось между двумя публикациями и из-за каких файлов.")
@click.argument("before", metavar="ПУБЛИКАЦИЯ")
@click.argument("after", metavar="ПУБЛИКАЦИЯ")
@click.option("--rows", "all_rows", is_flag=True, help="Каждое изменившееся значение: было, стало и файлы за ним.")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "xlsx"]), default="table", show_default=True, help="Вид таблицы.")
def diff(before: str, after: str, all_rows: bool, kind: str) -> None:
    """Что изменилось между двумя публикациями и из-за каких файлов.

    Публикация — «текущая», «предыдущая», код или его начало, день (что видели в конце этого дня): oko diff 2026-09-01 текущая

    \b
    Закрытое хотя бы в одной из двух не показывается ни в одной. Файлы за объектом называет тот, кому доступно ядро;
    без него — файлы источников показателя. CSV и XLSX — одна таблица: сводка, с --rows — строки.
    Код выхода: 0 — показано; 1 — публикации нет или её не прочитать; 2 — неверный вызов.
    """
    from orchestration.audit_report import NotRecorded
    from orchestration.changes_report import write_changes
    from orchestration.export import TooManyRows
    from orchestration.published import QueryRefused

    _require_file_for_xlsx(kind)
    try:
        write_changes(_settings(), before, after, all_rows=all_rows, kind=kind)
    except (QueryRefused, TooManyRows, NotRecorded) as error:
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


@main.command(short_help="Файлы с данными людей, срок хранения которых истёк.")
@click.option("--confirm", is_flag=True, help="Уничтожить показанное и составить акт; без этого только показывает.")
def retention(confirm: bool) -> None:
    """Какие файлы с данными людей старше срока хранения; с --confirm уничтожает их и составляет акт с выгрузкой из журнала.

    Срок: [retention] personal_years в oko.toml. Акты и выгрузки: logs/destroyed. Что ещё лежит в landing, сначала удаляют там.

    \b
    Код выхода: 0 — уничтожать нечего или всё уничтожено; 1 — есть что уничтожить или что-то ещё лежит в landing;
    2 — неверный вызов, или срок не задан; 3 — идёт обновление, или пересчёт не удался: повторите.
    """
    from orchestration.retention import run_retention

    sys.exit(run_retention(_settings(), confirm=confirm))


@main.command(short_help="Дашборды и история обновлений, пока не нажат Ctrl-C.")
@click.option("--superset-port", default=8088, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
@click.option("--dagster-port", default=3000, show_default=True, type=click.IntRange(1, 65535), metavar="ПОРТ")
def serve(superset_port: int, dagster_port: int) -> None:
    """Дашборды (Superset) и история обновлений (Dagster) на 127.0.0.1, пока не нажат Ctrl-C."""
    from orchestration.serve import serve_until_signal

    sys.exit(serve_until_signal(_settings(), superset_port, dagster_port))


@main.command(short_help="Резервная копия всего, чего не построить заново.")
@click.argument("path", type=click.Path(path_type=Path), metavar="ПУТЬ")
def backup(path: Path) -> None:
    """Пишет в новый файл ПУТЬ (tar.gz) всё, чего не построить заново: архив, хранилище личностей с ключом, oko.toml, секреты, базы Superset
    и Dagster, журнал действий. Обновлению не мешает.

    В копии персональные данные и пароли: храните её как vault или зашифруйте (docs/backup.md).

    
    Код выхода: 0 — записано; 1 — нет, и файла нет; 2 — неверный вызов или настройки.
    """
    from orchestration.backup_commands import backup as run

    sys.exit(run(_settings(), path))


@main.command(short_help="Резервную копию — в пустую папку, с проверкой.")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ПУТЬ")
def restore(path: Path) -> None:
    """Возвращает копию в пустую папку OKO_HOME, раскладывает landing, выполняет «oko refresh --full» на день прежней публикации и
    сверяет, та же ли получилась публикация. Прерванное повторяют с той же копией.

    
    Код выхода: 0 — восстановлено, публикация та же; 1 — копия негодна или папка не пуста, ничего не записано;
    2 — неверный вызов или настройки; 3 — восстановлено, но публикация другая или её нет.
    """
    from ingest.settings import SettingsError, load_settings
    from orchestration.backup_commands import restore as run

    try:
        sys.exit(run(load_settings(), path))
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


@main.command(name="rotate-key", short_help="Новый ключ псевдонимов.")
@click.confirmation_option(prompt="Сменить ключ псевдонимов и перечитать все файлы?", help="Не спрашивать.")
def rotate_key() -> None:
    """Меняет ключ псевдонимов и перечитывает все файлы из архива: все псевдонимы новые, показатели и связи между годами прежние.

    Сохранённые прежние публикации остаются со старыми псевдонимами: их ядро с новым по людям не соединяется. Код выхода — как у refresh.
    """
    from orchestration.backup_commands import rotate

    sys.exit(rotate(_settings()))


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(FAULTS)
