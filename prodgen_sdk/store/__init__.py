"""What a workspace keeps: products, variants, events and files.

SQLite and a local folder by default, PostgreSQL and an object store by URL. Importing this loads SQLAlchemy and fsspec.
"""

from prodgen_sdk.store.assets import AssetStore
from prodgen_sdk.store.outbox import Change
from prodgen_sdk.store.recent import Recent
from prodgen_sdk.store.reviews import TRANSITIONS, Review
from prodgen_sdk.store.store import Store, open_store
from prodgen_sdk.store.tryons import RetainedTryOn

__all__ = ["TRANSITIONS", "AssetStore", "Change", "Recent", "RetainedTryOn", "Review", "Store", "open_store"]
