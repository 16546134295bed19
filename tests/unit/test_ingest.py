"""A catalogue with its files into the store: several at once, in the order of its lines."""

import numpy as np

from prodgen_sdk import Studio, images
from prodgen_sdk.testing.fakes import fake_host


def test_files_are_stored_beside_each_other_and_told_in_order(tmp_path):
    for n in range(30):
        images.save(np.full((40, 40, 3), n, np.uint8), tmp_path / f"{n}.png")
    products = [
        {"sku": f"mug-{n}", "title": "Mug", "category": "home/mug", "media": [{"role": "front", "uri": f"{n}.png"}]}
        for n in range(450)  # photos of the first thirty alone
    ]
    told = []
    with Studio.create(tmp_path / "shop", host=fake_host()) as studio:
        summary = studio.add_products(products, root=tmp_path, progress=lambda *done: told.append(done))
        assert (summary.added, len(summary.rejected)) == (30, 420)
        assert [rejection.line for rejection in summary.rejected] == list(range(31, 451))
        assert f"There is no file 30.png. Paths are relative to {tmp_path}." in summary.rejected[0].reason
        for product in studio.products():
            assert len(studio.store.assets.get(product.media[0].uri.removeprefix("asset:"))) > 0
    assert told == [(200, 0, "lines"), (400, 0, "lines"), (450, 0, "lines")]
