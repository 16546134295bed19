"""`prodgen.toml`: what a workspace is configured with, validated and with errors that name the key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from prodgen_sdk import faults
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.paths import ConfigPath
from prodgen_sdk.types import EventType, Model
from prodgen_sdk.types.product import CURRENCY
from prodgen_sdk.types.rules import Rules

FILE_NAME = "prodgen.toml"
EVENT_WEIGHTS: dict[EventType, float] = {
    "impression": 0.0,
    "click": 0.5,
    "view": 1.0,
    "add_to_cart": 3.0,
    "purchase": 5.0,
    "search": 1.0,
    "hide": -4.0,
}
REWARDS: Mapping[EventType, float] = {"click": 1.0, "add_to_cart": 1.0, "purchase": 1.0}
"""What an answer to an impression is worth to a variant policy."""
_M = TypeVar("_M", bound=BaseModel)


class StoreConfig(Model):
    """Where state is kept.

    Args:
        database: an SQLAlchemy URL, `sqlite:///FILE` or `postgresql://...`.
        assets: a folder, or the URL of an fsspec file system, such as `s3://bucket/prefix`.
    """

    database: Annotated[str, Field(repr=False)] = "sqlite:///prodgen.db"
    assets: Annotated[str, Field(repr=False)] = "assets"


def _device(name: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", name):
        raise ValueError(f"must be auto, cpu, mps, cuda or cuda:1 and the like, not {name!r}")
    return name


Device = Annotated[str, AfterValidator(_device)]


class RuntimeConfig(Model):
    """Where and in which precision models run.

    Args:
        device: `auto`, `cpu`, `mps`, `cuda` or `cuda:N`.
        devices: one worker of each torch generator per device, such as `["cuda:0", "cuda:1"]`; empty for `device` alone.
        dtype: `auto` takes bfloat16 only on hardware that has it.
    """

    device: Device = "auto"
    devices: tuple[Device, ...] = ()
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"


class ModelsConfig(Model):
    """Where model files are found.

    Args:
        folder: searched before the user's cache.
    """

    folder: ConfigPath | None = None


class ReviewConfig(Model):
    """Who approves images.

    Args:
        auto_approve: images that pass screening are approved automatically; false makes every image wait for a person.
    """

    auto_approve: bool = True


class ScreeningConfig(Model):
    """What must be checked.

    Args:
        required: what at least one checker must have checked before anything passes.
    """

    required: tuple[Literal["text", "image"], ...] = ("text",)


class DefaultsConfig(Model):
    """The component of each kind that is used if none is named.

    Args:
        mesh_generator: for products with a mesh.
        evaluators, safety_checkers: None for all that can run here; an empty list for none.
    """

    describer: str = "text/describe"
    text_encoder: str = "text/hash"
    image_encoder: str = "image/descriptor"
    generator: str = "render/parametric"
    mesh_generator: str = "render/mesh"
    renderer: str = "render/asset"
    compositor: str = "tryon/warp"
    body_parser: str = "body/litert"
    index: str = "index/faiss"
    ranker: str = "rank/hybrid"
    policy: str = "policy/lints"
    finisher: str = "finish/basic"
    evaluators: tuple[str, ...] | None = None
    safety_checkers: tuple[str, ...] | None = None


_Minutes = Annotated[float, Field(gt=0, le=366 * 24 * 60)]


class RecommendConfig(Model):
    """How users, candidates and answers are treated.

    Args:
        half_life_days: after this many days an event counts half.
        weights: pull of each type of event; `hide` pushes away.
        candidates: how many products are retrieved for the ranker.
        history: how many of a user's last events are read.
        attribution_minutes: how long after an impression an answer still belongs to it.
        text_share: 0 to 1, the share of the text in a variant's vector; the rest is the image's.
        session_minutes: a session ends after this long without an event.
        session_share: 0 to 1, the pull of the current session on the user's vector when it is long; see `build_profile`.
        rules: the shop's business rules, `[[recommend.rules.cap]]` and the like.
        budget_ms: how long an answer may take, unless the request sets its own budget; None for no limit.
        fallback: if a plugin or the index fails, or the budget is spent, popular products are shown, first of the user's
            category, and impressions that cannot be logged in time are logged later; false raises the error instead.
        turn_ms: on SQLite, requests of several threads take turns, which is faster than side by side; after this time the next
            one starts beside a slow one. 0 runs all side by side, for plugins that wait for the network.
        log: `sync` logs impressions before the answer is given, `background` right after it; a killed process then loses those
            of its last milliseconds.
        log_queue: how many impressions may wait to be logged in the background; requests beyond that wait.
        traces: how many traces of the last requests are kept.
    """

    half_life_days: Annotated[float, Field(gt=0)] = 14.0
    weights: dict[EventType, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        default_factory=lambda: dict(EVENT_WEIGHTS)
    )
    candidates: Annotated[int, Field(ge=1, le=5000)] = 50
    history: Annotated[int, Field(ge=1, le=10_000)] = 200
    attribution_minutes: _Minutes = 30.0
    text_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    session_minutes: _Minutes = 30.0
    session_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    rules: Rules = Rules()
    budget_ms: Annotated[float, Field(gt=0, le=3_600_000)] | None = None
    fallback: bool = True
    turn_ms: Annotated[float, Field(ge=0, le=1000)] = 10.0
    log: Literal["sync", "background"] = "sync"
    log_queue: Annotated[int, Field(ge=1000)] = 10_000
    traces: Annotated[int, Field(ge=0)] = 100


class SchedulerConfig(Model):
    """How requests are batched.

    Args:
        max_batch: how many requests are made together.
        max_wait_ms: how long the first request of a batch waits for others.
        max_queue: how many requests may wait in the queue; what generates images waits for a place, until it is cancelled or out of time.
    """

    max_batch: Annotated[int, Field(ge=1)] = 8
    max_wait_ms: Annotated[float, Field(ge=0, le=3_600_000)] = 2.0
    max_queue: Annotated[int, Field(ge=1)] = 1024


class CostsConfig(Model):
    """What images cost, for estimates.

    Args:
        per_picture: the price of one, by generator.
        per_hour: the price of an hour of the machine, for generators without a price per image.
        limit: `prodgen generate` refuses to start work that would cost more.
    """

    currency: Annotated[str, CURRENCY] = "USD"
    per_picture: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    per_hour: Annotated[float, Field(ge=0)] | None = None
    limit: Annotated[float, Field(ge=0)] | None = None


class PluginsConfig(BaseModel):
    """Which plugins are used. Any other key is the section of the plugin of that name.

    Args:
        order: plugins that come after all others, in this order.
        disabled: entry points or distributions that are not loaded.
    """

    model_config = {"frozen": True, "extra": "allow"}

    order: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()

    def section(self, name: str) -> Mapping[str, Any]:
        """The table `[plugins.<name>]`, empty where there is none."""
        section = (self.model_extra or {}).get(name, {})
        if not isinstance(section, Mapping):
            raise ConfigError(
                f"[plugins] {name} must be a table, not {type(section).__name__}.", hint=f"Write [plugins.{name}]."
            )
        return section


class Config(Model):
    """The whole configuration; every field has a default that works offline on a CPU.

    >>> Config(recommend={"budget_ms": 50}, plugins={"render": {"samples": 2}}).recommend.budget_ms
    50.0
    """

    store: StoreConfig = StoreConfig()
    runtime: RuntimeConfig = RuntimeConfig()
    models: ModelsConfig = ModelsConfig()
    review: ReviewConfig = ReviewConfig()
    screening: ScreeningConfig = ScreeningConfig()
    defaults: DefaultsConfig = DefaultsConfig()
    recommend: RecommendConfig = RecommendConfig()
    scheduler: SchedulerConfig = SchedulerConfig()
    costs: CostsConfig = CostsConfig()
    plugins: PluginsConfig = PluginsConfig()


def load_config(path: Path) -> Config:
    """Reads and validates a `prodgen.toml`.

    Raises:
        ConfigError: not readable, not TOML, or a key that does not fit; the message names file and key.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        # What most often goes wrong: a listing is pasted into a file that has its section already.
        hint, twice = "", re.search(r"Cannot declare \('(.+)',?\) twice", str(error))
        if twice:
            section = twice[1].replace("', '", ".")
            hint = f"[{section}] stands there already: write your keys below that line, and leave out the second."
        raise ConfigError(f"{path} is not TOML: {error}.", hint=hint) from None
    own = {name: table for name, table in raw.items() if name != "plugins"}
    config = validate(Config, own, where=str(path), folder=path.absolute().parent)
    # A plugin's secrets are resolved where its section is read, so that one that is not set fails that plugin alone.
    return config.model_copy(update={"plugins": _plugins(raw.get("plugins", {}), where=str(path))})


