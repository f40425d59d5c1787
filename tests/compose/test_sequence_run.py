"""A sequence sends call after call over a real connection, and stops where the peer surprises it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import pytest

from ocpptui.compose.call_sequence import CallSequence, call_sequence
from ocpptui.compose.saved_calls import SavedCall
from ocpptui.compose.sequence_run import SequenceRun, SequenceState
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from tests.kit.driver import PATIENCE, boot, status
from tests.kit.quick_time import in_quick_time
from tests.tui.compose.bench import as_central_system, as_charge_point

NOW = 1_700_000_000_000_000


def sequence(text: str) -> CallSequence:
    return call_sequence(text, "test", lambda _: SavedCall("Heartbeat"))


def session(role: Role) -> Session:
    return Session(role=role, settings=SessionSettings(automatic=False))


def run_of(here: Session, text: str, **options: object) -> SequenceRun:
    return SequenceRun(here, "CP001", sequence(text), now=lambda: NOW, **options)  # type: ignore[arg-type]


async def connected(here: Session) -> None:
    await until(lambda: here.connection_of("CP001") is not None)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


RESETS = """
[[step]]
action = "Reset"
payload = { type = "Soft" }
expect = { status = "Accepted" }

[[step]]
title = "second"
action = "UnlockConnector"
payload = { connectorId = "${counter}" }

[[step]]
action = "ClearCache"
"""


async def test_as_central_system_each_call_follows_the_answer_before() -> None:
    here = session(Role.CENTRAL_SYSTEM)
    async with as_central_system(here, Version.V16) as peer:
        await connected(here)
        peer.answers = dict.fromkeys(("Reset", "ClearCache"), '[3,%s,{"status":"Accepted"}]')
        peer.answers["UnlockConnector"] = '[3,%s,{"status":"Unlocked"}]'
        told: list[tuple[int, SequenceState]] = []
        run = run_of(here, RESETS, tell=lambda one: told.append((one.number, one.state)))
        assert await run.run() is SequenceState.DONE
        assert peer.payloads() == [{"type": "Soft"}, {"connectorId": 1}, {}]
        assert run.stopped_at is None
        assert [one.words for one in run.outcomes] == ["Accepted", "Unlocked", "Accepted"]
        assert (1, SequenceState.RUNNING) in told
        assert told[-1] == (3, SequenceState.DONE)
    await here.close()


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        ('[3,%s,{"status":"UnlockFailed"}]', SequenceState.SURPRISE, "UnlockFailed"),
        ('[4,%s,"InternalError","no",{}]', SequenceState.SURPRISE, "CALLERROR InternalError"),
        (None, SequenceState.TIMED_OUT, "no answer within 30 s"),
    ],
)
def test_it_stops_at_the_first_surprise(answer: str | None, state: SequenceState, says: str) -> None:
    async def story() -> None:
        here = session(Role.CENTRAL_SYSTEM)
        async with as_central_system(here, Version.V16) as peer:
            await connected(here)
            peer.answers = {"Reset": '[3,%s,{"status":"Accepted"}]', "UnlockConnector": answer}
            run = run_of(here, RESETS)
            assert await run.run() is state
            stopped = run.stopped_at
            assert stopped is not None
            assert stopped.number == 2
            assert says in stopped.line
            assert run.outcomes[2].state is SequenceState.WAITING
            assert len(peer.received) == 2
        await here.close()

    in_quick_time(story)


async def test_as_charge_point_the_transaction_of_the_answer_is_used() -> None:
    here = session(Role.CHARGE_POINT)
    async with as_charge_point(here, Version.V16) as peer:
        await connected(here)
        peer.answers = {
            "StartTransaction": '[3,%s,{"transactionId":77,"idTagInfo":{"status":"Accepted"}}]',
            "StopTransaction": "[3,%s,{}]",
        }
        text = """
            [[step]]
            action = "StartTransaction"
            payload = { connectorId = 1, idTag = "${prompt:Card}", meterStart = 0, timestamp = "${now}" }
            expect = { idTagInfo.status = "Accepted" }
            [[step]]
            action = "StopTransaction"
            fields = ["transactionId=${transaction}", "meterStop=5", "timestamp=${now+1h}", "idTag=${prompt:Card}"]
        """
        asked: list[Sequence[str]] = []

        async def ask(questions: Sequence[str]) -> Mapping[str, str]:
            asked.append(questions)
            return {"Card": "ABC"}

        run = run_of(here, text, ask=ask)
        assert await run.run() is SequenceState.DONE, run.outcomes
        assert asked == [["Card"]], "the same question is asked once"
        start, stop = peer.payloads()
        assert start["idTag"] == stop["idTag"] == "ABC"
        assert (stop["transactionId"], stop["timestamp"]) == (77, "2023-11-14T23:13:20.000Z")


async def test_what_cannot_be_sent_is_a_sentence_and_nothing_goes_out() -> None:
    here = session(Role.CENTRAL_SYSTEM)
    async with as_central_system(here, Version.V16) as peer:
        await connected(here)
        for step, state, says in (
            ('action = "Reset"\nfields = ["type=${prompt:Which}"]', SequenceState.WRONG, "only the screen asks"),
            ('action = "Reset"', SequenceState.WRONG, "breaks the schema"),
            ('action = "Reset"\nversion = "2.0.1"', SequenceState.WRONG, "it is for OCPP 2.0.1"),
            ('action = "ClearCache"\nto = "CP9"', SequenceState.NOT_CONNECTED, "CP9 is not connected"),
        ):
            run = run_of(here, f"[[step]]\n{step}")
            assert await run.run() is state
            assert run.stopped_at is not None
            assert says in run.stopped_at.words
        assert peer.received == []
    await here.close()


WAITING = """
[[step]]
expect = "BootNotification"

