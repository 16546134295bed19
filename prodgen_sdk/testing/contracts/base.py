"""What every contract shares: how the component under test is found, and what any component must keep."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import numpy as np
import pytest

from prodgen_sdk.config import Config, PluginsConfig, RuntimeConfig, validate
from prodgen_sdk.context import Context
from prodgen_sdk.host import Host, load_dotted
from prodgen_sdk.registry import PROVIDERS, Entry
from prodgen_sdk.specs import API_VERSION, SPECS, Kind, Spec
from prodgen_sdk.testing.contracts.recommendation import sample_catalogue

HEAVY = (
    "numpy", "PIL", "torch", "torchvision", "transformers", "diffusers", "faiss", "cv2", "scipy", "skimage", "trimesh", "jieba",
    "pandas", "pyarrow", "sklearn", "onnxruntime", "tensorflow", "jax",
)  # fmt: skip
"""What a plugin may not import at discovery: each costs every command of every user its loading time."""

_NAME = "contract"
_ALONE = (
    "A contract class registers its own plugin alone. Name in `companions` the plugins whose components it looks up: "
    "FakePlugin() of prodgen_sdk.testing.fakes has one of every kind."
)
A = TypeVar("A")


class ComponentContract:
    """The base of all contracts. Name the plugin and the id; everything else has a default.

    ```
    class TestSwatch(GeneratorContract):
        plugin = prodgen_acme.plugin
        id = "acme/swatch"
    ```

    Attributes:
        plugin: the module (or object) with the hook implementations.
        id: which of its components is under test.
        config: the plugin's section `[plugins.<name>]`.
        companions: other plugins whose components it looks up, such as `(FakePlugin(),)` of `prodgen_sdk.testing.fakes`.
        device: where the tests run.

    Override the fixture `component` (with any scope) if it is slow to build, and `ctx` if the host's will not do.
    """

    kind: ClassVar[Kind]
    plugin: ClassVar[Any]
    id: ClassVar[str]
    config: ClassVar[Mapping[str, Any]] = {}
    companions: ClassVar[tuple[Any, ...]] = ()
    device: ClassVar[str] = "cpu"

    @pytest.fixture
    def section(self) -> Mapping[str, Any]:
        """The plugin's section; override it where the section names files that another fixture makes."""
        return self.config

    @pytest.fixture
    def host(self, section: Mapping[str, Any], tmp_path: Path) -> Host:
        """A strict host with the plugin and its companions, and a catalogue; a refused registration raises here."""
        sections = PluginsConfig.model_validate({_NAME: dict(section)})
        config = Config(plugins=sections, runtime=RuntimeConfig(device=self.device))
        host = Host(config, strict=True, state=tmp_path / "state")
        with said_once(type(self)):
            for companion in self.companions:
                host.register(companion, getattr(companion, "__name__", type(companion).__name__))
            host.register(self.plugin, _NAME)
        host.products = sample_catalogue
        host.registry.left_out = {provider.partition("[")[0]: _ALONE for provider in PROVIDERS.values()}
        return host

    @pytest.fixture
    def entry(self, host: Host) -> Entry:
        """What the plugin registered under the id."""
        ids = host.registry.ids(self.kind)
        with said_once(type(self)):
            assert self.id in ids, (
                f"The plugin registers no {self.kind} {self.id!r}, only {ids}. Check `id` and the register_ hook."
            )
        return host.registry.get(self.kind, self.id)

    @pytest.fixture
    def ctx(self, host: Host, entry: Entry) -> Context:
        """What the component is built and called with: an empty state folder, lookups and models through the host."""
        context = host.context(entry)
        assert context.state is not None
        context.state.mkdir(parents=True, exist_ok=True)
        return context

    @pytest.fixture
    def spec(self, entry: Entry) -> Any:
        """The registered spec."""
        return entry.spec

    @pytest.fixture
    def make_component(self, host: Host, entry: Entry, section: Mapping[str, Any], ctx: Context) -> Callable[[], Any]:
        """Builds another instance over the same context, as a second process would; skips what cannot run on this machine."""
        if lacks := host.missing(entry.spec):
            pytest.skip(f"it cannot be built here: {lacks}")
        factory = load_dotted(entry.factory) if isinstance(entry.factory, str) else entry.factory
        find_model = getattr(self.plugin, "config_model", None)
        model = find_model() if find_model is not None else None
        config = validate(model, section, where="config of the contract class") if model is not None else None
        return lambda: factory(config, ctx)

    @pytest.fixture
    def component(self, make_component: Callable[[], Any], request: pytest.FixtureRequest) -> Any:
        """The component under test."""
        with said_once(type(self)):
            component = make_component()
        # One test says that it is none of its kind; the others would say so in stranger words.
        if request.node.originalname != "test_implements_the_interface" and (wrong := self._unlike_its_kind(component)):
            pytest.skip(f"as test_implements_the_interface says: {wrong}")
        return component

    def _unlike_its_kind(self, component: Any) -> str:
        """Why the host would not take it, in a sentence; empty if it would."""
        from prodgen_sdk import interfaces

        name = INTERFACES[self.kind]
        interface = getattr(interfaces, name)
        if not isinstance(component, interface):
            return f"{type(component).__name__} is no {name}, and the host takes nothing else. Derive it from prodgen_sdk.interfaces.{name}."
        asynchronous = [m for m in interface.__abstractmethods__ if inspect.iscoroutinefunction(getattr(component, m))]
        return (
            f"{asynchronous} are async. Components are synchronous; the host does the waiting." if asynchronous else ""
        )

    def test_spec_is_well_formed(self, spec: Spec) -> None:
        wanted = SPECS[self.kind]
        assert isinstance(spec, wanted), (
            f"Register a {self.kind} with a {wanted.__name__}, not a {type(spec).__name__}."
        )
        assert spec.api_version == API_VERSION, (
            f"The spec says api_version={spec.api_version}; this SDK has {API_VERSION}. Leave the field out to follow the installed SDK."
        )
        again = wanted.model_validate_json(spec.model_dump_json())
        assert again == spec, "The spec does not survive JSON. Use only the declared fields with plain values."
        assert "\n" not in spec.summary, "The summary is one line: it is shown in a table."
        assert spec.licence, "State the licence of the code as an SPDX identifier; people must be able to choose by it."

    def test_needs_can_be_met(self, spec: Spec) -> None:
        for module in spec.needs.modules:
            assert all(part.isidentifier() for part in module.split(".")), (
                f"needs.modules lists import names; {module!r} looks like a distribution (write cv2, not opencv-python)."
            )
        assert not spec.needs.modules or spec.needs.install, (
            "needs.modules is not empty, so needs.install must be the command that adds them (pip install ...)."
        )

    def test_implements_the_interface(self, component: Any) -> None:
        wrong = self._unlike_its_kind(component)
        assert not wrong, wrong

    def test_discovery_loads_nothing_heavy(self) -> None:
        module = self.plugin.__name__ if isinstance(self.plugin, ModuleType) else type(self.plugin).__module__
        if getattr(sys.modules.get(module), "__file__", None) is None:
            pytest.skip("the plugin is not importable by name")
        loaded, failed = _heavy_imports(module, tuple(entry for entry in sys.path if entry))
        assert not failed, f"import {module} fails in a fresh interpreter:\n{failed}"
        assert loaded == "[]", (
            f"Importing {module} loads {loaded}. Register a dotted path 'package.module:Class' and import heavy packages there."
        )


