"""The escape sequences by which programs colour their lines on a terminal (ECMA-48, sections 5.4 and 8.3.117).

Editors, syslog and web pages print the escape itself (`^[[36m`, `#033[36m`, `\\x1b[36m`) or drop it (`[36m`), so that
the colour of a name would be a part of it.
"""

from __future__ import annotations

from ocpptui.importing.texts.frame_scanner import START
from ocpptui.jsontext.lazy_pattern import lazily

_SEQUENCE = lazily(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_PRINTED = lazily(
    r"(?:\^\[|#0?33|#27|\\x1[bB]|\\0?33|\\u001[bB]|\\e|␛|\ufffd)?\[(?:\d{1,3}(?:;\d{1,3}){0,4}m|m(?!\w))"  # [message=…
)

_LAST_PRINTED = lazily(r"\[(?:0|39)?m")
"""The end of a colour, which is in each line with some."""
_LAST_IN_BYTES = lazily(rb"\[(?:0|39)?m")
_LONGEST_LAST = len(b"[39m")


class ColouredBlocks:
    """Tells of the blocks of a file whether a line that ends in one of them may have colours, so that most logs need
    no search of each line."""

    def __init__(self) -> None:
        self._is_coloured = False
        self._seam = b""  # the end of the last block, with which the beginning of the next one may be a colour

    def concern(self, block: bytes) -> bool:
        """Whether there was a colour in the blocks up to this one; False is always right."""
        if not self._is_coloured:
            seam = self._seam + block[: _LONGEST_LAST - 1]
            self._is_coloured = b"\x1b" in block or any(map(_LAST_IN_BYTES.search, (block, seam)))
            self._seam = (self._seam + block[1 - _LONGEST_LAST :])[1 - _LONGEST_LAST :]
        return self._is_coloured


def without_colours(line: str) -> str:
    """A line without its colours. Those whose escape is printed or missing are left in a frame, which may have such a
    text in a string."""
    if "\x1b" in line:
        line = _SEQUENCE.sub("", line)
    if _LAST_PRINTED.search(line) is not None:
        begin = START.search(line)
        end = len(line) if begin is None else begin.start()
        line = _PRINTED.sub("", line[:end]) + line[end:]
    return line
