"""A session whose recording fails for as long as a test needs."""

from __future__ import annotations

from ocpptui.session.session import Session


class FailingRecording(Session):
    """A session whose records do not reach its recording while there is a reason why."""

    why: str | None = None

    @property
    def recording_failure(self) -> str | None:
        return self.why
