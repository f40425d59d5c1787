"""Frames that a proxy did not pass on, as its log says in the line of the frame: `[client->target-BLOCKED] [2,…]`."""

from __future__ import annotations

import re

from ocpptui.jsontext.lazy_pattern import lazily

_NEAR = 80
"""Characters before a frame that say what became of it; what is further away may be of anything."""
_KEPT_BACK = lazily(
    r"(?<![A-Za-z])(?<!not )(?<!not-)(?<!non-)(?<!never )(?<!no )"
    r"(?P<word>blocked|blocking|dropped|dropping|suppressed|suppressing|swallowed|discarded|discarding"
    r"|filtered(?: out)?|filtering out|withheld|not (?:forwarded|relayed|passed on)|held back|kept back)"
    r"(?![A-Za-z])(?![-_.]\w)(?!\s?[=:]\s?(?:false|no|none|null|0)\b)",
    re.IGNORECASE,
)
"""Not within the name of a thread or a field: `default-blocking-io-dispatcher-5`, `dropped_frames`."""
_MAY_SAY = lazily(
    r"lock|rop|uppress|wallow|iscard|ilter|ithheld|not |NOT |back|LOCK|ROP|UPPRESS|WALLOW|ISCARD|ILTER|BACK"
)
"""A part of each of these words, which few lines have."""


def kept_back_by(prefix: str) -> str:
    """The word for it in the text before a frame; empty if it does not say that the frame was kept back."""
    if _MAY_SAY.search(prefix) is None:
        return ""
    found = _KEPT_BACK.search(prefix, max(0, len(prefix) - _NEAR))
    return "" if found is None else found["word"]
