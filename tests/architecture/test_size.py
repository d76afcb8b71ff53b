"""Functions and modules stay short enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

LONGEST_MODULE = 400
LONGEST_BODY = 40
LONG_BODY = 25
FEW = 0.05  # the share of long bodies
USUAL_BODY = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(function: Function) -> int:
    """Lines of a function's body, its docstring and comments aside."""
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return len({line for s in statements for node in ast.walk(s) for line in lines_of(node)})


def lines_of(node: ast.AST) -> Iterator[int]:
    if hasattr(node, "lineno"):
        yield from (node.lineno, node.end_lineno)


def bodies(package_trees: dict[Path, ast.Module]) -> dict[str, int]:
    return {
        f"{path}:{node.lineno} {node.name}": body_lines(node)
        for path, tree in package_trees.items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }


def test_no_module_is_long(text_files):
    lengths = {p: text.count("\n") for p, text in text_files.items() if p.suffix == ".py"}
    assert not {str(p): n for p, n in lengths.items() if n >= LONGEST_MODULE}


def test_no_function_is_long(package_trees):
    assert not {name: lines for name, lines in bodies(package_trees).items() if lines > LONGEST_BODY}


def test_few_functions_are_longer_than_a_paragraph(package_trees):
    lengths = bodies(package_trees)
    long = {name: lines for name, lines in lengths.items() if lines > LONG_BODY}
    assert len(long) <= FEW * len(lengths), long
    assert median(lengths.values()) <= USUAL_BODY
