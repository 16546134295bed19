"""The files of a new plugin of any kind: the fake of that kind, under the plugin's own name, with its contract.

So there is one small working component of each kind: it serves the tests as a fake, and authors as a beginning.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from prodgen_sdk import __version__
from prodgen_sdk.errors import InputError
from prodgen_sdk.host import load_dotted
from prodgen_sdk.registry import kept_for
from prodgen_sdk.specs import Kind, Spec, registration_hook
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.testing.starter.excerpt import excerpt
from prodgen_sdk.types import Model

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN = {"sdk": "prodgen-sdk", "order": "the key `order` of [plugins]", "disabled": "the key `disabled` of [plugins]"}
_COMMANDS: dict[Kind, str] = {
    "generator": """\
echo '{"sku": "mug-1", "title": "蓝色陶瓷马克杯", "category": "home/mug", "locale": "zh"}' > mug.json
prodgen generate mug.json --generator $id --views front,left --size 256 --out images""",
    "compositor": "prodgen tryon --person person.jpg --garment shirt.jpg --compositor $id --out dressed.png",
    "evaluator": "prodgen eval images IMAGE.png",
    "trainer": """\
mkdir data
echo '[1, 2, 3]' > data/numbers.json
prodgen train $word --data data --out run""",
    "benchmark": "prodgen bench $word",
}
"""How a component is used from the command line; all others, in a workspace."""
_TRAINED = " If yours is a trained model, leave out `digital_source=` there, so that its images are labelled as such."


def plugin_files(name: str, kind: Kind) -> dict[str, str]:
    """What a new distribution `prodgen-<name>` consists of, by path.

    Args:
        name: of the plugin; its ids begin with it.
        kind: of its one component.

    Raises:
        InputError: not a name that a plugin can have.

    >>> sorted(plugin_files("acme", "ranker"))
    ['README.md', 'prodgen_acme/__init__.py', 'prodgen_acme/plugin.py', 'prodgen_acme/py.typed', 'prodgen_acme/ranker.py', 'pyproject.toml', 'tests/test_contract.py']
    """
    _check(name)
    registry = fake_host().registry
    entry = registry.get(kind, registry.ids(kind)[0])
    component = load_dotted(str(entry.factory))
    spec = _own(entry.spec, name)
    fields = f",\n{' ' * 12}".join(_fields(spec))
    package, what = f"prodgen_{name.replace('-', '_')}", kind.replace("_", " ")
    code = excerpt(inspect.getsource(sys.modules[component.__module__]), component.__name__)
    values = {
        "name": name,
        "package": package,
        "kind": kind,
        "what": what,
        "id": spec.id,
        "summary": spec.summary,
        "spec": type(spec).__name__,
        "fields": fields,
        "specs": type(spec).__name__ + ", Metric" * ("Metric(" in fields),
        "hook": registration_hook(kind),
        "component": component.__name__,
        "contract": f"{component.__base__.__name__}Contract",
        "dependencies": ", ".join(map(json.dumps, [_sdk(), *(["numpy>=2.0"] if "numpy" in code else [])])),
        "use": _use(kind, spec),
        "source": _TRAINED if "digital_source=" in fields else "",
    }
    test = f"test_{kind}" if files(__name__).joinpath(f"template/test_{kind}.py.txt").is_file() else "test_contract"
    return {
        "pyproject.toml": _filled("pyproject.toml", values),
        "README.md": _filled("README.md", values),
        f"{package}/__init__.py": f'"""A plugin for prodgen-sdk: {spec.summary}"""\n',
        f"{package}/plugin.py": _filled("plugin.py", values),
        f"{package}/{kind}.py": f'"""The {what} `{spec.id}`."""\n\n{code}',
        f"{package}/py.typed": "",
        "tests/test_contract.py": _filled(f"{test}.py", values),
    }


def write_plugin(name: str, kind: Kind, folder: Path) -> list[Path]:
    """Writes `plugin_files` into a folder, which may be there only if it is empty; returns their paths.

    Raises:
        InputError: not a name that a plugin can have, or something is in the folder.
    """
    contents = plugin_files(name, kind)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(
            f"{folder} is there already, and nothing in it is overwritten.", hint="Name another folder: --out DIR."
        )
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return [folder / path for path in contents]


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of a plugin.",
            hint="Write lower-case letters and digits, with hyphens between words: my-shop.",
        )
    if keeper := _TAKEN.get(name) or kept_for(f"{name}/"):
        raise InputError(f"The name {name} is kept for {keeper}.", hint="Take another, such as that of your company.")


def _own(spec: Spec, name: str) -> Spec:
    """The spec of a fake under another plugin's name."""
    given = {field: getattr(spec, field) for field in spec.model_fields_set}
    words = {field: word for field, word in given.items() if isinstance(word, str) and word.startswith("fake")}
    return spec.model_copy(update={field: word.replace("fake", name, 1) for field, word in words.items()})


def _use(kind: Kind, spec: Spec) -> str:
    """How the component is used once it is installed, as Markdown."""
    if kind in _COMMANDS:
        word = getattr(spec, "trains", "") or getattr(spec, "measures", "")
        return f"```sh\n{Template(_COMMANDS[kind]).substitute(id=spec.id, word=word)}\n```"
    if kind == "safety_checker":
        return "Every workspace screens with all checkers that are installed."
    return f'A workspace uses it if its `prodgen.toml` says so:\n\n```toml\n[defaults]\n{kind} = "{spec.id}"\n```'


def _sdk() -> str:
    """The requirement of a plugin written for this version."""
    major, minor, *_ = __version__.split(".")
    return f"prodgen-sdk>={major}.{minor},<{int(major) + 1}"


def _filled(template: str, values: Mapping[str, str]) -> str:
    return Template(files(__name__).joinpath(f"template/{template}.txt").read_text("utf-8")).substitute(values)


def _literal(value: object) -> str:
    """Python source of a value of a spec."""
    if isinstance(value, Model):
        return f"{type(value).__name__}({', '.join(_fields(value))})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _fields(model: Model) -> list[str]:
    """What was given when the model was made, as arguments."""
    given = (field for field in type(model).model_fields if field in model.model_fields_set)
    return [f"{field}={_literal(getattr(model, field))}" for field in given]
