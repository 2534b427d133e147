"""Whole columns of chance, out of a stream of random bytes: the same for the same stream, on every machine and release of a library."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from random import Random

import polars as pl
import pyarrow as pa


def draw_bytes(rng: Random, rows: int) -> pl.Series:
    """A number below 256 for each row."""
    return _numbers(rng, rows, pa.uint8(), 1)


def draw_shares(rng: Random, rows: int) -> pl.Series:
    """A number from 0 up to 1 for each row."""
    return _numbers(rng, rows, pa.uint32(), 4) / 2**32


def draw_normal(rng: Random, rows: int) -> pl.Series:
    """A number of the standard normal distribution for each row."""
    # no logarithm of zero
    far = (-2 * (1 - draw_shares(rng, rows)).log()).sqrt()
    return far * (2 * pi * draw_shares(rng, rows)).cos()


def draw_words(rng: Random, rows: int, words: Sequence[str]) -> pl.Series:
    """One of these words for each row."""
    return pl.Series(words).gather((draw_shares(rng, rows) * len(words)).cast(pl.UInt32))


def _numbers(rng: Random, rows: int, kind: pa.DataType, size: int) -> pl.Series:
    array = pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(rng.randbytes(rows * size))])
    return pl.Series(array)
