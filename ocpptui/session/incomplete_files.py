"""What the files of a session lack, said when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocpptui.session.session import Session


def incomplete_files(session: Session) -> list[str]:
    """What the recording and the kept state lack, each in a sentence without a full stop; empty if nothing."""
    lacking = []
    if session.recording_failure is not None:
        lacking.append(f"the recording is not complete: {session.recording_failure}")
    if session.lost_records:
        lacking.append(f"the recording is not complete: {session.lost_records:,} of its records are lost")
    if session.state_failure:
        lacking.append(session.state_failure)
    return lacking
