"""The face mesh's point numbers live in one table; elsewhere a point is asked for by its name."""

import ast
from pathlib import Path

TABLE = Path("models/anatomy.py")
SYSTEM_CALLS = Path("service/sandbox/lockdown.py")  # has numbers of system calls, which look alike
HUMAN_POINTS = Path("service/bench/human_points.py")  # the table of another template, which people placed
MESH_POINTS = 478
RUN = 4  # so many small integers in a row are a list of mesh points; fewer can be a colour or a size
UNMISTAKABLE = 32  # a lone subscript above this is a mesh point, below it may be a matrix's row


def is_mesh_index(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < MESH_POINTS


def names_mesh_points(node: ast.AST) -> bool:
    """Whether a piece of code spells out mesh points: a list of four or more, or `points[468]`."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items) if len(items) >= RUN:
            return all(map(is_mesh_index, items)) and max(item.value for item in items) >= UNMISTAKABLE
        case ast.Subscript(slice=ast.Constant(value=int(index))):
            return UNMISTAKABLE <= index < MESH_POINTS
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Constant(value=int(index)), *_])):
            return UNMISTAKABLE <= index < MESH_POINTS
        case _:
            return False


def test_mesh_indices_are_written_in_one_table_only(package_trees):
    elsewhere = [
        f"{path}:{node.lineno}: {ast.unparse(node)[:80]}"
        for path, tree in package_trees.items()
        if path not in {TABLE, SYSTEM_CALLS, HUMAN_POINTS}
        for node in ast.walk(tree)
        if names_mesh_points(node)
    ]
    assert not elsewhere, "\n".join(elsewhere)


def test_a_list_of_mesh_points_is_recognised():
    spelled_out = ["[33, 160, 158, 133]", "points[468]", "points[468, 0]", "{10, 152, 234, 454}"]
    assert all(any(map(names_mesh_points, ast.walk(ast.parse(code)))) for code in spelled_out)


def test_colours_sizes_and_matrix_rows_are_not_mistaken_for_mesh_points():
    innocent = ["(200, 40, 40)", "(1350, 1350)", "matrix[2, 0]", "[0, 1, 2, 3]", "rows[16]"]
    assert not any(names_mesh_points(node) for code in innocent for node in ast.walk(ast.parse(code)))
