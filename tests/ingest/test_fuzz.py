"""The fuzz sweep: files spoilt in every way of mutants.py give the same rows, or a rejection that says what is wrong.

Never a crash, a hang, an inner fault or rows that differ silently. Mutants are told by their numbers, so a failure comes again.
Not seen as a fault, because nothing in such a file tells: a changed letter inside text or inside an archive that is whole again.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from mutants import CELLS, NO_TEXT, PRESERVING, WHOLE, Base, Mutant, Mutation, load_base
from test_samples import KNOWN, SAMPLES

from ingest.declarations import load_sources
from ingest.grid import column_index
from ingest.known import FixedKnown
from ingest.readers import read_grids
from ingest.reading import Reading, read_file
from ingest.recognise import recognise
from ingest.sample import write_sample
from ingest.settings import Limits, Settings
from ingest.vault import Vault

IS_FULL = bool(os.environ.get("OKO_TEST_FULL"))
MUTANTS = 10_000 if IS_FULL else 500
SEED = 3
SECONDS = 30
AS_OF = date(2026, 11, 21)
LARGEST = 60_000
ACCEPTANCE = Path(__file__).parents[3] / "shared" / "acceptance" / "landing"
FILE_REASONS = {"unreadable_file", "unknown_layout", "missing_column", "too_large"}
ROW_REASONS = {
    "missing_value",
    "bad_number",
    "bad_date",
    "out_of_range",
    "unknown_school",
    "unknown_code",
    "duplicate_key",
    "conflicting_value",
}

# columns that a reader of a layout makes of several columns of the file
MADE_OF_SEVERAL = {"person_id", "result_note", "task_scores", "score_shares"}
# and those of the yearly form, which stand under every subject once: one of them may be called otherwise
MADE_OF_SEVERAL |= {"participants", "below_min", "high_80_99", "score_100", "mean_score"}
# appeals to these are judged by their results
WAITED_FOR = {"ege", "oge"}
PERSON_OF_RESULT = ["subject_code", "exam_date", "person_id"]

Place = tuple[str, int]
Content = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a file gave: its rows and its rejections by place (sheet and row number), with the layout in front of every row."""

    reading: Reading
    rows: Mapping[Place, list[Content]]
    rejected: Mapping[Place, str]
    seconds: float

    @property
    def contents(self) -> Counter[Content]:
        return Counter(row for rows in self.rows.values() for row in rows)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(self.rejected.values())

    @property
    def distinct(self) -> set[str]:
        """The rows, each once; that a name comes again makes no other school of it here."""
        frames = [frame.drop("_sheet", "_row_number", "homonym", strict=False) for frame in self.reading.rows.values()]
        return {str(row) for frame in frames for row in frame.to_dicts()}


def outcome_of(reading: Reading, seconds: float) -> Outcome:
    rows: dict[Place, list[Content]] = defaultdict(list)
    for layout, frame in reading.rows.items():
        for row in frame.to_dicts():
            rows[row.pop("_sheet"), row.pop("_row_number")].append((layout, str(row)))
    rejected = {(row["sheet"], row["row_number"] or 0): row["reason_code"] for row in reading.rejections.to_dicts()}
    return Outcome(reading, rows, rejected, seconds)


