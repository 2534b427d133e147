"""`oko template`: where a template goes and what is said about it. What it holds is ingest's."""

from __future__ import annotations

from pathlib import Path

import click

from ingest import template
from ingest.declarations import load_sources
from ingest.forms import exports_of, forms_of
from orchestration.outputs import create, free_path

OK, FAULTS = 0, 1


def list_templates() -> None:
    """A line a source."""
    sources = load_sources()
    width = max(map(len, sources))
    for name, source in sources.items():
        note = "" if forms_of(source) else " (без шаблона: готовая выгрузка)"
        click.echo(f"{name:<{width}}  {source.title}{note}")
    click.echo("\nШаблон: oko template ИСТОЧНИК")


def write_template(name: str, out: Path | None) -> int:
    """Writes the template to the file `out`, or to that folder or the current one under a name of its own; never over another file."""
    source = load_sources()[name]
    for layout, why in exports_of(source).items():
        click.echo(f"«{source.layouts[layout].title}»: шаблона нет, {why}.", err=True)
    if not forms_of(source):
        click.echo(f"Положите выгрузку как есть в landing/{name}/.", err=True)
        return FAULTS
    folder = out if out and out.is_dir() else Path()
    path = out if out and not out.is_dir() else free_path(folder / f"Шаблон {name}.xlsx")
    with create(path) as stream:
        template.write_template(stream, source)
    click.echo(f"Шаблон: {path.resolve()}")
    return OK
