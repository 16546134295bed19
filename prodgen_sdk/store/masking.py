"""Keeps credentials out of messages."""

from __future__ import annotations

import re

# A secret key may itself hold a slash or an @, so that one with a colon before it ends at the last @ of the word.
_USER = re.compile(r"(?<=://)(?:[^\s@/:]*:\S*@|[^\s@/]*@)")
_PARAMETER = re.compile(r"([?&][^=&\s]*(?:password|secret|token|key|signature)[^=&\s]*=)[^&\s]+", re.IGNORECASE)


def mask(text: object) -> str:
    """The text, with the user, the password and secret parameters of each URL in it hidden.

    >>> mask("cannot open s3://AKIA:sEc/ReT@bucket/assets?token=abc")
    'cannot open s3://***@bucket/assets?token=***'
    """
    return _PARAMETER.sub(r"\1***", _USER.sub("***@", str(text)))
