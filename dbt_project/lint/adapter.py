"""dbt's `adapter` as sqlfluff needs it: its jinja templater knows no engine, so a dispatched macro becomes a plain function call.

For linting only; dbt never reads this folder.
"""

from __future__ import annotations

from collections.abc import Callable


def dispatch(macro: str, package: str) -> Callable[..., str]:
    """Stands for the macro of whichever engine."""
    return lambda *arguments: f"{macro}({', '.join(str(argument).strip() for argument in arguments)})"
