"""What happens on the connections of a session gets into its log in words, and to what handles it."""

from __future__ import annotations

from ocpptui.network.client_settings import ClientSettings
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind


def test_a_problem_is_in_the_log_in_words() -> None:
    """A technician would read a code."""
    session = Session(role=Role.CENTRAL_SYSTEM)
    problem = NetworkProblem(ProblemCode.TCP_REFUSED, address="127.0.0.1:1")
    detail = {"event": ConnectionEvent.FAILED, **problem.detail}
    number = session.observer.next_connection()
    index = session.observer.observed(Record(1, number, RecordKind.CONNECTION, None, "CP001", detail=detail), None)
    shown = session.timeline.record(index).detail
    assert shown["problem"] == problem.code and "127.0.0.1:1" in str(shown["error"])
    assert session.observer.words_for(problem) == shown["error"]
    assert session.observer.next_connection() == number + 1


async def test_a_connection_that_has_ended_ends_once() -> None:
    """The session ends what its links have left; a second end would take the behaviour of the next connection."""
    central, station = Session(role=Role.CENTRAL_SYSTEM), Session(role=Role.CHARGE_POINT)
    link = await central.listen(ServerSettings(port=0))
    settings = ClientSettings(url=link.urls[0], charge_point="CP001", versions=(Version.V16,), reconnect=False)
    await station.connect(settings)
    connection = await central.until(lambda: central.connection_of("CP001"), 60)
    assert connection is not None
    await station.close()
    assert await central.until(lambda: not central.connections or None, 60)
    before = len(central.timeline)
    central.observer.closed(connection)
    assert len(central.timeline) == before and not central.connections
    await central.close()