@contextmanager
def said_once(contract: type) -> Iterator[None]:
    """What keeps every test of a contract from running fails the first of them; the others are skipped with its words."""
    failure = None
    try:
        yield
    except Exception as error:
        if (contract, str(error)) not in _SAID:
            _SAID.add((contract, str(error)))
            raise
        failure = error
    if failure is not None:
        pytest.skip(f"as the first test says: {failure}")


_SAID: set[tuple[type, str]] = set()


@cache
def _heavy_imports(module: str, path: tuple[str, ...]) -> tuple[str, str]:
    """What of `HEAVY` importing a module loads in a fresh interpreter, as a list; or how that fails. Once a plugin."""
    code = f"import sys; sys.path[:] = {path!r}; import {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)  # noqa: S603 - our own interpreter and text
    return done.stdout.strip(), done.stderr if done.returncode else ""


INTERFACES: dict[Kind, str] = {
    "describer": "Describer",
    "text_encoder": "TextEncoder",
    "image_encoder": "ImageEncoder",
    "generator": "Generator",
    "renderer": "Renderer",
    "compositor": "Compositor",
    "body_parser": "BodyParser",
    "index": "VectorIndex",
    "ranker": "Ranker",
    "policy": "VariantPolicy",
    "evaluator": "Evaluator",
    "safety_checker": "SafetyChecker",
    "finisher": "Finisher",
    "trainer": "Trainer",
    "benchmark": "Benchmark",
}


