"""Names with words of an unknown language behind them: they are found once the file shows what the words mean."""

from __future__ import annotations

import pytest

from ocpptui.importing.connections.charge_point_names import Identities
from ocpptui.importing.connections.names_in_any_language import HeardFrame, beside_foreign_words
from ocpptui.importing.found_frame import FoundFrame

EXCHANGES = [
    ('[2,"{n}","Heartbeat",{{}}]', True), ('[3,"{n}",{{"currentTime":"2026-03-14T09:30:00Z"}}]', False),
    ('[2,"r{n}","Reset",{{"type":"Hard"}}]', False), ('[3,"r{n}",{{"status":"Accepted"}}]', True),
]  # fmt: skip


def _frames(names: tuple[str, str], received: str, sent: str) -> list[HeardFrame]:
    """The frames of two charge points, with these words before the frame."""
    found = [
        FoundFrame(raw.format(n=number), number, prefix=(received if is_up else sent).format(name))
        for number, name in enumerate(names * 4)
        for raw, is_up in EXCHANGES
    ]
    return [(one, one.read()) for one in found]


def _names(identities: Identities, frames: list[HeardFrame]) -> set[str]:
    return {identities.look_at(found) for found, _ in frames}


def _learned(frames: list[HeardFrame]) -> Identities:
    identities = Identities("")
    for found, frame in frames:
        identities.learn(found, frame)
    identities.settle()
    return identities


@pytest.mark.parametrize(("received", "sent"), [("{}에서 ", "{}으로 "), ("{}から ", "{}へ "), ("{}से ", "{}को ")])
def test_names_that_end_in_them_are_found(received: str, sent: str) -> None:
    """All frames would be those of one charge point without a name."""
    names = ("CP-77", "CP-78")
    frames = _frames(names, received, sent)
    known = _learned(frames)
    assert _names(known, frames) != set(names)
    assert _names(beside_foreign_words(known, frames, ""), frames) == set(names)


def test_where_they_name_no_more_all_stays() -> None:
    frames = _frames(("CP-77", "CP-78"), "received from {} ", "sent to {} ")
    known = _learned(frames)
    assert beside_foreign_words(known, frames, "") is known
