"""Regular expressions that are compiled when they are first used.

A program that opens one file needs few of the expressions by which all notations are told apart, and compiling them all
takes longer than reading the first lines.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class LazyPattern(Generic[AnyStr]):
    """Stands in for the `re.Pattern` that it becomes: all that one has, this has too."""

    def __init__(self, source: AnyStr, flags: int) -> None:
        self._source: AnyStr = source
        self._flags = flags

    def compiled(self) -> re.Pattern[AnyStr]:
        """The expression itself."""
        return re.compile(self._source, self._flags)

    def __getattr__(self, name: str) -> Any:
        """Compile it: from then on its methods are attributes of this object, and as fast as its own."""
        if name.startswith("__"):
            raise AttributeError(name)
        pattern = self.compiled()
        for method in _METHODS:
            setattr(self, method, getattr(pattern, method))
        return getattr(pattern, name)


def lazily(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, later. Raises what that raises when the expression is first used."""
    return cast("re.Pattern[AnyStr]", LazyPattern(source, flags))