def needs_determinism(spec: Spec) -> None:
    """Skips a test of repeatability for a component whose spec does not promise it."""
    if not spec.deterministic:
        pytest.skip("the spec says deterministic=False")


def one_by_one_and_at_once(call: Callable[[int], A]) -> tuple[list[A], list[A]]:
    """What `call(0)`, `call(1)`, ... give one after another, and what they give from as many threads, as a service's requests come."""
    numbers = range(4)
    alone = [call(number) for number in numbers]
    with ThreadPoolExecutor(len(numbers)) as pool:
        return alone, list(pool.map(call, numbers))


def assert_count(results: Any, inputs: Any, what: str) -> None:
    """One result an input."""
    assert len(results) == len(inputs), (
        f"{len(inputs)} inputs gave {len(results)} results. Return one {what} an input, in their order."
    )


def assert_all(results: Iterable[Any], wanted: type, what: str) -> None:
    """Results are of the type that callers rely on."""
    for result in results:
        assert isinstance(result, wanted), (
            f"{what} returned a {type(result).__name__}. It returns prodgen_sdk.types.{wanted.__name__} objects."
        )


def assert_image(image: Any, *, where: str) -> None:
    """HWC uint8 with 3 or 4 channels."""
    from prodgen_sdk import images
    from prodgen_sdk.errors import InvalidImage

    try:
        images.check(image)
    except InvalidImage as error:
        raise AssertionError(f"{where}: {error}") from None


def assert_same_pixels(first: Any, second: Any, *, tolerance: int, why: str) -> None:
    """Two images agree in shape, and in every value within `tolerance` of 255."""
    assert first.shape == second.shape, f"{why} The shapes are {first.shape} and {second.shape}."
    worst = int(np.abs(first.astype(np.int16) - second.astype(np.int16)).max(initial=0))
    assert worst <= tolerance, f"{why} The largest difference is {worst} of 255; {tolerance} is allowed."


def assert_json(value: Any, *, where: str) -> None:
    """Plain JSON, without NaN or infinity."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"{where} must be plain finite JSON: {error}. Convert numpy values with .item() or .tolist()."
        ) from None


class Frozen:
    """Remembers arrays, and says afterwards whether any of them was changed."""

    def __init__(self, **arrays: Any) -> None:
        self._arrays = {name: (array, array.copy()) for name, array in arrays.items() if array is not None}

    def assert_unchanged(self) -> None:
        for name, (array, before) in self._arrays.items():
            assert np.array_equal(array, before), (
                f"The component changed its input {name} in place. Copy it before writing."
            )

    def assert_not_shared(self, result: Any) -> None:
        for name, (array, _) in self._arrays.items():
            assert not np.shares_memory(array, result), f"The result is a view of the input {name}. Return a copy."
