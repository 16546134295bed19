"""Writes the reference pages that follow from the code.

python docs/generate.py            rewrite them
python docs/generate.py --check    exit 1 if one of them is out of date
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import re
import sys
from abc import ABC
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import typer
from markdown_of import arguments, fields, method, own_doc, paragraphs, signature, table, toml
from pydantic import BaseModel
from studio_page import studio_lines

from prodgen_sdk import hookspecs, interfaces, types
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.host import GROUP, Host
from prodgen_sdk.specs import SPECS, Metric, Needs, Spec
from prodgen_sdk.testing import contracts

REFERENCE = Path(__file__).parent / "reference"
INTERFACES: dict[str, type[ABC]] = {
    "text_encoder": interfaces.TextEncoder,
    "image_encoder": interfaces.ImageEncoder,
    "describer": interfaces.Describer,
    "generator": interfaces.Generator,
    "renderer": interfaces.Renderer,
    "compositor": interfaces.Compositor,
    "body_parser": interfaces.BodyParser,
    "index": interfaces.VectorIndex,
    "ranker": interfaces.Ranker,
    "policy": interfaces.VariantPolicy,
    "evaluator": interfaces.Evaluator,
    "safety_checker": interfaces.SafetyChecker,
    "finisher": interfaces.Finisher,
    "trainer": interfaces.Trainer,
    "benchmark": interfaces.Benchmark,
}

OPTIONS = {
    "train codec": "prodgen_mini.training.codec:CodecRecipe",
    "train vae": "prodgen_mini.training.vae:VaeRecipe",
    "train gan": "prodgen_mini.training.gan:GanRecipe",
    "train diffusion": "prodgen_mini.training.diffusion:DiffusionRecipe",
    "train reranker": "prodgen_mini.training.reranker:RerankerRecipe",
    "train lora-mini": "prodgen_mini.training.lora:LoraRecipe",
    "train lora": "prodgen_diffusers.training.options:LoraOptions",
    "train image-encoder": "prodgen_rank.encoders.training:Recipe",
    "train judge": "prodgen_quality.judge.training:Recipe",
    "eval assets": "prodgen_mini.evaluation.benchmark:Options",
    "eval encoders": "prodgen_rank.benchmarks.encoders:EncoderOptions",
    "eval generators": "prodgen_quality.generators.benchmark:Options",
    "bench batching": "prodgen_sdk.benchmarks.batching:BatchingOptions",
    "bench generate": "prodgen_render.benchmark:RenderOptions",
    "bench gpu": "prodgen_diffusers.benchmarks.options:GpuOptions",
    "bench host": "prodgen_sdk.benchmarks.host:OverheadOptions",
    "bench mini": "prodgen_mini.evaluation.speed:Options",
    "bench photo": "prodgen_render.photo.benchmark:PhotoOptions",
    "bench tryon": "prodgen_tryon.benchmark:TryOnOptions",
    "bench tryon-clip": "prodgen_tryon.clip.benchmark:ClipOptions",
    "bench tryon-gpu": "prodgen_tryon.diffusion.benchmark:GpuOptions",
}
"""The models that check what is given after `-o`, by command."""

CONTRACTS = {
    contract.kind: contract
    for contract in (getattr(contracts, name) for name in contracts.__all__)
    if hasattr(contract, "kind")
}


def hook_functions() -> dict[str, Callable[..., Any]]:
    """Every hook of the specification, in the order of the source."""
    return {name: value for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")}


def hooks_page() -> str:
    functions = hook_functions()
    registration = [name for name in functions if name.startswith("register_")]
    extension = [name for name in functions if name not in registration and name != "config_model"]
    groups = {"Configuration": ["config_model"], "Registration": registration, "Extension": extension}
    lines = ["# Hooks", "", *paragraphs(hookspecs), ""]
    lines += [
        "Import the marker with `from prodgen_sdk.hookspecs import hookimpl`. [Write a plugin](../howto/write-a-plugin.md) shows it all in use.",
        "",
    ]
    for title, names in groups.items():
        lines += [f"## {title}", ""]
        for name in names:
            lines += [
                f"### `{name}`",
                "",
                "```python",
                signature(functions[name]),
                "```",
                "",
                *paragraphs(functions[name]),
                "",
            ]
    lines += ["## What the callbacks take", ""]
    for protocol in (hookspecs.Register, hookspecs.RegisterCommand, hookspecs.RegisterModel):
        call = str(inspect.signature(protocol.__call__)).replace("'", "").replace("(self, ", "(")
        lines += [
            f"### `{protocol.__name__}`",
            "",
            "```python",
            f"register{call}",
            "```",
            "",
            *paragraphs(protocol),
            "",
        ]
    return _page(lines)


def interfaces_page() -> str:
    lines = ["# Interfaces", "", *paragraphs(interfaces), ""]
    lines += [
        "Each kind of component has a spec, stated without loading it, and an interface. Every spec has these fields:",
        "",
    ]
    lines += fields(Spec)
    lines += ["", "`needs` says what must be there before the component can run:", "", *fields(Needs), ""]
    lines += [*_context_section()]
    for kind, spec in SPECS.items():
        interface = INTERFACES[kind]
        lines += [
            f"## `{interface.__name__}`",
            "",
            f"Registered with `{spec.__name__}`; `prodgen plugins new NAME --kind {kind.replace('_', '-')}` writes a small one to begin with.",
            *own_doc(spec),
            *own_doc(interface),
            "",
            *_contract_lines(CONTRACTS[kind]),
            "",
        ]
        own = [name for name in spec.model_fields if name not in Spec.model_fields]
        if own:
            lines += [*fields(spec, own), ""]
        lines += ["```python", f"class {interface.__name__}:"]
        methods = {
            name: value
            for name, value in vars(interface).items()
            if inspect.isfunction(value) or isinstance(value, property)
        }
        for name in sorted(
            (name for name in methods if not name.startswith("_")),
            key=lambda name: name not in interface.__abstractmethods__,
        ):
            optional = ["    # optional"] if name not in interface.__abstractmethods__ else []
            lines += [*optional, *method(name, methods[name]), ""]
        lines[-1:] = ["```", ""]
    return _page(lines)


def _contract_lines(contract: type) -> list[str]:
    """What a contract tests, the attributes that a test class may set as a list, and the fixtures that it may override."""
    prose, listed = list[str](), list[str]()
    for paragraph in inspect.cleandoc(contract.__doc__ or "").split("\n\n"):
        attributes = paragraph.removeprefix("Attributes:\n")
        (prose if attributes == paragraph else listed).append(attributes)
    items = re.sub(r"^    (\w+):", r"- `\1`:", "\n".join(listed), flags=re.MULTILINE).splitlines()
    items = re.sub(r"\n +", " ", "\n".join(items)).splitlines()
    name = f"`{contract.__name__}` of `prodgen_sdk.testing.contracts` tests it."
    lines = [f"{name} {' '.join(' '.join(prose).split())}"]
    return [*lines, "", "Its test class may set:", "", *items] if items else lines


_WIRING = ("models_folder", "find", "known", "find_products")
"""What the host makes a context of; components call the methods."""


def _context_section() -> list[str]:
    lines = [
        "## `Context`",
        "",
        "`ctx` of every call, and of the factory; from `prodgen_sdk.context`.",
        *own_doc(Context),
        "",
    ]
    explained = arguments(Context)
    rows = [
        (f"`{field.name}`", f"`{field.type}`", explained.get(field.name, ""))
        for field in dataclasses.fields(Context)
        if field.name not in _WIRING
    ]
    lines += [*table(("field", "type", "meaning"), rows), "", "```python", "class Context:"]
    for name, member in vars(Context).items():
        if inspect.isfunction(member) and name not in Context.__annotations__ and not name.startswith("_"):
            lines += [*method(name, member), ""]
    lines[-1:] = ["```", ""]
    return lines


_LAZY = (types.FoundCandidate, types.LazyRanked)
"""Nobody but an index or a ranker makes them; to all others they are what they inherit from."""


def values_page() -> str:
    lines = ["# Values", "", *paragraphs(types), ""]
    lines += [
        "Each is made with keywords, checked, and cannot be changed; an unknown field is an error. `Image` is a numpy array height × width × 3 (or 4) of uint8, `Mask` one of bool,",
        "`Vector` one of float32 with one dimension. [Conventions](conventions.md) has units, views and seeds.",
        "",
    ]
    groups = {
        "prodgen_sdk.types": [getattr(types, name) for name in types.__all__],
        "prodgen_sdk.interfaces": list(vars(interfaces).values()),
        "prodgen_sdk.specs": [Metric],
    }
    for module, found in groups.items():
        lines += [f"## From `{module}`", ""]
        for value in found:
            if (
                isinstance(value, type)
                and issubclass(value, BaseModel)
                and value.__module__.startswith(module)
                and value.model_fields
                and value not in _LAZY
            ):
                lines += [f"### `{value.__name__}`", *own_doc(value), "", *fields(value), ""]
    return _page(lines)


def components_page() -> str:
    host = Host.discover()
    failed = [
        record for record in host.plugins if record.status != "loaded" and record.distribution.startswith("prodgen-")
    ]
    if failed:
        raise SystemExit(f"Not all plugins load, so their components cannot be listed: {failed}")
    lines = [
        "# Components",
        "",
        "What the core and the built-in plugins register. `prodgen plugins show ID` prints the whole spec of one.",
        "",
    ]
    for kind in SPECS:
        entries = [host.registry.get(kind, id) for id in host.registry.ids(kind)]
        entries = [entry for entry in entries if entry.distribution in built_ins()]
        if entries:
            lines += [f"## {kind.replace('_', ' ').capitalize()}", ""]
            lines += table(
                ("id", "what it is", "needs", "from"),
                [(f"`{e.spec.id}`", e.spec.summary, _needs(e.spec), e.distribution) for e in entries],
            )
            lines.append("")
    models = [model for model in host.models.values() if f"prodgen-{model.plugin}" in built_ins()]
    lines += ["## Models to pull", "", *table(("name", "what it is"), [(f"`{m.name}`", m.summary) for m in models])]
    return _page(lines)


def configuration_page() -> str:
    lines = [
        "# Configuration",
        "",
        "`prodgen.toml` in the workspace. Every key has a default; an unknown key is an error that names it.",
        "",
    ]
    lines += ['A value may be read from the environment: `database = { env = "NAME" }`.']
    lines += ["Relative paths are relative to the folder of the file.", ""]
    told: dict[str, type[BaseModel]] = {}
    for name, field in Config.model_fields.items():
        model = _model_in(field.annotation)
        assert model is not None
        lines += _section(name, model, "##", told)
    return _page([*lines, *_plugin_sections(told)])


def _plugin_sections(told: dict[str, type[BaseModel]]) -> list[str]:
    lines: list[str] = []
    for point in sorted(entry_points(group=GROUP)):
        model = getattr(point.load(), "config_model", lambda: None)()
        if model is not None and point.dist is not None and point.dist.name in built_ins():
            lines += _section(f"plugins.{point.name}", model, "###", told)
    return lines


_ALIKE = 10
"""How many rows two tables must share for the second to leave them out."""


def _section(name: str, model: type[BaseModel], level: str, told: dict[str, type[BaseModel]]) -> list[str]:
    """The table of a model, less what the table of an earlier section says, then one of each model within it."""
    heading = f"{level} `[{name}]`"
    for first, earlier in told.items():
        if earlier is model:
            return [heading, "", f"The keys of {_link(first)}.", ""]
    head, rows = _table(model)
    shared = {first: [row for row in rows if row in _table(earlier)[1]] for first, earlier in told.items()}
    nearest = max(shared, key=lambda first: len(shared[first]), default="")
    lines = [heading, *own_doc(model), ""]
    if nearest and len(shared[nearest]) >= _ALIKE and _plain(told[nearest]) <= _plain(model):
        lines += [f"The keys of {_link(nearest)}, and:", ""]
        rows = [row for row in rows if row not in shared[nearest]]
    told[name] = model
    lines += [*head, *rows, ""] if rows else []
    for key, field in model.model_fields.items():
        if inner := _model_in(field.annotation):
            lines += _section(f"{name}.{key}", inner, level, told)
    return lines


def _plain(model: type[BaseModel]) -> set[str]:
    """The fields that are no sections of their own."""
    return {key for key, field in model.model_fields.items() if not _model_in(field.annotation)}


def _table(model: type[BaseModel]) -> tuple[list[str], list[str]]:
    """The head and the rows of a model's table; none if all its fields are sections."""
    plain = [key for key in model.model_fields if key in _plain(model)]
    lines = fields(model, plain, toml) if plain else []
    return lines[:2], lines[2:]


