"""Text from the wire made fit for a file that people read: one line, and nothing in it that acts."""

from __future__ import annotations

import re

_ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters, line ends, what turns or hides its neighbours, and lone surrogates, which UTF-8 cannot hold."""


def plain(text: str) -> str:
    """The text with `\\u001b` in place of each character that a terminal or an editor would obey or hide."""
    return _ACTS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
