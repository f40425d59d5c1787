"""How the text of a SOAP envelope begins, recognised without loading a reader of XML."""

from __future__ import annotations

import re

from ocpptui.jsontext.lazy_pattern import lazily

_BEFORE_TAG = r"\ufeff?(?>(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->))*)"
PROLOG = lazily(_BEFORE_TAG, re.DOTALL)
"""What may be before the first tag."""
_START = lazily(_BEFORE_TAG + r"<(?:[^\s<>/:]+:)?Envelope[\s>]", re.DOTALL)


def may_be_envelope(text: str) -> bool:
    """True for a text that begins like an envelope, after the XML declaration and comments."""
    return _START.match(text) is not None