def _link(section: str) -> str:
    return f"[`[{section}]`](#{section.replace('.', '')})"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    found = [
        kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and issubclass(kind, BaseModel)
    ]
    return found[0] if found else None


def options_page() -> str:
    lines = [
        "# Options of training and evaluation",
        "",
        "What the built-in trainers, evaluations and benchmarks take as `-o KEY=VALUE`, or `prodgen train` from the file of `--config`. An unknown key is an error that names the known ones.",
        "",
    ]
    for command, where in OPTIONS.items():
        module, _, name = where.partition(":")
        model = getattr(importlib.import_module(module), name)
        lines += [f"## `prodgen {command}`", "", *fields(model, show=toml), ""]
    return _page(lines)


def cli_page() -> str:
    from prodgen_sdk.cli import app

    root = typer.main.get_command(app)
    lines = [
        "# Command line",
        "",
        "`prodgen --help`, and `--help` after any command, print the same. [Errors and exit codes](errors.md) lists what a command",
        "can end with. Before any command:",
        "",
        *_options(root),
        "",
    ]
    for path, command in _commands(root, ()):
        level = "##" if len(path) == 1 else "###"
        lines += [f"{level} `prodgen {' '.join(path)}`", "", _escape(inspect.cleandoc(command.help or "")), ""]
        if not hasattr(command, "commands"):
            words = [_placeholder(p) for p in command.params if p.param_type_name == "argument"]
            lines += ["```text", " ".join(["prodgen", *path, "[OPTIONS]", *words]), "```", "", *_options(command), ""]
    return _page(lines)


