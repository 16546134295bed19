"""Reading and writing catalogues: JSON Lines, CSV and Parquet.

One line is one product. A line that cannot be used is told with its number, its field and a reason; the others are read.

>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = pathlib.Path(folder, "shop.csv")
...     _ = path.write_text("sku,title,category,attributes.colour,tags\\nmug-1,Blue mug,home/mug,blue,new|gift\\nmug-2,,home/mug,,")
...     for row in read_catalogue(path):
...         print(row.line, row.product.tags if row.product else row.error)
2 ('new', 'gift')
3 Line 3: title is missing.
"""

from prodgen_sdk.catalogue.media import resolve_media
from prodgen_sdk.catalogue.read import Row, read_catalogue
from prodgen_sdk.catalogue.summary import Rejection, Summary
from prodgen_sdk.catalogue.write import write_catalogue

__all__ = ["Rejection", "Row", "Summary", "read_catalogue", "resolve_media", "write_catalogue"]
