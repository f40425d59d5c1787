"""What was noticed about a record that its columns do not show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

LONGEST_VALUE = 100
"""Characters of a text in a finding."""


class Noticed(NamedTuple):
    """A rule that a record breaks, as the records before or after it show."""

    rule: str
    """Id of the rule."""
    related: tuple[int, ...]
    """Indexes of the other records concerned."""
    values: Mapping[str, Any]
    """What the sentence of the rule says of this record."""

    @classmethod
    def worded(cls, rule: str, related: tuple[int, ...], values: Mapping[str, Any]) -> Noticed:
        """One with values to keep, each of which may be a text of any length."""
        return cls(rule, related, {name: _short(value) for name, value in values.items()})


@cache
def unworded(rule: str) -> tuple[Noticed]:
    """One without values, shared by all records that break the rule."""
    return (Noticed(rule, (), {}),)


def _short(value: Any) -> Any:
    return f"{value[: LONGEST_VALUE - 1]}…" if isinstance(value, str) and len(value) > LONGEST_VALUE else value
