"""What a translation could not keep, and what it had to make up."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class TranslationNotes:
    """Gathered while a payload is translated; each is a sentence without its full stop."""

    lost: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def lose(self, path: str, why: str = "the other version has no such field") -> None:
        """Something at this path is left out."""
        self.lost.append(f"{path}: {why}")

    def change(self, path: str, old: object, new: object) -> None:
        """A value became another one that says less."""
        self.lost.append(f"{path}: {old} becomes {new}")

    def assume(self, path: str, value: object, why: str) -> None:
        """A value that the message does not have was made up."""
        self.assumed.append(f"{path}: {value}, {why}")
