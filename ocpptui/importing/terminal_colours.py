"""The escape sequences by which programs colour their lines on a terminal (ECMA-48, sections 5.4 and 8.3.117).

Editors, syslog and web pages print the escape itself (`^[[36m`, `#033[36m`, `\\x1b[36m`) or drop it (`[36m`), so that
the colour of a name would be a part of it.
"""

from __future__ import annotations

from ocpptui.importing.frame_scanner import START
from ocpptui.jsontext.lazy_pattern import lazily

_SEQUENCE = lazily(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_PRINTED = lazily(
    r"(?:\^\[|#0?33|#27|\\x1[bB]|\\0?33|\\u001[bB]|\\e|␛|\ufffd)?\[(?:\d{1,3}(?:;\d{1,3}){0,4}m|m(?!\w))"  # [message=…
)

_LAST_PRINTED = lazily(r"\[(?:0|39)?m")
"""The end of a colour, which is in each line with some."""


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
