"""The reference page of `Studio`: its methods in the order of the source, and what they return."""

from __future__ import annotations

import inspect
import re
from textwrap import dedent
from typing import Any

from markdown_of import arguments, fields, own_doc, paragraphs, signature, table
from pydantic import BaseModel

from prodgen_sdk import GenerationResult, Picture, PluginRecord, Recorded, Similar, Studio, Trace
from prodgen_sdk.serving.health import Health

_RETURNED = (GenerationResult, Picture, Recorded, Similar, Trace, Health, PluginRecord)
_INTRODUCTION = """
`from prodgen_sdk import Studio`. Everything else is reached from it. `AsyncStudio` has the same methods as coroutines, and `AsyncStudio.open(..., serving=, waiting=)`
says how many run at once and wait; [Serve recommendations](../howto/serve-recommendations.md) shows both.
""".strip().splitlines()


def studio_lines() -> list[str]:
    """The page's lines."""
    lines = ["# Studio", "", *_INTRODUCTION, "", *own_doc(Studio), ""]
    for name, member in vars(Studio).items():
        if name.startswith("_") or not (inspect.isroutine(member) or isinstance(member, property | classmethod)):
            continue
        lines += [f"## `{name}`", "", *_of_member(member), ""]
    lines += ["## What is returned", "", "Beside the [values](values.md) that plugins share:", ""]
    for kind in _RETURNED:
        lines += [f"### `{kind.__name__}`", *own_doc(kind), "", *_fields(kind), "", *_members(kind)]
    return lines


def _of_member(member: Any) -> list[str]:
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    head = ["@property"] if isinstance(member, property) else []
    head += ["@classmethod"] if isinstance(member, classmethod) else []
    return ["```python", *head, f"def {signature(function)}: ...", "```", "", *_told(paragraphs(function))]


def _told(docstring: list[str]) -> list[str]:
    """A docstring as Markdown: each section a list under its name, and what one would type a block of code."""
    text = "\n".join(docstring)
    text, example, code = text.partition("\n>>> ")
    prose, *sections = re.split(r"^(Args|Returns|Yields|Raises):\n", f"{text}\n", flags=re.MULTILINE)
    lines = prose.splitlines()
    for name, body in zip(sections[::2], sections[1::2], strict=True):
        items = re.split(r"\n(?! )", dedent(body).strip())
        told = [" ".join(item.split()) for item in items]
        lines += ["", f"**{name}**", "", *(map(_item, told) if name in ("Args", "Raises") else [" ".join(told)])]
    return [*lines, "", "```python", *f"{example}{code}".strip().splitlines(), "```"] if code else lines


def _item(words: str) -> str:
    names, _, meaning = words.partition(":")
    return f"- {', '.join(f'`{name.strip()}`' for name in names.split(','))}: {meaning.strip()}"


def _members(kind: type) -> list[str]:
    """A line for each property and method that the class itself defines and documents."""
    lines = []
    for name, member in vars(kind).items():
        function = getattr(member, "fget", member)
        if name.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
            continue
        shown = name if isinstance(member, property) else signature(function).replace("self, ", "")
        lines.append(f"- `{shown}`: {inspect.getdoc(function).splitlines()[0]}")
    return [*lines, ""] if lines else []


def _fields(kind: type) -> list[str]:
    if issubclass(kind, BaseModel):
        return fields(kind)
    explained = arguments(kind)
    types = {name: type for name, type in vars(kind)["__annotations__"].items() if not name.startswith("_")}
    rows = [(f"`{name}`", f"`{type}`", explained.get(name, "")) for name, type in types.items()]
    head = ("field", "type", "meaning")
    return table(head, rows) if any(row[2] for row in rows) else table(head[:2], [row[:2] for row in rows])
