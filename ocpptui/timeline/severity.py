"""How bad it is what was found in a record."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is, and with it the record that has no worse one. The value fits a byte column."""

    NONE = 0
    """Nothing was found."""
    INFO = 1
    """Worth knowing, and allowed or harmless."""
    WARNING = 2
    """Against the specification or a sign of trouble, and yet it works."""
    ERROR = 3
    """Refused, lost or broken."""

    @property
    def is_problem(self) -> bool:
        """True for what is counted as a problem."""
        return self >= Severity.WARNING

    @property
    def word(self) -> str:
        """`info`, `warning` or `error`; empty for NONE."""
        return self.name.lower() if self else ""
