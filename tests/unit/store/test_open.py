import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from prodgen_sdk.errors import ConfigError, MissingDependency, StoreError
from prodgen_sdk.store import Store, migrate, open_store
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import HEAD, metadata


def test_the_migrations_make_the_schema(store):
    with store.database.read() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []


def test_head_is_the_last_migration():
    assert ScriptDirectory(str(Path(migrate.__file__).parent / "migrations")).get_current_head() == HEAD


def test_opening_again_keeps_everything(url, tmp_path, product):
    with open_store(url, tmp_path / "assets") as store:
        store.products.put([product()])
    with open_store(url, tmp_path / "assets") as store:
        assert store.products.count() == 1


def test_a_newer_database_is_refused(url, tmp_path):
    with open_store(url, tmp_path / "assets") as store, store.database.write() as connection:
        connection.execute(sqlalchemy.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match=r"schema 9999.*pip install --upgrade"):
        open_store(url, tmp_path / "assets")


def test_a_database_of_another_program_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("create table songs (id)")
    other.close()
    with pytest.raises(StoreError, match="songs"):
        open_store(tmp_path / "other.db")


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "store.db").write_text("this is a letter, not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(tmp_path / "store.db")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "file" / "store.db")


@pytest.mark.parametrize("url", ["mysql://host/x", "sqlite://", "sqlite:///:memory:", "://", "oracle+x://host"])
def test_urls_that_cannot_be_used(url):
    with pytest.raises(ConfigError):
        open_store(url)


def test_postgres_without_its_driver_or_a_server(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingDependency, match="postgres"):
        open_store("postgresql://localhost/x", tmp_path)


def test_an_unreachable_server_does_not_tell_the_password(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://ann:geheim@127.0.0.1:1/x", tmp_path)
    assert "geheim" not in str(caught.value)
    assert "server" in caught.value.hint


def test_postgres_needs_a_place_for_assets():
    pytest.importorskip("psycopg")
    with pytest.raises(ConfigError, match="assets"):
        open_store("postgresql://localhost/x")


def test_settings_of_sqlite(sqlite_store: Store):
    with sqlite_store.database.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
        assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() > 1000


def test_garbage_is_what_nothing_names(store, product, variant):
    mesh, orphan = (store.assets.put(data) for data in (b"mesh", b"orphan"))
    store.products.put([product(media=[{"role": "mesh", "uri": f"asset:{mesh}"}])])
    made, image = variant("v1")
    store.variants.publish(made, image)
    assert store.collect_garbage() == 0  # too young
    assert list(store.garbage(older_than=timedelta(0))) == [orphan]
    assert store.collect_garbage(older_than=timedelta(0)) == 1
    assert set(store.assets) == {mesh, made.image.digest}
    assert not store.assets.has(orphan)


def test_the_core_is_imported_without_the_store():
    code = "import sys, prodgen_sdk; sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'fsspec', 'alembic')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_opening_an_up_to_date_store_does_not_load_alembic(tmp_path):
    open_store(tmp_path / "store.db").close()
    code = f"import sys; from prodgen_sdk.store import open_store; open_store({str(tmp_path / 'store.db')!r}); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_workspace_with_colons_in_its_name_keeps_people_apart(tmp_path):
    with open_store(tmp_path / "my::shop" / "store.db") as store:
        store.assets.put(b"mug")
        store.tryons.keep("ann", b"photo", b"result", datetime.now(UTC) + timedelta(days=1))
        assert sorted(path.name for path in (tmp_path / "my::shop").iterdir() if path.is_dir()) == [
            "assets",
            "assets-private",
        ]
        assert len(list(store.assets)) == 1


@pytest.mark.parametrize("private", ["assets", "assets/", "assets/people"])
def test_private_files_among_the_public_ones_are_refused(tmp_path, private):
    with pytest.raises(ConfigError, match="photos of people"):
        open_store(tmp_path / "store.db", tmp_path / "assets", f"{tmp_path}/{private}")


@pytest.mark.parametrize(
    "url", ["postgresql://ann:geheim@127.0.0.1:1/x", "postgresql://127.0.0.1:1/x?user=ann&password=geheim"]
)
def test_the_name_of_a_database_tells_no_credentials(url):
    pytest.importorskip("psycopg")
    name = Database(url).name
    assert "127.0.0.1" in name
    assert "geheim" not in name


def test_nothing_is_collected_from_beside_an_empty_database(tmp_path):
    """The database was lost and opened anew, empty: by what it names, every image would be garbage."""
    with open_store(tmp_path / "store.db") as store:
        store.assets.put(b"an image of the shop that was")
        with pytest.raises(StoreError, match="knows no product"):
            store.garbage(older_than=timedelta(0))
        with pytest.raises(StoreError, match="knows no product"):
            store.collect_garbage(older_than=timedelta(0))
        assert len(list(store.assets)) == 1


def test_a_server_that_is_gone_without_a_word_is_noticed_and_the_url_has_the_last_word():
    pytest.importorskip("psycopg")
    with closing(Database("postgresql://me@localhost/shop?tcp_user_timeout=7&application_name=shop")) as database:
        _, given = database.engine.dialect.create_connect_args(database.engine.url)
    assert (given["connect_timeout"], given["keepalives_idle"], given["tcp_user_timeout"]) == ("5", "5", "7")
    assert given["application_name"] == "shop"
