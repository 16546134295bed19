"""Events as files and as others record them: reading, writing, and adapters of foreign shapes."""

from prodgen_sdk.events.files import MAX_LINE, read_events, write_events
from prodgen_sdk.events.formats import FORMATS, EventRow, check_format, convert
from prodgen_sdk.events.parse import is_text, out_of_time, parse_event, unfit

__all__ = [
    "FORMATS",
    "MAX_LINE",
    "EventRow",
    "check_format",
    "convert",
    "is_text",
    "out_of_time",
    "parse_event",
    "read_events",
    "unfit",
    "write_events",
]
