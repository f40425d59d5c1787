"""The times in our answers are the present, however often a recorded answer is used."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from itertools import count

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Role, Version
from ocpptui.replay.plan import plan
from ocpptui.replay.player import Player
from ocpptui.replay.substitutions import Substitutions
from ocpptui.runtime.tasks import Tasks
from tests.replay.live import by_hand
from tests.replay.tape import Tape

BEGAN = 1_800_000_000_000_000
MINUTE = 60_000_000


async def answers(tape: Tape, *calls: str, rules: Substitutions) -> list[dict[str, object]]:
    """What a bare charge point gets from a replay as the central system; the clock goes on a minute at each look."""
    clock = count(BEGAN, MINUTE)
    tasks = Tasks("test")
    async with by_hand(Role.CENTRAL_SYSTEM, Version.V16) as session:
        recording = plan(tape.timeline, Role.CENTRAL_SYSTEM)
        player = Player(recording, session, patience=0.1, rules=rules, clock=lambda: next(clock))
        player.play()
        tasks.start(player.run(), "player")
        url = session.listening_urls[0] + "CP-1"
        received = []
        async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as socket, asyncio.timeout(20):
            for number, action in enumerate(calls):
                payload = {"chargePointVendor": "V", "chargePointModel": "M"} if action == "BootNotification" else {}
                await socket.send(json.dumps([2, str(number), action, payload]))
                message = json.loads(await socket.recv())
                assert message[:2] == [3, str(number)]
                received.append(message[2])
        await tasks.cancel()
        return received


async def test_each_of_many_heartbeats_gets_the_present_from_one_recorded_answer(charge: Tape) -> None:
    """A charge point sets its clock by it: all its times would be those of the first heartbeat."""
    calls = ["BootNotification", *["Heartbeat"] * 4]
    boot, *beats = await answers(charge, *calls, rules=Substitutions(shift_times=True))
    times = [time_of(str(one["currentTime"])) for one in (boot, *beats)]
    assert boot["interval"] == 300, "everything else is as recorded"
    assert all(time is not None and time >= BEGAN for time in times)
    assert len(set(times)) == len(times) and times == sorted(times, key=lambda time: time or 0)


async def test_times_are_as_recorded_where_the_user_keeps_them(charge: Tape) -> None:
    """A fault that depends on a wrong clock could not be repeated."""
    (beat,) = await answers(charge, "Heartbeat", rules=Substitutions())
    assert beat == {"currentTime": "2026-09-21T00:00:09Z"}


def test_the_notation_of_the_time_stays_as_recorded() -> None:
    """A charge point may understand only one."""
    from ocpptui.replay.rewriting import Rewriting

    now = int(datetime(2027, 1, 2, 3, 4, 5, 678_901, UTC).timestamp() * 1e6)
    texts = {
        "2026-09-21T00:00:09Z": "2027-01-02T03:04:05Z",
        "2026-09-21T00:00:09.100Z": "2027-01-02T03:04:05.678Z",
        "2026-09-21T02:00:09+02:00": "2027-01-02T05:04:05+02:00",
        "yesterday": "yesterday",
    }
    for recorded, live in texts.items():
        payload = json.dumps({"currentTime": recorded})
        assert Rewriting(Version.V16).apply("Heartbeat", payload, present=now) == json.dumps({"currentTime": live})
