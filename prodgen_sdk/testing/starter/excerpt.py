"""The part of a module that one of its classes needs, as a module of its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator

_LINE = 120


def excerpt(source: str, name: str) -> str:
    """The definition of `name` with all of the module that it uses, in the order of the source, below the imports that this needs.

    >>> print(excerpt("import os, sys\\nA = 1\\nB: list = sys.path\\n@property\\ndef f():\\n    return B\\n", "f"), end="")
    import sys
    <BLANKLINE>
    B: list = sys.path
    <BLANKLINE>
    <BLANKLINE>
    @property
    def f():
        return B
    """
    body = ast.parse(source).body
    defined = {bound: place for place, statement in enumerate(body) for bound in _bound(statement)}
    wanted, waiting, used = set[int](), [name], set[str]()
    while waiting:
        place = defined.get(waiting.pop())
        if place is not None and place not in wanted:
            wanted.add(place)
            found = {node.id for node in ast.walk(body[place]) if isinstance(node, ast.Name)}
            used |= found
            waiting += found
    lines = source.splitlines()
    text = _imports(body, used)
    for place in sorted(wanted):
        statement = body[place]
        text += "\n\n\n" if isinstance(statement, ast.ClassDef | ast.FunctionDef) else "\n\n"
        first = min(part.lineno for part in (statement, *getattr(statement, "decorator_list", ())))
        text += "\n".join(lines[first - 1 : statement.end_lineno])
    return f"{text.strip()}\n"


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a definition or an assignment binds."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        yield statement.name
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _imports(body: Iterable[ast.stmt], used: set[str]) -> str:
    """Those of the imports that bind one of the names, sorted as ruff does: the standard library's, then all others."""
    groups: tuple[dict[str, str], ...] = ({}, {}, {})
    for statement in body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        module = statement.names[0].name if isinstance(statement, ast.Import) else statement.module or ""
        future = module == "__future__"
        statement.names = [alias for alias in statement.names if future or (alias.asname or alias.name) in used]
        if statement.names:
            place = 0 if future else 1 if module.partition(".")[0] in sys.stdlib_module_names else 2
            groups[place][f"{isinstance(statement, ast.ImportFrom)} {module}"] = _short(statement)
    return "\n\n".join("\n".join(group[key] for key in sorted(group)) for group in groups if group)


def _short(statement: ast.Import | ast.ImportFrom) -> str:
    """The statement on one line, or with a name on each."""
    line = ast.unparse(statement)
    if len(line) <= _LINE:
        return line
    head, _, names = line.partition(" import ")
    return f"{head} import (\n    {names.replace(', ', f',{chr(10)}    ')},\n)"
