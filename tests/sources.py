"""What stands in our own source files, for tests of how they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

__all__ = ("constants",)


def constants(file: Path) -> Iterator[str]:
    """Every constant text of a module but its docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if text not in docs:
                yield text
