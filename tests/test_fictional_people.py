"""No file of the repository holds somebody's address or telephone: those in it are nobody's (names reserved for examples)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\d.,])(?:\+7|8)[ -]?\(?[3489]\d\d\)?[ -]?\d{3}-\d\d-\d\d(?!\d)")
# RFC 2606, and database servers of the tests
NOBODYS = re.compile(r"\.example$|@example\.(?:org|com|net)$|@127\.0\.0\.1$", re.IGNORECASE)


def contacts(text: str) -> list[str]:
    """Addresses and telephones that may be somebody's."""
    return [mail for mail in MAIL.findall(text) if not NOBODYS.search(mail)] + PHONE.findall(text)


@pytest.mark.parametrize("text", ["ivanova" + "@mail.ru", "+7 (383) 222" + "-33-44", "8-913-222" + "-33-44"])
def test_a_contact_is_found(text: str) -> None:
    assert contacts(f"Ответственный: {text}, каб. 5")


def test_nobodys_are_none() -> None:
    assert contacts("a@oko.example alla@example.org postgresql://oko@127.0.0.1:5432 540101-22-33-44") == []


def test_nobody_can_be_written_to() -> None:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=REPOSITORY, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = REPOSITORY / name
        if path.suffix != ".lock" and path.is_file():
            data = path.read_bytes()
            if b"\0" in data:
                continue
            found += [f"{name}: {contact}" for encoding in ("utf-8", "cp1251") for contact in contacts(data.decode(encoding, "replace"))]
    assert sorted(set(found)) == []