def _plugins(raw: Any, *, where: str) -> PluginsConfig:
    if not isinstance(raw, Mapping):
        raise ConfigError(f"{where}: plugins must be a table.", hint="Write [plugins].")
    try:
        return PluginsConfig.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{where}: plugins.{faults.sentence(error.errors(include_url=False)[0])}.") from None


def validate(model: type[_M], raw: Mapping[str, Any], *, where: str, folder: Path | None = None) -> _M:
    """Validates a table after filling in its secrets; the first problem (an unknown key, if there is one) becomes a ConfigError of one sentence.

    Args:
        folder: what its paths are relative to (see `paths`); None leaves them as they are.

    >>> validate(ReviewConfig, {"auto_approve": False}, where="prodgen.toml").auto_approve
    False
    """
    try:
        return model.model_validate(resolve_secrets(raw, where=where), context={"folder": folder})
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A key that is missing is often there, misspelt: then the unknown one has the better advice.
        first = next((fault for fault in found if fault["type"] == "extra_forbidden"), found[0])
        raise ConfigError(f"{where}: {faults.sentence(first)}.", hint=faults.advice(first, model)) from None


class Options(BaseModel):
    """What a benchmark or an evaluation can be told by `-o KEY=VALUE`; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def separated(given: Any) -> Any:
    """Several values as `-o` gives them: text is parted at commas, and a single value is a list of one.

    >>> separated("a, b"), separated(3), separated((1, 2))
    (['a', 'b'], [3], (1, 2))
    """
    if isinstance(given, str):
        return [word.strip() for word in given.split(",") if word.strip()]
    return given if isinstance(given, list | tuple) else [given]


def resolve_secrets(value: Any, *, where: str) -> Any:
    """Replaces every table `{env = "NAME"}` by the value of that environment variable.

    >>> resolve_secrets({"folder": {"env": "PATH"}}, where="prodgen.toml") == {"folder": os.environ["PATH"]}
    True
    """
    if isinstance(value, Mapping):
        if set(value) == {"env"} and isinstance(value["env"], str):
            if value["env"] not in os.environ:
                raise ConfigError(
                    f"{where}: the environment variable {value['env']} is not set.",
                    hint=f"Set it: export {value['env']}=...",
                )
            return os.environ[value["env"]]
        return {key: resolve_secrets(item, where=where) for key, item in value.items()}
    return [resolve_secrets(item, where=where) for item in value] if isinstance(value, list) else value


def number_or_text(text: str) -> int | float | str:
    """A value as it was typed, as the number that it is, if it is one.

    >>> [number_or_text(text) for text in ("3", "1e-4", "fast")]
    [3, 0.0001, 'fast']
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
