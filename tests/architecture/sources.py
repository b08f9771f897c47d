"""The product's own sources, read as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("portal", "workspaces", "search")


@dataclass(frozen=True)
class Source:
    """A file: its path from the root, and its tree."""

    path: str
    tree: ast.Module

    @property
    def feature(self) -> str:
        """`workspaces/forums`; empty for files that are in none."""
        parts = self.path.split("/")
        return "/".join(parts[:2]) if len(parts) > 2 else ""

    @property
    def room(self) -> str:
        """`views` for workspaces/forums/views.py and workspaces/forums/views/topics.py alike."""
        parts = self.path.removesuffix(".py").split("/")
        return parts[2] if len(parts) > 2 else ""


@cache
def sources() -> tuple[Source, ...]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found.append(Source(str(path.relative_to(ROOT)), ast.parse(path.read_text())))
    return tuple(found)


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the name it goes by: `session.get`, `select`."""
    return calls_in(source.tree)


def calls_in(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
