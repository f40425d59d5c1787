"""The severity of the findings in a record."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """The severity of a finding, and of the record that has no worse one. The value fits a byte column."""

    NONE = 0
    """Nothing was found."""
    INFO = 1
    """Worth knowing, but allowed or harmless."""
    WARNING = 2
    """Breaks the specification or is a sign of trouble, but works."""
    ERROR = 3
    """Refused, lost or broken."""

    @property
    def is_problem(self) -> bool:
        """True if it counts as a problem."""
        return self >= Severity.WARNING

    @property
    def word(self) -> str:
        """`info`, `warning` or `error`; empty for NONE."""
        return self.name.lower() if self else ""
