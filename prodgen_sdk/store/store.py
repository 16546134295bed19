"""One workspace's state: a database, public assets and private files."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from prodgen_sdk.context import Progress, no_progress
from prodgen_sdk.errors import ConfigError, StoreError
from prodgen_sdk.store.assets import AssetStore
from prodgen_sdk.store.blobs import Blobs
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.embeddings import Embeddings
from prodgen_sdk.store.events import Events
from prodgen_sdk.store.forget import forget, knows, purge_if_due
from prodgen_sdk.store.masking import mask
from prodgen_sdk.store.migrate import upgrade
from prodgen_sdk.store.outbox import Outbox
from prodgen_sdk.store.products import Products
from prodgen_sdk.store.recent import Recent, follow, read
from prodgen_sdk.store.reviews import Reviews
from prodgen_sdk.store.states import States
from prodgen_sdk.store.tryons import TryOns
from prodgen_sdk.store.variants import Variants
from prodgen_sdk.types import Erased

logger = logging.getLogger(__name__)


class Store:
    """Everything that a workspace keeps, one attribute a concern. Threads and processes may share it.

    Args:
        database: already at the schema of this code.
        assets: files of products and variants.
        private: files of people, apart from all others.
    """

    def __init__(self, database: Database, assets: AssetStore, private: Blobs) -> None:
        self.database = database
        self.assets = assets
        self.products = Products(database)
        self.variants = Variants(database, assets)
        self.reviews = Reviews(database)
        self.outbox = Outbox(database)
        self.events = Events(database)
        self.embeddings = Embeddings(database)
        self.states = States(database)
        self.tryons = TryOns(database, private)

    def recent(self, user: str, limit: int, known: Recent | None = None) -> Recent:
        """What a user did and was shown lately; with what was `known` before, only what is new is read."""
        return read(self.database, user, limit) if known is None else follow(self.database, user, known)

    def forget(self, user: str) -> Erased:
        """Erases all that is known of a user and proves it; see `prodgen_sdk.store.forget.forget`."""
        return self.forget_many([user])[0]

    def forget_many(self, users: Sequence[str]) -> list[Erased]:
        """The same for many users, purging the database once."""
        return forget(self.database, self.tryons, users)

    def knows(self, user: str) -> bool:
        """Whether anything is known of a user: an event, a state or a retained try-on."""
        return knows(self.database, self.tryons, user)

    def owes_purge(self) -> bool:
        """Whether an earlier `forget` could not purge the database, so that the next one should."""
        return self.states.get("core/forget", "purge-pending") is not None

    def garbage(self, *, older_than: timedelta = timedelta(days=1)) -> Iterator[str]:
        """Digests of the assets that no variant and no product names.

        Args:
            older_than: younger files are left alone: their rows may be about to be written.

        Raises:
            StoreError: the database is empty, so that every file would be garbage: it may have been lost or mistaken.
        """
        return self.assets.orphans(self._kept(), older_than=older_than)

    def collect_garbage(self, *, older_than: timedelta = timedelta(days=1)) -> int:
        """Deletes the files of `garbage`, and what writers that were killed left behind; how many that was."""
        return self.assets.collect(self._kept(), older_than=older_than)

    def _kept(self) -> set[str]:
        if not self.products.count() and next(iter(self.assets), None) is not None:
            raise StoreError(
                "The database knows no product, so that every image would be deleted.",
                hint="If it was lost, bring it back first; if the shop is to be empty, delete the folder of its assets.",
            )
        return self._named()

    def _named(self) -> set[str]:
        media = (media.uri for product in self.products.iterate() for media in product.media)
        return self.variants.digests().union(uri.removeprefix("asset:") for uri in media if uri.startswith("asset:"))

    def broken_files(self, progress: Progress = no_progress) -> dict[str, str]:
        """Reads every file that a variant or a product names; what is wrong with those that are missing or damaged, by digest."""
        broken: dict[str, str] = {}
        named = sorted(self._named())
        for done, digest in enumerate(named, 1):
            try:
                self.assets.get(digest)
            except StoreError as error:
                broken[digest] = error.message
            progress(done, len(named), "files")
        return broken

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str | Path, assets_url: str | Path | None = None, private_url: str | Path | None = None) -> Store:
    """Opens a store, making or upgrading its tables first.

    Deletes the retained try-ons whose time is over, and completes a `forget` whose bytes were still in use.

    Args:
        url: path or `sqlite:///` URL of a file, or a `postgresql://` URL.
        assets_url: folder or fsspec URL; by default `assets` beside the SQLite file.
        private_url: the same for people's photos; by default the name of `assets_url` with `-private` at its end.

    Raises:
        ConfigError: a URL cannot be used, PostgreSQL without `assets_url`, or private files among the public ones.
        MissingDependency: a driver is not installed.
        StoreError: the database cannot be opened, is newer than this code, or is no database.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/store.db") as store:
    ...     store.products.count()
    0
    """
    database = Database(url)
    if assets_url is None:
        if database.file is None:
            raise ConfigError(
                "A store on PostgreSQL needs a place for its assets.",
                hint="Give a folder or a URL such as s3://bucket/assets.",
            )
        assets_url = database.file.parent / "assets"
    private = Blobs(private_url or f"{str(assets_url).rstrip('/')}-private", private=True)
    assets = AssetStore(assets_url)
    if assets.holds(private):
        raise ConfigError(
            f"{mask(private_url or assets_url)} would put the photos of people among the public files.",
            hint="Give private_url a place outside of assets_url.",
        )
    try:
        upgrade(database)
        store = Store(database, assets, private)
        _clean_up(store)
    except BaseException:
        database.close()
        raise
    return store


def _clean_up(store: Store) -> None:
    try:
        store.tryons.expire(datetime.now(UTC))
        purge_if_due(store.database, timeout=0.0)
    except StoreError as error:
        # Nothing of it is served, and the next to open the store tries again: no reason to refuse all else.
        logger.warning("What is to be deleted could not be: %s", error)
