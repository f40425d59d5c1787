"""One line of text with a cursor, for the input of the form; independent of the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class LineEdit:
    """A text and the position of its cursor, in characters from 0 to the length of the text."""

    text: str = ""
    cursor: int = 0
    is_selected: bool = False
    """The whole text is selected: what is typed replaces it."""

    def insert(self, text: str) -> None:
        if self.is_selected:
            self._cut(0, len(self.text))
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def press(self, key: str) -> bool:
        """Handle a key as a line of text does; False if the key means nothing here."""
        action = _KEYS.get(key)
        if action is None:
            return False
        if self.is_selected and key in ("backspace", "delete"):
            self._cut(0, len(self.text))
        else:
            action(self)
        self.is_selected = False
        return True

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        self.is_selected = False

    def _word_left(self) -> int:
        position = self.cursor
        while position and not self.text[position - 1].isalnum():
            position -= 1
        while position and self.text[position - 1].isalnum():
            position -= 1
        return position

    def _word_right(self) -> int:
        position, end = self.cursor, len(self.text)
        while position < end and not self.text[position].isalnum():
            position += 1
        while position < end and self.text[position].isalnum():
            position += 1
        return position

    def _move(self, position: int) -> None:
        self.cursor = max(0, min(position, len(self.text)))


_KEYS: dict[str, Callable[[LineEdit], None]] = {
    "left": lambda line: line._move(line.cursor - 1),
    "right": lambda line: line._move(line.cursor + 1),
    "home": lambda line: line._move(0),
    "ctrl+a": lambda line: line._move(0),
    "end": lambda line: line._move(len(line.text)),
    "ctrl+e": lambda line: line._move(len(line.text)),
    "ctrl+left": lambda line: line._move(line._word_left()),
    "ctrl+right": lambda line: line._move(line._word_right()),
    "backspace": lambda line: line._cut(max(0, line.cursor - 1), line.cursor),
    "delete": lambda line: line._cut(line.cursor, line.cursor + 1),
    "ctrl+w": lambda line: line._cut(line._word_left(), line.cursor),
    "ctrl+u": lambda line: line._cut(0, line.cursor),
    "ctrl+k": lambda line: line._cut(line.cursor, len(line.text)),
}