class Reader:
    """Reads files as one home does, registers first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(
            home=folder, archive=folder / "archive", vault=folder / "vault", as_of=AS_OF, limits=Limits(reader_seconds=SECONDS)
        )
        self.known = FixedKnown()
        self.bases: list[Base] = []
        self.outcomes: dict[tuple[str, bytes], Outcome] = {}

    def read(self, content: bytes, name: str) -> Outcome:
        path = self.folder / "mutant"
        path.write_bytes(content)
        started = time.monotonic()
        reading = read_file(path, name, load_sources(), self.known, Vault(self.settings.vault), self.settings)
        return outcome_of(reading, time.monotonic() - started)

    def places(self, base: Base) -> dict[str, set[int]]:
        """In which columns of its file each declared column stands."""
        path = self.folder / "mutant"
        path.write_bytes(base.content)
        places: dict[str, set[int]] = defaultdict(set)
        for winner in recognise(read_grids(path, Limits()), load_sources(), base.source.source, self.known):
            for table in winner.tables:
                for name, (_, letters) in table.headers.items():
                    places[name] |= {column_index(letter) for letter in letters.split(":") if letter}
        return places

    def learn(self, folders: list[Path]) -> None:
        """Takes the smallest file of every source and format in each folder, and the codes that they need."""
        taken: set[tuple[str, str]] = set()
        found = [pair for folder in folders for pair in self._bases(folder, taken)]
        codes = {name: set(KNOWN.codes(name)) for source in load_sources().values() for name in source.provides}
        for base, outcome in found:
            for layout, frame in outcome.reading.rows.items():
                for name, column in base.source.layouts[layout].columns.items():
                    if column.provides:
                        codes[column.provides] |= set(frame[name].drop_nulls())
        rows = {name: KNOWN.rows(name) for source in load_sources().values() for name in source.reads}
        self.known = FixedKnown(codes, rows)
        for name in sorted(WAITED_FOR):
            read = [self.read(base.content, base.name).reading.rows.get(name) for base, _ in found if base.source.source == name]
            rows[f"{name}_result"] = pl.concat([frame.select(PERSON_OF_RESULT) for frame in read if frame is not None]).unique()
        self.known = FixedKnown(codes, rows)
        self.bases = [base for base, _ in found]

    def _bases(self, folder: Path, taken: set[tuple[str, str]]) -> Iterator[tuple[Base, Outcome]]:
        """Every tiny sample; of other folders the smallest file of every source and format that is not rejected as a whole."""
        sources, here = load_sources(), set[tuple[str, str]]()
        for path in sorted(folder.rglob("*"), key=lambda path: (path.stat().st_size, path)):
            name = path.relative_to(folder).as_posix()
            kind = (name.split("/")[0], path.suffix)
            is_wanted = folder == SAMPLES or kind not in taken | here
            if path.is_file() and path.suffix != ".json" and kind[0] in sources and is_wanted and 100 < path.stat().st_size < LARGEST:
                outcome = self.read(path.read_bytes(), name)
                if not outcome.reading.is_rejected and outcome.reading.source == kind[0]:
                    here.add(kind)
                    yield load_base(path, name, sources[kind[0]]), outcome
        taken |= here

    def outcome(self, base: Base) -> Outcome:
        """What a file gives as it is."""
        key = (base.name, base.content)
        if key not in self.outcomes:
            self.outcomes[key] = self.read(base.content, base.name)
        return self.outcomes[key]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    reader = Reader(tmp_path_factory.mktemp("fuzz"))
    sample = reader.folder / "landing"
    write_sample(sample, schools=4, years=1, seed=1, last_year=2026)
    reader.learn([SAMPLES, sample, *([ACCEPTANCE] if IS_FULL and ACCEPTANCE.is_dir() else [])])
    return reader


# ---- what is expected of a mutant --------------------------------------------------------------------------------------------


def always(got: Outcome) -> Iterator[str]:
    """What holds for whatever is read."""
    reading = got.reading
    if got.seconds > SECONDS:
        yield f"took {got.seconds:.0f} s"
    rejected_rows = 0 if reading.is_rejected else reading.rejections.height
    if (reading.rows_in, reading.rows_rejected) != (reading.rows_loaded + rejected_rows, rejected_rows):
        yield f"in {reading.rows_in}, loaded {reading.rows_loaded}, rejected {reading.rows_rejected} and {reading.rejections.height}"
    if reading.rows_loaded != sum(frame.height for frame in reading.rows.values()):
        yield "the rows are not as many as said"
    if reading.is_rejected and reading.rejections.height != 1:
        yield "a file that is rejected has one rejection"
    for row in reading.rejections.to_dicts():
        if row["reason_code"] not in (FILE_REASONS if reading.is_rejected else ROW_REASONS):
            yield f"reason {row['reason_code']}"
        message = row["message_ru"]
        if not re.search("[а-яё]{4}", message) or "внутренняя ошибка" in message or "Traceback" in message or "не уложился" in message:
            yield message


def same(base: Outcome, got: Outcome) -> Iterator[str]:
    """The same rows and the same reasons, wherever they stand."""
    if got.reading.is_rejected:
        yield f"rejected: {got.reading.rejections['message_ru'][0]}"
    elif got.contents != base.contents:
        yield f"lost {list((base.contents - got.contents).elements())[:2]}, new {list((got.contents - base.contents).elements())[:2]}"
    elif got.reasons != base.reasons:
        yield f"rejected {got.reasons - base.reasons}, no more {base.reasons - got.reasons}"


def of_one_cell(base: Outcome, got: Outcome, mutant: Mutant, reader: Reader, file: Base) -> Iterator[str]:
    """Every other row is as it was; the touched one is rejected, or differs where it was touched."""
    assert mutant.touched
    sheet, number, column = mutant.touched
    places = sorted(place for place in {*base.rows, *base.rejected} if place[0] == sheet)
    # a record may take several rows: it is known by its first
    mine = max((place for place in places if place[1] <= number), default=None)
    if mine is None:
        yield from of_header(base, got)
        return
    for place in {*base.rows, *got.rows, *base.rejected, *got.rejected} - {mine, (sheet, number)}:
        before, after = base.rejected.get(place), got.rejected.get(place)
        # a key that was one of two, or has become one of two
        if "duplicate_key" not in (before, after) and (before != after or base.rows.get(place) != got.rows.get(place)):
            yield f"row {place} was not touched: {before} → {after}, {base.rows.get(place)} → {got.rows.get(place)}"
    if mine in got.rejected:
        return
    if base.rows.get(mine) and not got.rows.get(mine):
        # in a report of groups a row without a login is a larger group, which is no record
        if column not in reader.places(file)["group_name"]:
            yield f"row {mine} is gone without a word"
    elif file.source.reader == "tabular":
        allowed = {name for name, columns in reader.places(file).items() if column in columns}
        declared = [item for layout in file.source.layouts.values() for item in layout.columns.items()]
        made = {name for name, made_of in declared if allowed & {*made_of.joins}}
        yield from _differs_elsewhere(base, got, mine, allowed | made | {f"{name}_key" for name in allowed})


def is_above_all(base: Outcome, mutant: Mutant) -> bool:
    """Whether what was touched belongs to the header, which may take two rows."""
    assert mutant.touched
    sheet, number, _ = mutant.touched
    return all(number < place[1] for place in {*base.rows, *base.rejected} if place[0] == sheet)


def _differs_elsewhere(base: Outcome, got: Outcome, mine: Place, allowed: set[str]) -> Iterator[str]:
    for layout, frame in got.reading.rows.items():
        here = (pl.col("_sheet") == mine[0]) & (pl.col("_row_number") == mine[1])
        if layout in base.reading.rows:
            for before, after in zip(base.reading.rows[layout].filter(here).to_dicts(), frame.filter(here).to_dicts(), strict=False):
                odd = {name for name in before if before[name] != after[name]} - allowed
                if odd:
                    yield f"row {mine} differs in {odd}, touched was {allowed}"


def of_text(base: Outcome, got: Outcome, mutant: Mutant, file: Base) -> Iterator[str]:
    """Only the lines of the spoilt bytes differ; above the header, only what the title says; in it, only whole columns."""
    lines = {file.content.count(b"\n", 0, place) for place in mutant.bytes}
    header = file.header("") if file.sheets else 0
    if min(lines) <= header:
        yield from of_header(base, got, most=2 * len(lines))
        return
    lost, new = base.contents - got.contents, got.contents - base.contents
    if lost.total() > 2 * len(lines) or new.total() > 2 * len(lines):
        yield f"{len(lines)} lines spoilt, {lost.total()} rows lost, {new.total()} new: {list(new)[:2]}"


def of_header(base: Outcome, got: Outcome, most: int = 0) -> Iterator[str]:
    """A column that is not called by its name any more is empty in every row, one that comes from the title is another in every row.

    `most`: how many rows may differ because they were touched themselves.
    """
    for layout, frame in got.reading.rows.items():
        there = base.reading.rows.get(layout, frame)
        for (sheet,), after in frame.group_by("_sheet", maintain_order=True):
            before = there.filter(pl.col("_sheet") == sheet)
            if before.height == after.height:
                yield from (f"{layout}.{name} differs" for name in before.columns if _differs(before[name], after[name], most))


def _differs(before: pl.Series, after: pl.Series, most: int) -> bool:
    """Whether more values differ than may, and not all of them in the same way."""
    is_whole = after.null_count() == after.len() or after.n_unique() == 1 or after.name in MADE_OF_SEVERAL
    return not is_whole and before.cast(pl.String).ne_missing(after.cast(pl.String)).sum() > most


def faults_of(kind: str, mutation: str, file: Base, base: Outcome, mutant: Mutant, got: Outcome, reader: Reader) -> Iterator[str]:
    """Everything that is wrong with what a mutant gave."""
    yield from always(got)
    if kind == "same":
        yield from same(base, got)
    elif kind == "cell":
        is_no_text = mutation.removeprefix("a cell: ") in NO_TEXT and not file.is_workbook
        if not got.reading.is_rejected:
            yield from of_one_cell(base, got, mutant, reader, file)
        elif not is_no_text and not is_above_all(base, mutant):
            yield f"the whole file is rejected: {got.reading.rejections['message_ru'][0]}"
    elif not got.reading.is_rejected:
        yield from of_whole(mutation, file, base, mutant, got)


def of_whole(mutation: str, file: Base, base: Outcome, mutant: Mutant, got: Outcome) -> Iterator[str]:
    """What a table may be that comes out of a spoilt file."""
    if mutation == "twice in one file" and base.distinct != got.distinct:
        yield f"lost {list(base.distinct - got.distinct)[:2]}, new {list(got.distinct - base.distinct)[:2]}"
    elif mutation in ("a header renamed", "a column dropped"):
        yield from of_header(base, got)
    elif mutant.bytes and file.content.startswith(b"PK"):
        yield from same(base, got)
    elif mutant.bytes and file.sheets:
        yield from of_text(base, got, mutant, file)


def mutant_of(number: int, reader: Reader) -> tuple[str, str, Base, Mutant]:
    """The mutant of this number, the same in every run."""
    rng = Random(f"{SEED}:{number}")
    kinds: list[tuple[str, dict[str, Mutation]]] = [("same", PRESERVING), ("cell", CELLS), ("whole", WHOLE)]
    kind, mutations = kinds[number % 3]
    while True:
        base = rng.choice(reader.bases)
        name, mutation = rng.choice(list(mutations.items()))
        mutant = mutation(rng, base)
        if mutant:
            return kind, name, base, mutant


def test_mutants(reader: Reader) -> None:
    faults, counts = [], Counter()
    for number in range(MUTANTS):
        kind, mutation, base, mutant = mutant_of(number, reader)
        outcome = reader.outcome(base)
        got = reader.read(mutant.content, mutant.name or base.name)
        counts[kind, "rejected whole" if got.reading.is_rejected else "a table"] += 1
        faults += [
            f"{number}: {mutation}, {base.name}: {fault}"[:600] for fault in faults_of(kind, mutation, base, outcome, mutant, got, reader)
        ]
    print(dict(counts))
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])
