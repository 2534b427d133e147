"""What a person sees of a refresh: a line a stage, a bar on a terminal, a summary at the end. Decides nothing."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from orchestration.progress import Observer, Summary


class ConsoleObserver(Observer):
    """Prints on the standard error, so that the standard output stays for results."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.result = Summary()
        self._started = time.monotonic()
        columns = (TextColumn("  "), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def stage(self, text: str) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        self.say(f"· {text}")

    def steps(self, total: int) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task("", total=total)

    def step(self, text: str) -> None:
        if self._task is not None:
            # file names are not markup
            self._progress.update(self._task, advance=1, description=text.replace("[", "\\["))

    def summary(self, summary: Summary) -> None:
        self.result = summary

    def say(self, text: str) -> None:
        """A line as it is: file names and SQL are no markup."""
        self.console.print(Text(text), soft_wrap=True)

    @property
    def seconds(self) -> float:
        """Since this observer was made."""
        return time.monotonic() - self._started


def summary_lines(summary: Summary, rejected: int, errors: int, warnings: int, seconds: float, quarantine: str) -> list[str]:
    """The end of a refresh in words."""
    if summary.is_up_to_date:
        lines = ["Ничего нового: файлы, дата и правила те же, что в текущей публикации."]
    else:
        lines = [
            f"Прочитано файлов: {summary.files_read}; строк в них: {summary.rows_in}, "
            f"загружено: {summary.rows_loaded}, отклонено: {summary.rows_rejected}.",
            *[_source_line(source, counts) for source, counts in sorted(summary.by_source.items())],
        ]
    if summary.files_judged_again:
        lines.append(f"Файлов, где ждавшие строки проверены снова: {summary.files_judged_again}.")
    lines.append(f"Сейчас отклонено: {rejected}. Замечаний к данным: ошибок {errors}, предупреждений {warnings}.")
    if rejected:
        lines.append(f"Отчёты об отклонённом: {quarantine}")
    lines.append(f"Публикация: {summary.publication_id}. Время: {seconds:.0f} с.")
    return lines


def _source_line(source: str, counts: list[int]) -> str:
    files, rows_in, loaded, rejected = counts
    return f"  {source}: файлов {files}, строк {rows_in}, загружено {loaded}, отклонено {rejected}"
