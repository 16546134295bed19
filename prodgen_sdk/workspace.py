"""A workspace: a folder with a `prodgen.toml`, a database, assets and an index."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from prodgen_sdk.config import FILE_NAME, Config, load_config
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import is_file, is_folder, write_atomically

VARIABLE = "PRODGEN_WORKSPACE"
_TEMPLATE = """\
# prodgen workspace. Every key has a default; see the configuration reference.

[store]
database = "sqlite:///prodgen.db"
assets = "assets"

[review]
auto_approve = true      # false: every image waits for a person

[runtime]
device = "auto"          # cpu, cuda, cuda:1, mps
dtype = "auto"
"""


@dataclass(frozen=True)
class Workspace:
    """Where the parts of a workspace lie."""

    folder: Path
    config: Config

    @property
    def database(self) -> str | Path:
        """The configured URL; of a relative SQLite URL the path below the workspace."""
        url = self.config.store.database
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(f"{prefix}/"):
            return self.folder / url.removeprefix(prefix)
        return url

    @property
    def assets_url(self) -> str:
        """The configured URL, or the absolute path of the assets folder."""
        assets = self.config.store.assets
        return assets if "://" in assets else str(self.folder / assets)

    @property
    def state(self) -> Path:
        """Where components keep their durable state."""
        return self.folder / "state"


def init_workspace(folder: Path) -> Workspace:
    """Makes a workspace in a folder; one that is there already is opened unchanged.

    Raises:
        ConfigError: the path is a file, or a `prodgen.toml` is there and not valid.
    """
    if os.path.lexists(folder) and not is_folder(folder):
        raise ConfigError(f"{folder} is a file.", hint="Name a folder.")
    if not is_file(folder / FILE_NAME):
        write_atomically(folder / FILE_NAME, _TEMPLATE.encode())
    return open_workspace(folder)


def open_workspace(folder: Path) -> Workspace:
    """Opens the workspace of a folder.

    Raises:
        ConfigError: there is none, or its configuration is not valid.
    """
    folder = folder.resolve()
    if not is_file(folder / FILE_NAME):
        raise ConfigError(f"{folder} is no workspace: it has no {FILE_NAME}.", hint=f"Run: prodgen init {folder}")
    return Workspace(folder, load_config(folder / FILE_NAME))


def find_workspace(start: Path | None = None) -> Path | None:
    """The folder named by PRODGEN_WORKSPACE, else the nearest one with a `prodgen.toml` from `start` upwards, else None."""
    if named := os.environ.get(VARIABLE, "").strip():
        return Path(named)
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / FILE_NAME).is_file()), None)
