"""How much of a foreign file was understood, what was guessed in it and why, and the secrets beside its records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ocpptui.ocpp.labelled_secrets import stated_credentials
from ocpptui.ocpp.secret_names import MASK, may_state_credentials
from ocpptui.ocpp.secrets import mask_text
from ocpptui.recording.line_format import Unreadable

MOST_SENTENCES = 100
"""How many reasons are kept for the guesses in one file."""
MAX_SHOWN = 1000
"""How many lines without a frame are reported one by one; more are only counted."""
_NO_FRAME = "no frame"
"""What the report of such a line begins with, unless something is wrong with it."""
SHOWN_TEXT = 200
"""How many characters of such a line are reported."""
LONGEST_WITH_SECRETS = 20_000
"""Characters of a line that is searched for credentials."""


@dataclass(slots=True)
class ImportTally:
    """How much of a file was understood. The readers count the lines, the inference counts the guesses."""

    with_frame: int = 0
    """Lines (rows, items) with a frame."""
    without_frame: int = 0
    last_skipped: int = 0
    """The last line without a frame that is not empty."""
    guessed: dict[str, int] = field(default_factory=dict)
    """How many records have a guess, by what was guessed: `charge point`, `time`, `date`, `year`, `day and month`,
    `zone`, `direction`, `version`."""
    evidence: list[str] = field(default_factory=list)
    """The reasons for the guesses, one sentence each."""
    warnings: list[str] = field(default_factory=list)
    """The reasons for which a part of it is uncertain or wrong, which are also in `evidence`."""
    most_shown: int | None = MAX_SHOWN
    """How many lines without a frame are kept to be reported; None for all of them."""
    skipped: list[Unreadable] = field(default_factory=list)
    """The first lines without a frame, with the beginning of their text."""

    secrets: list[str] = field(default_factory=list)
    """The credentials that lines without a record state, until somebody takes them to mask their copies in records."""
    _within_key: bool = False
    """The last lines are those of a private key in PEM."""

    def skip(self, line: int, text: str, reason: str = "") -> None:
        """Count a line without a frame. `reason` says what is wrong with it, if anything."""
        self.without_frame += 1
        if text and not text.isspace():
            self.last_skipped = line
        if "-----" in text:
            self._within_key = "PRIVATE KEY" in text and "-----END" not in text
        if self.most_shown is None or len(self.skipped) < self.most_shown:
            shown = MASK if self._within_key else mask_text(text.strip()[:SHOWN_TEXT])
            self.skipped.append(Unreadable(f"{reason}: {shown}" if reason else f"{_NO_FRAME}: {shown}", line))

    @property
    def first_skipped(self) -> str:
        """The first line without a frame, for a sentence that says that there is none; empty if no line is known."""
        if not self.skipped:
            return ""
        first = self.skipped[0]
        before, _, text = first.reason.partition(": ")
        return str(replace(first, reason=text if before.startswith(_NO_FRAME) else first.reason))

    def learn_secrets(self, text: str) -> None:
        """Learn the credentials in a line, or in a part of it, that is in no record."""
        if len(text) <= LONGEST_WITH_SECRETS and may_state_credentials(text):
            self.secrets.extend(stated_credentials(text))

    def taken_secrets(self) -> list[str]:
        """The credentials that were learned since the last time."""
        secrets, self.secrets = self.secrets, []
        return secrets

    def begin_anew(self) -> None:
        """Forget all, before the file is read again."""
        self.with_frame = self.without_frame = self.last_skipped = 0
        for known in (self.guessed, self.evidence, self.warnings, self.skipped):
            known.clear()
        self._within_key = False

    def tell(self, sentence: str) -> None:
        """Add a reason for a guess, unless it is there, or so many are already that nobody reads them."""
        if len(self.evidence) < MOST_SENTENCES and sentence not in self.evidence:
            self.evidence.append(sentence)

    def warn(self, sentence: str) -> None:
        """Add a reason for which a part of the file is uncertain or wrong."""
        self.evidence.append(sentence)
        self.warnings.append(sentence)

    def guess(self, what: str) -> None:
        self.guessed[what] = self.guessed.get(what, 0) + 1
