"""Every test asserts something, and none sleeps until it hopes to be right."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent.parent
FILES = sorted(TESTS.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(file: Path) -> list[Function]:
    return [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, Function)]


def called(node: ast.AST) -> set[str]:
    """Names of everything called within, `pytest.raises` as `raises`."""
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {
        call.attr if isinstance(call, ast.Attribute) else call.id
        for call in calls
        if isinstance(call, ast.Attribute | ast.Name)
    }


def asserting() -> set[str]:
    """Functions of the tests that assert, themselves or through another that does."""
    every = [function for file in FILES for function in functions(file)]
    found = {"raises", "fail", "expect", "warns"}
    found |= {f.name for f in every if any(isinstance(node, ast.Assert) for node in ast.walk(f))}
    while more := {f.name for f in every if called(f) & found} - found:
        found |= more
    return found


def test_no_test_is_without_an_assertion() -> None:
    found = asserting()
    tests = [(file, f) for file in FILES for f in functions(file) if f.name.startswith("test_")]
    assert len(tests) > 100
    assert [f"{file.name}: {f.name}" for file, f in tests if f.name not in found] == []


def test_no_test_sleeps() -> None:
    """Poll with a deadline instead; the nap of a polling loop is fine."""
    waiting = {
        f"{file.relative_to(TESTS)}: {f.name}"
        for file in FILES
        for f in functions(file)
        if called(f) & {"sleep", "wait_for_timeout"} and not polls(f)
    }
    assert waiting == set()


def polls(function: Function) -> bool:
    """A loop that asks again; in asyncio a nap lets the others run."""
    return any(isinstance(node, ast.While | ast.AsyncFunctionDef) for node in ast.walk(function))


def test_a_name_is_used_once_a_file() -> None:
    """A second test of the same name silently replaces the first."""
    doubled = []
    for file in FILES:
        names = [f.name for f in functions(file) if f.name.startswith("test_")]
        doubled += [f"{file.name}: {name}" for name in set(names) if names.count(name) > 1]
    assert doubled == []
