"""What was noticed about a record that its columns do not show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Noticed(NamedTuple):
    """A rule that a record breaks, as the records before or after it show."""

    rule: str
    """Id of the rule."""
    related: tuple[int, ...]
    """Indexes of the other records concerned."""
    values: Mapping[str, Any]
    """What the sentence of the rule says of this record."""
