"""What no line of Oko may do, whoever writes it: run text as a program, hand words to a shell, read objects that build themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ingest.settings import REPOSITORY

FOLDERS = ("ingest", "warehouse", "orchestration", "superset/tools")
FILES = [path for folder in FOLDERS for path in sorted((REPOSITORY / folder).rglob("*.py"))]
BUILTINS = {"eval", "exec", "compile", "__import__"}
CALLS = {
    *("os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.loads", "yaml.load", "yaml.unsafe_load", "yaml.full_load"),
    *("shelve.open", "tempfile.mktemp", "extractall", "extract", "unpack_archive", "xml.etree.ElementTree.fromstring", "minidom.parse"),
}
MODULES = {"pickle", "marshal", "shelve", "dill", "telnetlib", "ftplib", "crypt", "random"}
LOADERS = {"yaml.Loader", "yaml.FullLoader", "yaml.UnsafeLoader", "yaml.CLoader", "yaml.CFullLoader", "yaml.CUnsafeLoader"}
# sample data is the same for the same seed, and hides nothing
RANDOM = ("ingest/sample",)


def _name(node: ast.expr) -> str:
    return f"{_name(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _faults(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            if name == "yaml.load" and len(node.args) + len(node.keywords) == 2:
                continue
            if name in BUILTINS | CALLS or name.rpartition(".")[2] in {"extractall", "unpack_archive"}:
                found.append(f"{node.lineno}: {name}")
            if any(keyword.arg == "shell" and ast.unparse(keyword.value) != "False" for keyword in node.keywords):
                found.append(f"{node.lineno}: a shell")
        elif isinstance(node, ast.Attribute) and _name(node) in LOADERS:
            found.append(f"{node.lineno}: {_name(node)}")
        elif isinstance(node, ast.Import):
            found += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(f"{node.lineno}: {node.module}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_file_runs_nothing_that_it_was_given(path: Path) -> None:
    place = path.relative_to(REPOSITORY).as_posix()
    found = _faults(ast.parse(path.read_text(encoding="utf-8")))
    assert [fault for fault in found if not (fault.endswith(": random") and place.startswith(RANDOM))] == []


@pytest.mark.parametrize(
    "code",
    [
        "eval(x)",
        "import os\nos.system(x)",
        "subprocess.run(x, shell=True)",
        "import pickle",
        "yaml.load(x)",
        "yaml.load(x, yaml.Loader)",
        "archive.extractall(x)",
    ],
)
def test_it_would_be_found(code: str) -> None:
    assert _faults(ast.parse(code))
