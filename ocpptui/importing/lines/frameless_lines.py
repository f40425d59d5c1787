"""Lines without a frame, known again by their shape: the text with zeros for digits.

Between its frames, a log repeats a few lines that differ in their digits alone. What is remembered are the shapes in
which no digit can make a frame, a name, a version, a secret or a connection event: a line of such a shape need not be
searched.
"""

from __future__ import annotations

from ocpptui.importing.connections.connection_statements import may_state
from ocpptui.importing.prefixes.headings import heading_in
from ocpptui.importing.prefixes.log_prefix import may_say_whose
from ocpptui.importing.texts.odd_frames import QUOTE_MARK
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.secret_names import may_state_credentials

LONGEST = 400
"""Characters of a line whose shape is remembered."""
MOST_SHAPES = 8192
"""How many shapes are remembered; beyond that, all are forgotten."""
_SEPARATOR = r"[ ,;:_-]{0,2}"
_MAY_HOLD_FRAME = lazily(
    r"[{}｛&%\\<?]|\"\""  # an object, an escape, an element, a cell
    rf"|\[\s*{QUOTE_MARK}?[-+]?0|[\[\],]\s*$"  # a list of numbers, or what goes on in the next line
    rf"|(?:[0a-fA-F]{{2}}{_SEPARATOR}(?:0[xX])?){{9}}|0{{2,3}}(?:(?:, ?| )-?0{{1,3}}){{8}}|W[wyz]"  # bytes
)
"""What is in every line in which a frame is found or begins, with zeros for digits; and in others."""


class FramelessLines:
    """The shapes of the lines that were searched in vain."""

    def __init__(self) -> None:
        self._shapes: dict[str, bool] = {}  # whether all lines of the shape are without a frame

    def have(self, line: str) -> bool:
        """Whether a line certainly has no frame, and says nothing of those that follow."""
        return len(line) <= LONGEST and self._shapes.get(without_digits(line), False)

    def learn(self, line: str) -> None:
        """Remember the shape of a line in which no frame was found, and of which nothing goes on in the next."""
        if len(line) > LONGEST:
            return
        if len(self._shapes) >= MOST_SHAPES:
            self._shapes.clear()
        shape = without_digits(line)
        if shape not in self._shapes:
            states = may_say_whose(shape) or may_state_credentials(shape) or may_state(shape)
            says_nothing = not states and heading_in(shape) is None
            self._shapes[shape] = says_nothing and _MAY_HOLD_FRAME.search(shape) is None