def _commands(group: Any, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], Any]]:
    for name in sorted(group.commands):
        command = group.commands[name]
        if not command.hidden:
            yield (*path, name), command
            if hasattr(command, "commands"):
                yield from _commands(command, (*path, name))


def _options(command: Any) -> list[str]:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name not in ("help", "json_")]
    return table(("option", "meaning", "default"), [_option(parameter) for parameter in shown]) if shown else []


def _option(parameter: Any) -> tuple[str, str, str]:
    meaning = _escape(getattr(parameter, "help", "") or "")
    if parameter.param_type_name == "argument":
        return (f"`{_placeholder(parameter)}`", meaning, "required" if parameter.required else "")
    default = parameter.default
    silent = not default or callable(default)
    shown = "" if silent else f"`{getattr(default, 'value', default)}`"
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    value = f" `{parameter.metavar}`" if parameter.metavar else ""
    return (names + value, meaning, "required" if parameter.required else shown)


def _placeholder(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    return (name if parameter.required else f"[{name}]") + ("..." if parameter.nargs != 1 else "")


def _escape(text: str) -> str:
    return text.replace("<", "&lt;")


def _needs(spec: Spec) -> str:
    parts = [*spec.needs.modules, *(f"model `{name}`" for name in spec.needs.models)]
    return ", ".join(parts + (["CUDA"] if spec.needs.device == "cuda" else [])) or "nothing more"


def built_ins() -> set[str]:
    """The distributions of this repository."""
    return {"prodgen-sdk"} | {path.name for path in (Path(__file__).parents[1] / "plugins").glob("prodgen-*")}


def _page(lines: Iterable[str]) -> str:
    note = "<!-- Written by docs/generate.py from the code. Do not edit. -->"
    text = "\n".join([note, "", *(line.rstrip() for line in lines)])
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "studio.md": lambda: _page(studio_lines()),
    "hooks.md": hooks_page,
    "interfaces.md": interfaces_page,
    "values.md": values_page,
    "components.md": components_page,
    "configuration.md": configuration_page,
    "cli.md": cli_page,
}
if find_spec("torch"):  # the trainers' modules need it
    PAGES["options.md"] = options_page


def outdated() -> list[str]:
    """The names of the pages that differ from what the code says."""
    return [
        name
        for name, write in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != write()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    if parser.parse_args().check:
        stale = outdated()
        for name in stale:
            print(f"docs/reference/{name} is out of date. Run: python docs/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for name, write in PAGES.items():
        (REFERENCE / name).write_text(write(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
