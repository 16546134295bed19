"""Markdown from docstrings, signatures and pydantic models."""

from __future__ import annotations

import ast
import html
import inspect
import json
import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from pathlib import Path
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined


def signature(function: Callable[..., Any]) -> str:
    """`name(argument: type, ...) -> type` as the source has it, one argument per line where it is long."""
    whole = inspect.signature(function)
    parts = [_parameter(parameter) for parameter in whole.parameters.values()]
    kinds = [parameter.kind for parameter in whole.parameters.values()]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    end = "" if whole.return_annotation is whole.empty else f" -> {_written(whole.return_annotation)}"
    text = f"{function.__name__}({', '.join(parts)}){end}"
    if len(text) <= 100:
        return text
    return f"{function.__name__}(\n{''.join(f'    {part},' + chr(10) for part in parts)}){end}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    typed = parameter.annotation is not parameter.empty
    name = f"{stars}{parameter.name}" + (f": {_written(parameter.annotation)}" if typed else "")
    if parameter.default is parameter.empty:
        return name
    default = parameter.default
    shown = json.dumps(str(default)) if isinstance(default, str | Path) else repr(default)
    shown = f"Path({shown})" if isinstance(default, Path) else shown
    return f"{name} = {shown}" if typed else f"{name}={shown}"


def _written(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def fields(
    model: type[BaseModel],
    names: Iterable[str] | None = None,
    show: Callable[[Any], str] = lambda value: literal(value),
) -> list[str]:
    explained = arguments(model)
    rows = []
    for name in names or model.model_fields:
        field = model.model_fields[name]
        default = field.get_default(call_default_factory=True)
        shown = "required" if default is PydanticUndefined else f"`{show(default)}`"
        rows.append((f"`{name}`", f"`{annotation(model, name)}`", shown, field.description or explained.get(name, "")))
    head = ("field", "type", "default", "meaning")
    return table(head, rows) if any(row[3] for row in rows) else table(head[:3], [row[:3] for row in rows])


def annotation(model: type[BaseModel], name: str) -> str:
    """The type of a field as the source has it, without the constraints of an Annotated."""
    raw = next(
        vars(cls)["__annotations__"][name] for cls in model.__mro__ if name in vars(cls).get("__annotations__", {})
    )
    tree = ast.parse(raw if isinstance(raw, str) else inspect.formatannotation(raw), mode="eval")
    text = ast.unparse(_Plain().visit(tree)).replace("'", '"')
    resolved = model.model_fields[name].annotation
    alias = text.isidentifier() and resolved is not Any and text != getattr(resolved, "__name__", "")
    meant = inspect.formatannotation(resolved).replace("typing.", "").replace("'", '"') if alias else text
    return text if "Annotated[Any" in meant else meant  # a checked array


class _Plain(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        written = {"ConfigPath": "Path", "ConfigPathOrName": "str"}
        return ast.Name(written.get(node.id, node.id))


def arguments(cls: type) -> dict[str, str]:
    """The `Args:` sections of a class and of those that it derives from; `a, b: words` explains both."""
    return {name: words for kind in reversed(cls.__mro__) for name, words in _own_arguments(kind).items()}


def _own_arguments(cls: type) -> dict[str, str]:
    _, _, section = inspect.cleandoc(cls.__dict__.get("__doc__") or "").partition("\nArgs:\n")
    explained: dict[str, str] = {}
    names: list[str] = []
    indented = takewhile(lambda line: not line or line.startswith(" "), section.splitlines())
    for line in dedent("\n".join(indented)).splitlines():
        if line and not line.startswith(" "):
            left, _, line = line.partition(":")
            names = [name.strip() for name in left.split(",")]
        for name in names:
            explained[name] = f"{explained.get(name, '')} {line.strip()}".strip()
    return explained


def literal(value: Any) -> str:
    if isinstance(value, BaseModel):
        return f"{type(value).__name__}()" if value == type(value)() else repr(value)
    if isinstance(value, dict | tuple | list | set) and not value:
        return {"dict": "{}", "tuple": "()", "list": "[]", "set": "set()"}[type(value).__name__]
    return repr(value)


def toml(value: Any) -> str:
    """A default as one would write it in prodgen.toml."""
    if value is None:
        return "unset"
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(toml(item) for item in value)}]"
    return json.dumps(value if isinstance(value, str | bool | int | float) else str(value), ensure_ascii=False)


def method(name: str, member: Any) -> list[str]:
    function: Callable[..., Any] = getattr(member, "fget", member)
    head = ["@property"] if isinstance(member, property) else []
    doc = inspect.getdoc(function) or ""
    quoted = f'"""{doc}\n"""' if "\n" in doc else f'"""{doc}"""'
    lines = [*head, *f"def {signature(function)}:".splitlines(), *(f"    {line}" for line in quoted.splitlines())]
    return [f"    {line}" for line in lines]


def paragraphs(thing: Any) -> list[str]:
    return inspect.cleandoc(inspect.getdoc(thing) or "").splitlines()


def own_doc(cls: type) -> list[str]:
    """The prose of a class's docstring: neither its `Args:` nor its examples."""
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "").partition("\nArgs:\n")[0].split(">>>")[0]
    return ["", *text.strip().splitlines()] if text.strip() else []


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(_cell(" ".join(cell.split())) for cell in cells) + " |"

    return [line(head), "|" + " --- |" * len(head), *(line(row) for row in rows)]


def _cell(text: str) -> str:
    """A bar is told from the table's own: by a backslash, and within code, where that would be shown, as an entity."""

    def code(found: re.Match[str]) -> str:
        return f"<code>{html.escape(found[1], quote=False)}</code>".replace("|", "&#124;")

    return re.sub("`([^`]*[|][^`]*)`", code, text).replace("|", "\\|")
