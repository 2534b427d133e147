"""A statement about what is published now, turned into the same statement about a kept publication of a Postgres database.

There a publication is a set of schemas: `marts_20260901t…` is what `marts` was. Only names of schemas are replaced, at their places in the
text; what cannot be parsed is refused, because it could read today's numbers where yesterday's were asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# its words are English and go to the screen; what they say is in the refusal
logging.getLogger("sqlglot").setLevel(logging.ERROR)
HINT = "Сформулируйте её как SELECT, таблицы называйте со схемой: marts.indicator_values."


class NotRenamed(ValueError):
    """The statement cannot be asked of a kept publication; the message is Russian."""


def with_schemas(statement: str, names: Mapping[str, str]) -> str:
    """The statement with these schemas in the place of those. Raises NotRenamed."""
    query = _parsed(statement)
    _require_schemas(query)
    text = statement
    for identifier in sorted(_schema_names(query, names), key=lambda found: -found.meta["start"]):
        start, end = identifier.meta["start"], identifier.meta["end"] + 1
        if text[start:end].strip('"').lower() != identifier.this.lower():
            raise NotRenamed(f"Имя «{identifier.this}» в запросе не найдено на своём месте. {HINT}")
        text = f'{text[:start]}"{names[identifier.this.lower()]}"{text[end:]}'
    return text


def _parsed(statement: str) -> exp.Query:
    try:
        found = sqlglot.parse(statement, dialect="postgres", error_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        raise NotRenamed(f"К прежней публикации задают только понятную выборку, эта не разобрана: {error}. {HINT}") from error
    queries = [query for query in found if query is not None]
    if len(queries) != 1:
        raise NotRenamed(f"Нужен один запрос, а не {len(queries)}.")
    query = queries[0]
    if not isinstance(query, exp.Query) or any(query.find_all(exp.Command, exp.DML, exp.Into)):
        raise NotRenamed(f"К прежней публикации задают только выборку. {HINT}")
    return query


def _require_schemas(query: exp.Query) -> None:
    """A name without a schema is that of a WITH, or nobody knows which publication it reads."""
    common = {table.alias_or_name for table in query.find_all(exp.CTE)}
    bare = sorted({table.name for table in query.find_all(exp.Table) if table.name and not table.db and table.name not in common})
    if bare:
        raise NotRenamed(f"Таблица без схемы: {', '.join(bare)}. {HINT}")


def _schema_names(query: exp.Query, names: Mapping[str, str]) -> list[exp.Identifier]:
    """Of tables, and of columns that are written with schema and table."""
    places = (table.args.get("db") for table in query.find_all(exp.Table, exp.Column))
    return [name for name in places if isinstance(name, exp.Identifier) and _folded(name) in names]


def _folded(name: exp.Identifier) -> str:
    """As Postgres reads it: letter case counts in quotes alone."""
    return str(name.this) if name.quoted else str(name.this).lower()
