"""What an open connection shows: ping and pong, clocks, the answer to BootNotification, and how long silence lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ocpptui.describe.network_problems import recorded_problem
from ocpptui.doctor.examined_step import (
    ExaminedStep,
    Remark,
    StepName,
    examined,
    failed,
    fine,
    network_remark,
    skipped,
    warning,
)
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.date_times import SECOND, date_time, time_of
from ocpptui.ocpp.durations import duration_text, span_text
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version

OFF = 30 * SECOND
"""µs by which two clocks may differ; times of transactions are compared with them."""
SLOW = 2 * SECOND
"""µs from which on a round trip is called slow."""


def ping_step(round_trip: float | None, end: Mapping[str, Any] | None, waited: float) -> ExaminedStep:
    """`round_trip` in seconds, None without a pong; `end` is how the connection ended meanwhile."""
    name = StepName.PING
    if end is not None and round_trip is None:
        return examined(name, [_ended(end, "right after the upgrade")])
    if round_trip is None:
        remark = warning(
            "ping-unanswered",
            f"It did not answer a WebSocket ping within {waited:g} s.",
            "A charge point with WebSocketPingInterval takes the connection for dead; let the server, or the proxy in "
            "between, answer pings (RFC 6455 section 5.5.3).",
        )
        return examined(name, [remark])
    micros = round(round_trip * SECOND)
    text = f"It answered a WebSocket ping within {duration_text(micros)}."
    if micros >= SLOW:
        return examined(name, [warning("ping-slow", text, "Check the route and the load of the central system.")])
    return examined(name, [fine("ping", text)])


def clock_step(readings: Sequence[tuple[int, int]], certificate_would_be_valid: bool) -> ExaminedStep:
    """`readings` are times of the server and of this machine, in µs since 1970.

    `certificate_would_be_valid`: the certificate's dates are wrong by our clock and right by the server's.
    """
    if not readings:
        return examined(StepName.CLOCK, [skipped("The server gave no time: its answers have no Date header.")])
    server, local = min(readings, key=lambda reading: abs(reading[0] - reading[1]))
    seen = [f"server: {date_time(server)}", f"here: {date_time(local)}"]
    if certificate_would_be_valid:
        remark = failed(
            "clock-breaks-certificate",
            f"By the server's clock its certificate is valid; the clock of this machine is {_by(server, local)}.",
            "Set the clock of this machine (NTP). A charge point with a wrong clock refuses the certificate, too.",
        )
        return examined(StepName.CLOCK, [remark], seen)
    return examined(StepName.CLOCK, [_compared(server, local, "The server's Date header")], seen)


def boot_step(answer: Message | None, version: Version, took: int, waited: float, now: int) -> ExaminedStep:
    """The answer to BootNotification; None if none came. `took` and `now` in µs."""
    name = StepName.BOOT
    if answer is None:
        text = f"It did not answer BootNotification within {waited:g} s."
        return examined(name, [failed("boot-unanswered", text, "The central system's log should say why.")])
    seen = [f"BootNotification of OCPP {version}, answered within {duration_text(took)}"]
    if answer.kind.is_error:
        words = f": {answer.error_description.rstrip('.')}" if answer.error_description else ""
        text = f"It answered BootNotification with {answer.error_code}{words}."
        return examined(name, [failed("boot-error", text, "Is the version that it chose right?")], seen)
    payload = answer.payload if isinstance(answer.payload, dict) else {}
    seen.append(f"answer: {answer.payload_text}")
    remarks: list[Remark] = []
    status = payload.get("status")
    if status == "Accepted":
        remarks.append(fine("boot-accepted", "It accepts the charge point."))
    elif status == "Pending":
        text = "It answers Pending: it wants to set the charge point up before it accepts it."
        remarks.append(warning("boot-pending", text, "Look in the central system for what it is waiting for."))
    elif status == "Rejected":
        text = "It rejects the charge point, though it lets it connect."
        remarks.append(failed("boot-rejected", text, "Register and enable the id in the central system."))
    broken = [one for one in violations(version, "BootNotification", Part.RESPONSE, answer.payload) if not one.advisory]
    if broken:
        text = (
            f"The answer breaks the schema of OCPP {version}: at {broken[0].path}, {broken[0].expected} was expected."
        )
        remarks.append(failed("boot-answer-invalid", text, "Charge points may not understand it."))
    server = time_of(str(payload.get("currentTime", "")))
    if server is not None:
        remarks.append(_compared(server, now, "Its currentTime"))
    return examined(name, remarks, seen)


def idle_step(seconds: float, end: Mapping[str, Any] | None, took: float, calls: int) -> ExaminedStep:
    """`end` is how the connection ended after `took` seconds of silence; None: it lasted. `calls` came meanwhile."""
    name = StepName.IDLE
    seen = [f"{counted(calls, 'call')} of the central system came, without an answer from us"] if calls else []
    if end is None:
        text = f"The connection lasted {seconds:g} s without a message from us."
        return examined(name, [fine("idle-survived", text)], seen)
    problem = recorded_problem(end)
    how = "with a Close frame" if end.get("closedBy") == "peer" else "without a Close frame"
    text = f"The connection ended {how} ({end.get('closeCode')}) after {took:.0f} s without a message from us."
    advice = f"Set WebSocketPingInterval, or the heartbeat, to less than {max(1, round(took * 0.8))} s, or let the "
    remark = warning("idle-time-out", text, f"{advice}proxy in between wait longer.")
    return examined(name, [remark, *([network_remark(problem, remark.state)] if problem is not None else [])], seen)


def _ended(end: Mapping[str, Any], when: str) -> Remark:
    problem = recorded_problem(end)
    words = f" {network_remark(problem).sentence}" if problem is not None else ""
    if end.get("closedBy") == "us":
        text = f"The connection could not go on {when}.{words}"
        return failed("closed-after-upgrade", text, "Look at what the server, or a proxy in between, sends first.")
    return failed(
        "closed-after-upgrade",
        f"It ended the connection {when} ({end.get('closeCode')}).{words}",
        "It may not know the id, or the connection of the same charge point; its log should say why.",
    )


def _compared(server: int, local: int, whose: str) -> Remark:
    if abs(server - local) < OFF:
        return fine("clock-agrees", f"{whose} agrees with the clock of this machine.")
    return warning(
        "clock-differs",
        f"{whose} and the clock of this machine differ: the latter is {_by(server, local)}.",
        "Set the wrong one (NTP); certificates, times of transactions and tokens depend on it.",
    )


def _by(server: int, local: int) -> str:
    return f"{span_text(abs(server - local))} {'behind' if local < server else 'ahead'}"
