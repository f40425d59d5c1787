"""Objects of JSON that a malformed frame in them breaks: `{"cp": "CP-77", "frame": [2,"a1","Authorize",{"idTag":}]}`.

Such an object is read with the frame as a text, exactly as it is written, so that the fields around it describe it.
What else is broken in an object is not mended.
"""

from __future__ import annotations

import json
from typing import Any

from ocpptui.importing.texts.frame_scanner import START
from ocpptui.jsontext.tokens import TokenKind, tokens

LONGEST = 2**16
"""The most characters of such an object."""
MOST_FRAMES = 8
"""How many malformed frames an object may have."""
_DECODER = json.JSONDecoder()


def object_around_frames(text: str, start: int = 0) -> tuple[Any, int] | None:
    """The object or list that begins here, with the malformed frames in it as texts, and its end; None if it is broken
    in any other way, or is JSON."""
    piece, added = text[start : start + LONGEST], 0
    for _ in range(MOST_FRAMES + 1):
        try:
            value, end = _DECODER.raw_decode(piece)
        except json.JSONDecodeError as error:
            frame = _frame_at(piece, error.pos)
        except (ValueError, RecursionError):
            return None
        else:
            return (value, start + end - added) if added else None
        if frame is None:
            return None
        begin, end = frame
        quoted = json.dumps(piece[begin:end])
        added += len(quoted) - (end - begin)
        piece = piece[:begin] + quoted + piece[end:]
    return None


def _frame_at(text: str, place: int) -> tuple[int, int] | None:
    """Start and end of the frame in which this place is; None if it is in none. Up to there, the text is JSON."""
    match = START.search(text, 1)
    while match is not None and match.start() <= place:
        if match["escape"] or match["escape2"]:  # within a string
            end = match.end()
        else:
            closed = _end_of(text, match.start())
            if closed is None or closed > place:
                return None if closed is None else (match.start(), closed)
            end = closed
        match = START.search(text, end)
    return None


def _end_of(text: str, start: int) -> int | None:
    """The end of the list that begins here, where its own bracket closes it; None if none does."""
    depth = 0
    for token in tokens(text, start):
        depth += (token.kind is TokenKind.OPEN) - (token.kind is TokenKind.CLOSE)
        if not depth:
            return token.end if token.value else None
    return None
