"""Any number of transactions at several connectors, of which some are delivered late: nothing of them is a problem."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocpptui.diagnosis.trace import read_trace
from tests.diagnosis.test_transactions_in_part import boot_2, boot_16, problems

PERIOD = 300
"""Seconds between two samples."""


class MadeUpSession(NamedTuple):
    """A transaction at one connector, in seconds after the end of the one before."""

    pause: int
    samples: int
    rest: int


class MadeUpEvent(NamedTuple):
    """What is reported of a transaction."""

    at: int
    place: int
    name: str
    kind: str
    number: int
    energy: int


SESSIONS = st.lists(
    st.lists(st.builds(MadeUpSession, st.integers(60, 4000), st.integers(1, 6), st.integers(60, 299)), max_size=4),
    min_size=1,
    max_size=3,
)
OUTAGES = st.lists(st.tuples(st.integers(100, 12000), st.integers(120, 3000), st.booleans()), max_size=3)


def clock(second: int) -> str:
    return f"{10 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def happenings(places: list[list[MadeUpSession]]) -> list[MadeUpEvent]:
    """What happens at all places, in its order."""
    found = []
    for place, sessions in enumerate(places, 1):
        now, energy = 0, 0
        for count, session in enumerate(sessions):
            name, now = f"{place}-{count}", now + session.pause
            found.append(MadeUpEvent(now, place, name, "Started", 0, energy))
            for number in range(1, session.samples + 1):
                now, energy = now + PERIOD, energy + 900
                found.append(MadeUpEvent(now, place, name, "Updated", number, energy))
            now, energy = now + session.rest, energy + 400
            found.append(MadeUpEvent(now, place, name, "Ended", session.samples + 1, energy))
    return sorted(found)


def delivered(
    all_of_it: list[MadeUpEvent], outages: list[tuple[int, int, bool]]
) -> list[tuple[int, MadeUpEvent | bool]]:
    """When each is sent: in its order, after the connection is open again. A boolean opens one, with a boot or not."""
    found: list[tuple[int, MadeUpEvent | bool]] = []
    closed: list[tuple[int, int, bool]] = []
    for at, length, has_boot in sorted(outages):
        if not closed or at > closed[-1][1] + 300:
            closed.append((at, at + length, has_boot))
    last = 0
    for one in all_of_it:
        while closed and closed[0][1] <= max(one.at, last):
            last = closed[0][1] + 1
            found.append((closed.pop(0)[1], False))
        if closed and closed[0][0] <= one.at:
            found.append((closed[0][1], closed[0][2]))
            last = closed.pop(0)[1] + 1
        last = max(one.at, last + 1)
        found.append((last, one))
    return found


def in_1_6(places: list[list[MadeUpSession]], outages: list[tuple[int, int, bool]]) -> str:
    lines, ids = [boot_16("09:59:00")], dict[str, int]()
    for sent, one in delivered(happenings(places), outages):
        when = clock(sent)
        if isinstance(one, bool):
            lines.append(f"{when} closed\n" + (boot_16(when) if one else f"{when} opened\n"))
            continue
        at, number = f"2026-01-01T{clock(one.at)}Z", ids.setdefault(one.name, 100 + len(ids))
        if one.kind == "Started":
            body = f'"connectorId":{one.place},"idTag":"{one.place}","meterStart":{one.energy},"timestamp":"{at}"'
            if sent <= one.at + 60:
                accepted = '{"idTagInfo":{"status":"Accepted"}}'
                lines.append(f'{when} > Authorize {{"idTag":"{one.place}"}}\n{when} < ok {accepted}\n')
            answer = f'{{"idTagInfo":{{"status":"Accepted"}},"transactionId":{number}}}'
            lines.append(f"{when} > StartTransaction {{{body}}}\n{when} < ok {answer}\n")
        elif one.kind == "Updated":
            value = f'{{"timestamp":"{at}","sampledValue":[{{"value":"{one.energy}"}}]}}'
            body = f'"connectorId":{one.place},"transactionId":{number},"meterValue":[{value}]'
            lines.append(f"{when} > MeterValues {{{body}}}\n{when} < ok\n")
        else:
            body = f'"transactionId":{number},"meterStop":{one.energy},"timestamp":"{at}","reason":"EVDisconnected"'
            lines.append(f"{when} > StopTransaction {{{body}}}\n{when} < ok\n")
    return "".join(lines) + "23:50:00 > Heartbeat {}"


def in_2_0_1(places: list[list[MadeUpSession]], outages: list[tuple[int, int, bool]]) -> str:
    lines = ["2.0.1\n", boot_2("09:59:00")]
    triggers = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}
    states = {"Started": "EVConnected", "Updated": "Charging", "Ended": "Idle"}
    for sent, one in delivered(happenings(places), outages):
        when = clock(sent)
        if isinstance(one, bool):
            lines.append(f"{when} closed\n" + (boot_2(when) if one else f"{when} opened\n"))
            continue
        is_late = sent > one.at + 60  # it waits for its turn, or was offline
        if is_late and one.kind == "Updated" and one.number % 2:
            continue  # which a charging station may drop
        more = ',"idToken":{"idToken":"A","type":"ISO14443"}' if one.kind == "Started" else ""
        value = f'{{"timestamp":"2026-01-01T{clock(one.at)}Z","sampledValue":[{{"value":{one.energy}}}]}}'
        lines.append(
            f'{when} > TransactionEvent {{"eventType":"{one.kind}","timestamp":"2026-01-01T{clock(one.at)}Z",'
            f'"triggerReason":"{triggers[one.kind]}","seqNo":{one.number},"evse":{{"id":{one.place},"connectorId":1}},'
            f'"offline":{str(is_late).lower()},"transactionInfo":{{"transactionId":"{one.name}","chargingState":'
            f'"{states[one.kind]}"}},"meterValue":[{value}]{more}}}\n{when} < ok\n'
        )
    return "".join(lines) + "23:50:00 > Heartbeat {}"


@settings(max_examples=25, deadline=None)
@given(SESSIONS, OUTAGES, st.integers(0, 60))
@example([[MadeUpSession(60, 1, 60), MadeUpSession(60, 3, 60), MadeUpSession(1304, 4, 60)]], [(2020, 1924, False)], 0)
def test_right_transactions_of_1_6_have_no_problem(
    places: list[list[MadeUpSession]], outages: list[tuple[int, int, bool]], first: int
) -> None:
    """A charge point with a bad connection would be blamed for it."""
    text = in_1_6(places, outages)
    assert problems(read_trace(text).records[first:]) == [], text


@settings(max_examples=25, deadline=None)
@given(SESSIONS, OUTAGES, st.integers(0, 60))
def test_right_transactions_of_2_0_1_have_no_problem(
    places: list[list[MadeUpSession]], outages: list[tuple[int, int, bool]], first: int
) -> None:
    text = in_2_0_1(places, outages)
    assert problems(read_trace(text).records[first:]) == [], text