[[step]]
action = "ClearCache"

[[step]]
expect = "StatusNotification"
filter = "connectorId=${counter} status=Preparing"

[[step]]
title = "and again"
expect = "*"
filter = "status=Preparing"
"""


async def test_a_step_waits_for_a_message_of_the_peer_and_takes_each_once() -> None:
    """A charge point says what it does in messages of its own; a sequence that cannot wait for them proves little."""
    here = session(Role.CENTRAL_SYSTEM)
    async with as_central_system(here, Version.V16) as peer:
        await connected(here)
        peer.answers = {"ClearCache": '[3,%s,{"status":"Accepted"}]'}
        await peer.send(status(1, "Preparing"))  # before the call: it does not count
        await until(lambda: any(here.timeline.action(index) for index in range(len(here.timeline))))
        run = run_of(here, WAITING)
        task = asyncio.ensure_future(run.run())  # noqa: TID251 - the test owns it
        await asyncio.sleep(0)
        await peer.send(boot())
        await until(lambda: run.outcomes[1].state is SequenceState.DONE)
        await peer.send(status(2, "Preparing"))
        await peer.send(status(1, "Available"))
        await peer.send(status(1, "Preparing"))
        async with asyncio.timeout(PATIENCE):
            assert await task is SequenceState.DONE, run.outcomes
        said = [one.words for one in run.outcomes]
        assert said[2:] == ["connector 1  Preparing", "connector 2  Preparing"]
        assert "ACME Wall" in said[0]
    await here.close()


async def test_a_message_that_does_not_come_stops_the_sequence_and_so_does_a_wrong_filter() -> None:
    here = session(Role.CENTRAL_SYSTEM)
    async with as_central_system(here, Version.V16) as peer:
        await connected(here)
        for step, state, says in (
            ("timeout = 0.05", SequenceState.TIMED_OUT, "Heartbeat did not come within 0.05 s"),
            ('filter = "a=${env:NOTHING_OF_THAT_NAME}"', SequenceState.WRONG, "is not set"),
            ('to = "CP9"\ntimeout = 0.05', SequenceState.NOT_CONNECTED, "CP9 is not connected"),
        ):
            run = run_of(here, f'[[step]]\nexpect = "Heartbeat"\n{step}\n[[step]]\naction = "ClearCache"')
            assert await run.run() is state
            assert run.stopped_at is not None
            assert says in run.stopped_at.words
        assert peer.received == []
    await here.close()


async def test_it_can_be_stopped_while_it_waits() -> None:
    here = session(Role.CENTRAL_SYSTEM)
    async with as_central_system(here, Version.V16) as peer:
        await connected(here)
        run = run_of(here, '[[step]]\naction = "ClearCache"\npause = 60\n[[step]]\naction = "ClearCache"')
        task = asyncio.ensure_future(run.run())  # noqa: TID251 - the test owns it
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert run.stopped_at is not None
        assert run.stopped_at.state is SequenceState.STOPPED
        assert peer.received == []
    await here.close()
