"""What an image file says besides its pixels: EXIF, XMP, and what kind of source the image has.

Metadata are untrusted: what cannot be read is left out, a location and embedded thumbnails always are.
"""

from prodgen_sdk.metadata.files import Metadata, read_metadata, srgb_profile, writing
from prodgen_sdk.metadata.xmp import DigitalSource

__all__ = ["DigitalSource", "Metadata", "read_metadata", "srgb_profile", "writing"]
