"""What is asked of a password that somebody chooses: long, of any characters, and not made of what everybody tries here first.

Passwords that Oko makes are random and need no rule.
"""

from __future__ import annotations

import re

SHORTEST, FEWEST_CHARACTERS = 12, 6
_TRIED_FIRST = re.compile(r"око|oko|superset|dagster|admin|админ|парол|parol|passw|qwert|йцук|школ|shkol|school|\d")


def refusal(password: str) -> str:
    """Why this password is not taken, in Russian; empty for one that is."""
    if len(password) >= SHORTEST and len(set(_TRIED_FIRST.sub("", password.lower()))) >= FEWEST_CHARACTERS:
        return ""
    return (
        f"Нужно не меньше {SHORTEST} знаков, любых, но не одни цифры и не слова вроде «пароль», «школа», «admin»: "
        "например, несколько несвязанных слов"
    )
