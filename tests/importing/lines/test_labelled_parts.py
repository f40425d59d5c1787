"""Frames that a log has in labelled parts come back as whole frames, and what lacks a part is not made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.lines.labelled_parts import labelled_parts
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation, exchanges
from tests.importing.frames import FRAMES, compact
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

Parts = Callable[[dict[str, Any]], str]
_KINDS = {2: "Call", 3: "CallResult", 4: "CallError"}


def parts_of(raw: str) -> dict[str, Any]:
    """The parts of a frame: its kind as a number and as a word, its id, its action or error, its payload as JSON."""
    frame = json.loads(raw)
    payload = json.dumps(frame[-1], separators=(",", ":"), ensure_ascii=False)
    parts = {"number": frame[0], "kind": _KINDS[frame[0]], "id": frame[1], "payload": payload}
    if frame[0] == 2:
        parts["action"] = frame[2]
    if frame[0] == 4:
        parts["code"], parts["description"] = frame[2], frame[3]
    return parts


def middle(parts: dict[str, Any], action: str, code: str) -> str:
    """The parts between the id and the payload."""
    if "action" in parts:
        return action.format(parts["action"])
    return code.format(parts["code"], parts["description"]) if "code" in parts else ""


action_of_java = "action='{}', "
error_of_java = "errorCode='{}', errorDescription='{}', "
error_in_quotes = 'errorCode={}, errorDescription="{}", '
error_with_spaces = 'ErrorCode = {}, ErrorDescription = "{}", '
error_of_go = 'ErrorCode:{} ErrorDescription:"{}" '
action_of_rust = 'action: "{}", '
error_of_rust = 'error_code: "{}", error_description: "{}", '
error_with_slashes = 'ErrorCode={} / ErrorDescription="{}" / '
error_in_logfmt = 'errorCode={} errorDescription="{}" '
NOTATIONS: dict[str, Parts] = {
    "Java": lambda p: (
        f"{p['kind']}Message{{id='{p['id']}', {middle(p, action_of_java, error_of_java)}payload='{p['payload']}'}}"
    ),
    "Lombok": lambda p: (
        f"{p['kind']}(messageId={p['id']}, {middle(p, 'action={}, ', error_in_quotes)}payload={p['payload']})"
    ),
    "Kotlin": lambda p: (
        f"OcppMessage(messageTypeId={p['number']}, uniqueId={p['id']}, "
        f"{middle(p, 'action={}, ', error_in_quotes)}payload={p['payload']})"
    ),
    "Eclipse": lambda p: (
        f"OcppMessage [messageTypeId={p['number']}, uniqueId={p['id']}, "
        f"{middle(p, 'action={}, ', error_in_quotes)}payload={p['payload']}]"
    ),
    "C#": lambda p: (
        f"{p['kind']} {{ MessageId = {p['id']}, {middle(p, 'Action = {}, ', error_with_spaces)}"
        f"Payload = {p['payload']} }}"
    ),
    "Go": lambda p: (
        f"&{{MessageTypeId:{p['number']} UniqueId:{p['id']} {middle(p, 'Action:{} ', error_of_go)}"
        f"Payload:{p['payload']}}}"
    ),
    "Rust": lambda p: (
        f'{p["kind"]} {{ message_id: "{p["id"]}", {middle(p, action_of_rust, error_of_rust)}'
        f"payload: {json.dumps(p['payload'], ensure_ascii=False)} }}"
    ),
    "OCPP.Core": lambda p: (
        f"OCPPMiddleware.Receive16 => OCPP-Message: Type={p['number']} / ID={p['id']} / "
        f"{middle(p, 'Action={} / ', error_with_slashes)}Message={p['payload']}"
    ),
    "logfmt": lambda p: (
        f"type={p['number']} msgid={p['id']} {middle(p, 'action={} ', error_in_logfmt)}payload={p['payload']}"
    ),
}
ONLY_QUOTED = ("Java",)


def whole_frames(frames: Sequence[Exchanged]) -> list[Exchanged]:
    """The frames that have parts: a malformed one has none."""
    places = [number for number, frame in enumerate(frames) if is_json(frame.raw)]
    halves = [frames[number].half for number in places]
    return [
        replace(frames[number], half=places.index(half) if half in places else None)
        for number, half in zip(places, halves, strict=True)
    ]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_conversation_in_parts_comes_back(tmp_path: Path, notation: str, version: Version) -> None:
    """Loggers that print their objects would show nothing."""
    frames = whole_frames(conversation(("CP-77", "CP-78"), version))
    lines = [
        f"{utc(f)} {f.name}: {way(f, 'received', 'sent')} {NOTATIONS[notation](parts_of(f.raw))}\n" for f in frames
    ]
    path = tmp_path / "objects.log"
    path.write_text("".join(lines))
    found = read(path)
    check(found, frames, timedelta(milliseconds=1))
    assert {record.detail["notation"] for record in found.records} == {"fields"}


@settings(max_examples=60, deadline=None)
@given(frame=FRAMES, notation=st.sampled_from(sorted(set(NOTATIONS) - {*ONLY_QUOTED})))
def test_any_payload_comes_back(tmp_path_factory: pytest.TempPathFactory, frame: list[Any], notation: str) -> None:
    if frame[0] == 4:
        frame[3] = "no"
    raw = compact(frame)
    path = tmp_path_factory.mktemp("parts") / "objects.log"
    path.write_text(f"2026-03-14T09:30:00Z received {NOTATIONS[notation](parts_of(raw))}\n", encoding="utf-8")
    assert read(path, keep_secrets=True).raws == [raw]


@pytest.mark.parametrize(
    "line",
    [
        "recv BootNotificationRequest(chargePointVendor=Acme, chargePointModel=X)",
        "OCPP-Message: Type=2 / ID=a1 / Action=Heartbeat)",
        "Call(messageId=a1, action=BootNotification, payload=BootNotificationRequest(vendor=Acme))",
        "Call(messageId=a1, action=BootNotification, payload={vendor=Acme})",
        "level=info id=a1 data={} handled",
        "request id=a1 action=login payload={}",
        "Call(action=Heartbeat, payload={})",
        "Call(messageId=a1, action=Heartbeat) was queued, then payload={} was not",
    ],
)
def test_what_lacks_a_part_is_not_a_frame(line: str) -> None:
    """A payload that nobody sent would be shown."""
    assert labelled_parts(line) is None


def test_a_frame_that_the_log_also_has_itself_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "both.log"
    path.write_text(
        '2026-03-14T09:30:00.100Z CP-77: received [2, "a1", "Heartbeat", {}]\n'
        "2026-03-14T09:30:00.101Z handling type=2 id=a1 action=Heartbeat payload={}\n"
        '2026-03-14T09:30:00.102Z CP-77: sent [3,"a1",{"currentTime":"2026-03-14T09:30:00Z"}]\n'
    )
    assert [record.kind.name for record in read(path).records] == ["CALL", "CALLRESULT"]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize(
    "order", ["[{id}] [{action}] [{kind}] ", "[{kind}] [{action}] [{id}] ", "[{action}][{id}][{kind}]"]
)
def test_the_parts_of_a_frame_may_be_in_brackets(tmp_path: Path, version: Version, order: str) -> None:
    """The log of ocpp-cs would be said to have no frame."""
    frames = exchanges(("CP-77", "CP-78"), version)
    log = tmp_path / "ocpp-cs.log"
    with log.open("w") as file:
        for frame in frames:
            parts = parts_of(frame.raw)
            call = frame if frame.half is None or parts["number"] == 2 else frames[frame.half]
            words = order.format(id=parts["id"], action=json.loads(call.raw)[2], kind=parts["kind"])
            file.write(f"[{frame.time:%Y/%m/%d %H:%M:%S.%f}] [{frame.name}] {words}{parts['payload']}\n\n")
    check(read(log), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize(
    "line",
    [
        "[a1] [Heartbeat] [Info] {}",
        "[a1] [a2] [Call] {}",
        "[Call] [Heartbeat] {}",
        "[a1] [Heartbeat] [CallError] {}",
        "[a1] [Heartbeat] [Call] {",
        "[a1] [Heartbeat] [Call] {} and more",
        "[Call] [Heartbeat] [CallResult] {}",
    ],
)
def test_other_brackets_before_an_object_are_no_parts(line: str) -> None:
    """A frame would be made up."""
    assert labelled_parts(line) is None
