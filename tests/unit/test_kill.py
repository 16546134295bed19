"""A process that is killed in the middle of generating many products, and the run after it."""

import signal
import subprocess
import sys

from prodgen_sdk import Studio, images
from prodgen_sdk.testing.fakes import fake_host

NUMBER = 60
SCRIPT = """
import sys
from prodgen_sdk import Product, Studio
from prodgen_sdk.testing.fakes import fake_host

with Studio.create(sys.argv[1], host=fake_host()) as studio:
    studio.add_products([Product(sku=f"mug-{n}", title=f"Mug {n}", category="home/mug") for n in range(int(sys.argv[2]))])
    skus = [product.sku for product in studio.products()]
    studio.generate(skus, views="orbit4", size=64, progress=lambda done, total, what: print(done, flush=True))
"""


def test_kill_9_loses_doubles_and_halves_nothing(tmp_path):
    for products_done in (7, 20):
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, tmp_path, str(NUMBER)], stdout=subprocess.PIPE)
        while int(process.stdout.readline()) < products_done:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    with Studio.open(tmp_path, host=fake_host()) as studio:
        survived = {variant.id: variant.image.digest for variant in studio.variants()}
        for digest in survived.values():
            assert images.load(studio.store.assets.get(digest)).shape == (64, 64, 3)
        made = studio.generate([product.sku for product in studio.products()], views="orbit4", size=64)
        assert {picture.id for picture in made.pictures if picture.reused} == survived.keys()
        variants = list(studio.variants())
        assert len(variants) == len({variant.id for variant in variants}) == 4 * NUMBER
        assert studio.sync() == NUMBER
        assert studio.host.get("index").stats()["variants"] == 4 * NUMBER
    assert 0 < len(survived) < 4 * NUMBER, f"killed too early or too late to prove anything: {len(survived)}"
