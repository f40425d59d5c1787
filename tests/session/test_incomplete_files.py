"""What is said at the end. If these fail, a user takes a recording or a state with holes for a whole one."""

from __future__ import annotations

from ocpptui.ocpp.version import Role
from ocpptui.session.incomplete_files import incomplete_files
from ocpptui.session.session import Session


class Lacking(Session):
    """A session whose files lack something."""

    @property
    def recording_failure(self) -> str | None:
        return "r.jsonl: No space left on device"

    @property
    def lost_records(self) -> int:
        return 12_345

    @property
    def state_failure(self) -> str:
        return "s.json: the state is not kept: No space left on device"


async def test_each_file_that_lacks_something_is_named() -> None:
    assert incomplete_files(Session(role=Role.CENTRAL_SYSTEM)) == []
    assert incomplete_files(Lacking(role=Role.CENTRAL_SYSTEM)) == [
        "the recording is not complete: r.jsonl: No space left on device",
        "the recording is not complete: 12,345 of its records are lost",
        "s.json: the state is not kept: No space left on device",
    ]
