"""What a script learns of a session before it does anything with it."""

from __future__ import annotations

from ocpptui.control.session_listing import session_listing
from ocpptui.session.session import Session


def test_a_session_of_files_has_no_side() -> None:
    """A script would take an opened file for a side that it can send from."""
    session = Session()
    session.add_note("the charger was moved")
    assert session_listing(session) == {
        "role": None,
        "listening": [],
        "connections": [],
        "stations": [],
        "waiting": [],
        "automatic": True,
        "records": 1,
        "recording": None,
    }
