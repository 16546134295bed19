"""What is known of a user and of products, from the event log: pure functions of events, vectors and the time.

An event counts with the weight of its type, halved every half-life: `w(type) * 2 ** (-age / half_life)`. Events may come
in any order and more than once: they are sorted by time, the first one of an id counts, and one from the future (a clock
that is ahead) has age 0. Equal sets of events give bit-equal results.

A session is what was done without a pause; while it goes on, it draws the user's vector towards itself, the more the longer it is.
"""

from prodgen_sdk.profile.counting import HALF_LIFE_DAYS, decayed_weight, in_order, popularity
from prodgen_sdk.profile.history import (
    MAX_INTERESTS,
    MAX_QUERIES,
    MAX_SESSION,
    SESSION_MINUTES,
    SESSION_SHARE,
    History,
    build_profile,
)

__all__ = [
    "HALF_LIFE_DAYS",
    "MAX_INTERESTS",
    "MAX_QUERIES",
    "MAX_SESSION",
    "SESSION_MINUTES",
    "SESSION_SHARE",
    "History",
    "build_profile",
    "decayed_weight",
    "in_order",
    "popularity",
]
