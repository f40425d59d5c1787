"""One table of a station profile, read value by value; what is wrong with it is a sentence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ocpptui.ocpp.did_you_mean import suggestion


class WrongProfile(ValueError):
    """A station profile cannot be used; the message is a sentence that names the place and what was expected."""


class ProfileTable:
    """A table of TOML. Each method takes one value out of it; `end` refuses what nobody has taken."""

    def __init__(self, content: Any, place: str) -> None:
        """`place` is the name of the table for sentences, such as `[meter]`. Raises WrongProfile."""
        if not isinstance(content, dict):
            raise WrongProfile(f"{place} must be a table, not {content!r}")
        self._content: dict[str, Any] = content
        self._place = place
        self._known: list[str] = []

    def wrong(self, name: str, expected: str) -> WrongProfile:
        """The error for a value that is not as `expected`."""
        return WrongProfile(f"{self._of(name)} must be {expected}, not {self._content.get(name)!r}")

    def has(self, name: str) -> bool:
        self._known.append(name)
        return name in self._content

    def take(self, name: str) -> Any:
        """A value of any type; None if it is not there."""
        self._known.append(name)
        return self._content.get(name)

    def text(self, name: str, default: str = "", most: int = 50) -> str:
        """A text of at most so many characters."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(name, f"a text of at most {most} characters in quotes")
        return value

    def texts(self, name: str, default: str, most: int = 50, *, at_most: int) -> tuple[str, ...]:
        """A text of at most `most` characters, or a list of one to `at_most` of them."""
        value = self.take(name)
        if value is None:
            return (default,)
        found = value if isinstance(value, list) else [value]
        if not 1 <= len(found) <= at_most or not all(isinstance(one, str) and len(one) <= most for one in found):
            raise self.wrong(
                name, f"a text of at most {most} characters in quotes, or a list of 1 to {at_most} of them"
            )
        return tuple(found)

    def number(self, name: str, default: float, least: float, most: float) -> float:
        value = self.take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.wrong(name, f"a number from {least:g} to {most:g}")
        return float(value)

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def choice(self, name: str, default: str, choices: Collection[str]) -> str:
        value = self.take(name)
        if value is None:
            return default
        if value not in choices:
            meant = suggestion(str(value), choices)
            raise WrongProfile(f"{self._of(name)} must be one of {', '.join(choices)}, not {value!r}{meant}")
        return str(value)

    def choices(self, name: str, default: tuple[str, ...], choices: Collection[str]) -> tuple[str, ...]:
        """A list of texts, each of them one of the `choices`, and each once."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, list) or not value:
            raise self.wrong(name, f"a list of {', '.join(choices)}")
        for one in value:
            if one not in choices:
                meant = suggestion(str(one), choices)
                raise WrongProfile(f"{self._of(name)} cannot have {one!r}, only {', '.join(choices)}{meant}")
        return tuple(dict.fromkeys(value))

    def table(self, name: str) -> ProfileTable:
        """A table within; an empty one if it is not there."""
        value = self.take(name)
        return ProfileTable({} if value is None else value, f"[{name}]")

    def tables(self, name: str, most: int) -> list[ProfileTable]:
        """A list of tables, `[[name]]`."""
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name, f"at most {most} tables [[{name}]]")
        return [ProfileTable(one, f"[[{name}]] {number}") for number, one in enumerate(value, 1)]

    def end(self) -> None:
        """Raises WrongProfile if there is a name that nobody has asked for."""
        for name in self._content:
            if name not in self._known:
                of = f" in {self._place}" if self._place else ""
                raise WrongProfile(f"there is no setting {name!r}{of}{suggestion(name, self._known)}")

    def items(self) -> list[tuple[str, Any]]:
        """All names with their values, for a table whose names are free."""
        self._known += list(self._content)
        return list(self._content.items())

    def _of(self, name: str) -> str:
        return f"{name} in {self._place}" if self._place else name
