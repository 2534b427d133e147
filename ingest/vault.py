"""Who is behind a pseudonym: the HMAC key and the identities of each file, under a folder that only its owner may enter.

Nothing of it goes to the warehouse; nothing else writes there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import polars as pl

from ingest.durable import sync

KEY_FILE = "pseudonym.key"
_KEY_BYTES = 32
_PSEUDONYM_DIGITS = 32
_KEY_ID_DIGITS = 16
_MOST_RECENT = 250_000
_WHAT_TO_DO = "Восстановите его из резервной копии; если её нет, «oko rotate-key» сменит ключ и перечитает все файлы."


def _hmac_sha256(key: bytes, prefix: bytes) -> Callable[[bytes], str]:
    """HMAC-SHA256 (RFC 2104) of prefix + message, in hex: as `hmac.digest`, at less than half its cost over a million messages."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + prefix)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(message: bytes) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(message)
        around.update(within.digest())
        return around.hexdigest()

    return digest


class _Pseudonyms(dict[str | None, str | None]):
    """The pseudonyms of one kind that were asked for: the same people come in file after file, and looking up costs a tenth."""

    def __init__(self, key: bytes, kind: str) -> None:
        super().__init__({None: None})
        self._digest = _hmac_sha256(key, f"{kind}\x1f".encode())

    def __missing__(self, value: str) -> str:
        pseudonym = self[value] = self._digest(value.encode())[:_PSEUDONYM_DIGITS]
        return pseudonym


class VaultError(RuntimeError):
    """The vault cannot be used; the message is Russian, for the person who runs Oko."""


def key_id(folder: Path) -> str:
    """Tells the key of a vault from other keys, and nothing else of it; empty before the first use."""
    path = folder / KEY_FILE
    return _id_of(path.read_bytes()) if path.exists() else ""


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"key id\x1f" + key).hexdigest()[:_KEY_ID_DIGITS]


class Vault:
    """Pseudonyms by keyed HMAC-SHA256. The key is made at first use; a read-only vault makes nothing and keeps nothing."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._folder = folder
        self._read_only = read_only
        self._key: bytes | None = None
        self._recent: dict[str, _Pseudonyms] = {}

    def pseudonym(self, kind: str, values: pl.Series) -> pl.Series:
        """32 hex digits for each value, the same in every run with the same key; NULL stays NULL."""
        recent = self._recent.get(kind)
        if recent is None or len(recent) > _MOST_RECENT:
            recent = self._recent[kind] = _Pseudonyms(self._the_key(), kind)
        return pl.Series(values.name, [recent[value] for value in values.to_list()], dtype=pl.String)

    def keep(self, file_sha256: str, identities: pl.DataFrame) -> None:
        """Remember who is in a file, in place of what was kept of it before."""
        if self._read_only or identities.is_empty():
            return
        folder = self._open_folder() / "identities"
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / f".{file_sha256}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            identities.write_parquet(file, compression="lz4", statistics=False)
        part.replace(folder / f"{file_sha256}.parquet")

    def identities(self, file_sha256: str) -> pl.DataFrame:
        """Who is in a file that was loaded; no rows when nobody was kept."""
        path = self._folder / "identities" / f"{file_sha256}.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame()

    def key_id(self) -> str:
        """Of the key by which this vault gives pseudonyms."""
        return _id_of(self._the_key())

    def rotate(self) -> None:
        """A new key in the place of the old one, in one step. Whoever holds pseudonyms must have all of them made anew."""
        part = self._write_key()
        part.replace(self._folder / KEY_FILE)
        sync(self._folder)
        self._key = None
        self._recent.clear()

    def kept(self) -> list[str]:
        """The sha256 of every content whose people are remembered."""
        return sorted(path.stem for path in self._folder.glob("identities/*.parquet") if not path.name.startswith("."))

    def destroy(self, file_sha256: str) -> None:
        """Forgets who is in a file; the key stays. Nothing happens where nobody was remembered."""
        (self._folder / "identities" / f"{file_sha256}.parquet").unlink(missing_ok=True)

    def _the_key(self) -> bytes:
        if self._key is None:
            path = self._folder / KEY_FILE
            if path.exists():
                self._key = path.read_bytes()
            elif self._read_only:
                self._key = secrets.token_bytes(_KEY_BYTES)
            else:
                self._key = self._make_key(path)
            if len(self._key) != _KEY_BYTES:
                raise VaultError(f"Ключ псевдонимов {path} повреждён. {_WHAT_TO_DO}")
        return self._key

    def _make_key(self, path: Path) -> bytes:
        if any(self._open_folder().glob("identities/*.parquet")):
            raise VaultError(f"Ключ псевдонимов {path} пропал, а псевдонимы по нему уже выданы. {_WHAT_TO_DO}")
        part = self._write_key()
        try:
            # a link is made whole or not at all, and the first of two processes wins
            os.link(part, path)
            sync(path.parent)
        except FileExistsError:
            pass
        finally:
            part.unlink()
        return path.read_bytes()

    def _write_key(self) -> Path:
        """A fresh key in a file beside the one that counts; its path."""
        part = self._open_folder() / f".{KEY_FILE}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        return part

    def _open_folder(self) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        return self._folder
