"""Where tests live, what classes are called, and what no file may mention."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "unit",
    "properties",
    "golden",
    "conformance",
    "integration",
    "gui",
    "end2end",
    "architecture",
    "docs",
    "examples",  # packages as others would write them, with tests of their own
}
# Machines and places of those who wrote this; nobody who reads it has them.
_ELSEWHERE = re.compile(
    "|".join(["\\.\\./" + "shared", "(?<![\\w.])/" + "work/", "/tmp/" + "att", "/root" + "/"])
    + "|"
    + "|".join(["pypi" + r"\.org", "python" + "hosted"])
)
_EMPTY_NAMES = re.compile("(Manager|Helper|Helpers|Util|Utils|Service|Impl)$")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_mentions_the_machine_it_was_written_on() -> None:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), start=1):
            if _ELSEWHERE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found


def test_classes_say_what_they_are() -> None:
    empty = []
    for path in tracked("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and _EMPTY_NAMES.search(node.name):
                empty.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not empty


def test_tests_lie_in_the_folder_of_their_kind() -> None:
    for path in tracked("tests/**/test_*.py", "tests/test_*.py"):
        assert path.relative_to(ROOT / "tests").parts[0] in KINDS, path
    stray = [path for path in tracked("tests/**/*_test.py", "*/test_*.py") if is_outside(path)]
    assert not stray


def is_outside(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] != "tests" or path.name.endswith("_test.py")


@pytest.mark.parametrize("kind", ["unit", "properties"])
def test_quick_tests_open_no_socket_and_start_no_process(kind: str) -> None:
    for path in tracked(f"tests/{kind}/*.py", f"tests/{kind}/**/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not imported(tree) & {"socket", "subprocess", "websockets", "multiprocessing"}, path


def test_nothing_is_skipped_and_nothing_we_depend_on_is_mocked() -> None:
    for path in tracked("tests/*.py", "tests/**/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not called & {"skip", "skipif", "importorskip", "xfail"}, path
        assert "unittest" not in imported(tree), path


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names
