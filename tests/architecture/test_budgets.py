"""Small modules, small functions, everything typed, broad excepts only where they are named."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assist_engine", "knowledge_base", "agent_desktop")

# Boundaries that turn whatever happens inside into one event, answer or crash report.
NAMED_BOUNDARIES = frozenset(
    {
        "assist_engine/session/call_session.py:CallSession._hear_out",  # one channel of one call
        "assist_engine/session/live_calls.py:LiveCalls._run",  # one call
        "assist_engine/session/thinking.py:Thinking._think_once",  # one turn
        "assist_engine/speech/vosk_engine.py:_load",  # vosk raises plain Exception
        "assist_engine/understanding/analyzer.py:Analyzer.analyze",  # one signal
    }
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths
    }


@cache
def lengths() -> dict[str, int]:
    counted = {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules()
    }
    return {name: lines for name, lines in counted.items() if lines > 1}


def functions(tree: ast.AST, *, inside: str = "") -> Iterator[tuple[str, Function]]:
    for node in ast.iter_child_nodes(tree):
        name = f"{inside}.{node.name}" if isinstance(node, (*_FUNCTION, ast.ClassDef)) else inside
        if isinstance(node, _FUNCTION):
            yield name.lstrip("."), node
        yield from functions(node, inside=name)


_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def all_functions() -> dict[str, Function]:
    return {
        f"{path}:{name}": node for path, tree in modules().items() for name, node in functions(tree)
    }


def size(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def over(limit: int, sizes: dict[str, int]) -> dict[str, int]:
    return {name: lines for name, lines in sizes.items() if lines > limit}


def test_modules_are_small() -> None:
    assert not over(400, lengths())
    assert median(lengths().values()) <= 150


def test_functions_are_small() -> None:
    sizes = {name: size(function) for name, function in all_functions().items()}
    assert not over(80, sizes)
    assert median(sizes.values()) <= 9
    assert quantiles(sizes.values(), n=20)[-1] <= 40, over(40, sizes)


def test_every_module_opens_with_a_sentence() -> None:
    silent = [name for name, tree in modules().items() if tree.body and not ast.get_docstring(tree)]
    assert not silent


def test_everything_is_typed() -> None:
    assert not [name for name, function in all_functions().items() if not is_typed(function)]


def is_typed(function: Function) -> bool:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    starred = [arg for arg in (given.vararg, given.kwarg) if arg]
    untyped = [arg.arg for arg in [*named, *starred] if arg.annotation is None]
    return function.returns is not None and set(untyped) <= {"self", "cls"}


def is_broad(node: ast.AST) -> bool:
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=caught):
            return names_all_errors(caught)
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=caught):
            return any(names_all_errors(error) for error in caught)
        case _:
            return False


def names_all_errors(caught: ast.AST | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(names_all_errors(error) for error in caught.elts)
    return isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}


def owners(holds: Callable[[ast.AST], bool]) -> set[str]:
    """Innermost functions with such a node directly in them."""
    return {
        name
        for name, function in all_functions().items()
        if any(holds(node) for node in own_nodes(function))
    }


def own_nodes(function: Function) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _FUNCTION):
            waiting.extend(ast.iter_child_nodes(node))


def test_broad_excepts_stand_only_at_named_boundaries() -> None:
    assert owners(is_broad) == NAMED_BOUNDARIES
    assert len(NAMED_BOUNDARIES) <= 5
    at_module_level = [
        name
        for name, tree in modules().items()
        for statement in tree.body
        if not isinstance(statement, (*_FUNCTION, ast.ClassDef))
        and any(is_broad(node) for node in ast.walk(statement))
    ]
    assert not at_module_level


def test_the_detector_sees_all_spellings() -> None:
    source = """
def bare():
    try: pass
    except: pass
def tuple_():
    try: pass
    except (ValueError, Exception): pass
def suppressed():
    with contextlib.suppress(BaseException): pass
def narrow():
    try: pass
    except ValueError: pass
"""
    broad = {
        name
        for name, function in functions(ast.parse(source))
        if any(is_broad(node) for node in own_nodes(function))
    }
    assert broad == {"bare", "tuple_", "suppressed"}
