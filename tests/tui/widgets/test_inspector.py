"""The inspector: everything about a record, at both sizes."""

from __future__ import annotations

import json

import pytest

from ocpptui.describe.record_in_full import inspection
from ocpptui.diagnosis.findings import findings_at
from ocpptui.ocpp.version import Direction, Version
from ocpptui.timeline.record import ConnectionEvent
from tests.kit.driver import SIZES
from tests.kit.session_view import Screen, screen_over
from tests.kit.talk import Talk

BACK = Direction.TO_CHARGE_POINT
BOOT = '{"chargePointVendor":"ACME","chargePointModel":"Wallbox"}'


def words(talk: Talk, index: int) -> str:
    """All text of the inspector for a record."""
    return "\n".join(line for section in inspection(talk.timeline, index) for line in section.lines)


def after(heading: str, text: str) -> list[str]:
    """The lines below a heading, up to an empty one."""
    lines = text.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith(heading))
    end = lines.index("", place) if "" in lines[place:] else len(lines)
    return lines[place + 1 : end]


async def shown(screen: Screen, index: int) -> str:
    """The inspector with the whole record, as painted."""
    screen.log.select(index)
    await screen.press("enter")
    await screen.until(lambda: screen.inspector.index == index)
    inspector = screen.inspector
    lines = [inspector.render_row(number).text.rstrip() for number in range(inspector.virtual_size.height)]
    await screen.press("escape")
    return "\n".join(lines)


def riddle() -> Talk:
    """A call whose message id was used by another call that has no answer yet."""
    talk = Talk()
    talk.call("Heartbeat", message_id="7")
    for _ in range(30):
        talk.ping()
    talk.call("StatusNotification", '{"connectorId":1,"errorCode":"NoError","status":"Available"}', message_id="7")
    return talk


def test_a_finding_is_explained_with_its_source_and_the_related_records() -> None:
    """The user would know that something is wrong, but not why, or since when."""
    talk = riddle()
    text = words(talk, 31)
    (collision,) = (one for one in findings_at(talk.timeline, 31) if one.rule == "rpc.id-collides-in-flight")
    assert f"{collision.text} (rpc.id-collides-in-flight)" in text
    assert f"{collision.remedy} Source: {collision.source}.".strip() in text
    assert "Related: Heartbeat at " in text and "(r goes there, b comes back)." in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pane", ["log", "inspector"])
async def test_a_key_goes_to_a_related_record_and_another_back(size: tuple[int, int], pane: str) -> None:
    """The record that explains the finding is a screen away, and after looking the user has lost the place."""
    async with screen_over(riddle().session, size) as screen:
        screen.log.action_toggle_follow()
        screen.log.select(31)
        if pane == "inspector":
            await screen.press("enter")
            await screen.until(lambda: screen.inspector.has_focus, "the inspector")
        await screen.press("r")
        await screen.until(lambda: screen.log.cursor == 0, "the related record")
        if pane == "inspector":
            await screen.until(lambda: screen.inspector.index == 0, "the related record in full")
        await screen.press("r")
        await screen.until(lambda: "No other record is related" in "".join(screen.notices()), "a notice")
        await screen.press("b")
        await screen.until(lambda: screen.log.cursor == 31, "the way back")


# -- what it says ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_call_is_shown_in_full(size: tuple[int, int]) -> None:
    """Parts of the record could not be reached at one of the sizes."""
    talk = Talk()
    call, answer = talk.exchange("BootNotification", BOOT, '{"status":"Accepted","currentTime":"x","interval":7}')
    async with screen_over(talk.session, size) as screen:
        text = await shown(screen, call)
        for wanted in (
            "CALL BootNotification",
            "to the central system",
            "CP001",
            "OCPP 1.6",
            "Core",
            "answered in 12 ms",
            '"chargePointVendor": "ACME"',
            "Fields",
            "chargePointModel  string ≤20",
            "Answer after 12 ms",
            '"interval": 7',
            "Raw,",
            '[2,"id-0","BootNotification"',
        ):
            assert " ".join(wanted.split()) in " ".join(text.split()), f"{wanted} is missing in\n{text}"
        text = await shown(screen, answer)
        for wanted in ("CALLRESULT BootNotification", "to the charge point", "Call (o goes there)", "ACME"):
            assert wanted in text


def test_the_payload_is_shown_as_it_was_sent() -> None:
    """Numbers, order or repeated keys would be tidied up, and the user would not find the fault."""
    talk = Talk()
    payload = '{"b":21.40,"a":1e3,"n":12345678901234567890123,"a":"\\u00e4\\/"}'
    text = words(talk, talk.call("DataTransfer", payload))
    for piece in ('"b": 21.40', '"a": 1e3', '"n": 12345678901234567890123', r'"a": "ä\/"'):
        assert piece in text
    assert text.index('"b": 21.40') < text.index('"a": 1e3') < text.index('"a": "ä')
    assert payload in text, "the raw text is below it"


def test_every_present_field_is_explained_once_for_any_value() -> None:
    """A field that is false, 0 or empty would seem to have no meaning; or a list would repeat it a hundred times."""
    talk = Talk()
    call = talk.call("GetConfiguration", direction=BACK)
    keys = [{"key": "A", "readonly": False, "value": ""}, {"key": "B", "readonly": False}]
    answer = talk.answer(call, json.dumps({"configurationKey": keys, "unknownKey": []}))
    names = [line.split()[0] for line in after("Fields", words(talk, answer))]
    assert names == ["configurationKey", "key", "readonly", "value", "unknownKey"]


def test_fields_have_their_meaning_if_the_schema_gives_it() -> None:
    """The user would have to look up each field in the specification."""
    talk = Talk()
    call = talk.call(
        "BootNotification",
        '{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}}',
        version=Version.V201,
        connection=2,
    )
    lines = after("Fields", words(talk, call))
    assert any("reason" in line and "reason for sending this message" in line for line in lines)
    assert any(line.startswith("  model") and "string ≤20" in line for line in lines)


# -- what is wrong --------------------------------------------------------------------------------------------------


def test_a_violation_is_shown_with_path_code_and_the_version_that_allows_it() -> None:
    """The user would see that a message is wrong, but not where or what the other side will answer."""
    talk = Talk()
    payload = '{"connectorId":"1","errorCode":"NoError","status":"Available"}'
    text = words(talk, talk.call("StatusNotification", payload))
    assert "$.connectorId" in text
    assert "OCPP 1.6 answers this with TypeConstraintViolation." in text
    v201 = '{"timestamp":"2026-11-22T10:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":1}'
    assert "The payload is not valid in OCPP 1.6, but would be in OCPP 2.0.1, 2.1." in words(
        talk, talk.call("StatusNotification", v201)
    )


def test_an_unknown_action_is_named_with_the_versions_that_have_it() -> None:
    """A message of another version would look like one that is only unexplained."""
    talk = Talk()
    text = words(talk, talk.call("GetVariables"))
    assert "OCPP 1.6 has no action GetVariables: 2.0, 2.0.1, 2.1 have it. (rpc.unknown-action)" in text
    text = words(talk, talk.call("Make[b]Coffee"))
    assert "OCPP 1.6 has no action 'Make[b]Coffee'." in text and "NotImplemented" in text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("hello", "not valid JSON"), ('[2,"1"', "ends"), ("{}", "array"), ('[9,"1",{}]', "9"), ('[2,"1"]', "missing")],
)
def test_a_malformed_frame_is_shown_with_its_defect(raw: str, reason: str) -> None:
    """The user would see text, but not why it is not OCPP."""
    talk = Talk()
    text = words(talk, talk.raw(raw))
    assert text.startswith("MALFORMED")
    assert "Not an OCPP message: " in text and reason in text.split("\n")[2]
    assert raw in text


def test_bytes_that_are_not_text_are_shown_anyway() -> None:
    """The one message that matters would be invisible."""
    talk = Talk()
    text = words(talk, talk.raw(b'[2,"1","Heart\xffbeat",{}]'))
    assert r"Heart\xffbeat" in text and "are not UTF-8" in text


def test_orphan_answers_say_so() -> None:
    """The user would search for the call of an answer that has none."""
    talk = Talk()
    talk.happened(ConnectionEvent.OPENED)
    assert "This answer has no call" in words(talk, talk.raw('[3,"nobody",{}]'))
    call, _ = talk.exchange()
    second = talk.answer(call)
    assert "second answer" in words(talk, second)
    again = talk.call(message_id=f"id-{call}")
    assert "was used before" in words(talk, again)
    assert "No answer so far." in words(talk, again)


def test_a_masked_secret_is_marked_as_masked() -> None:
    """A shared screen would show a password, or the user would take three asterisks for it."""
    talk = Talk()
    call = talk.call("ChangeConfiguration", '{"key":"AuthorizationKey","value":"hunter2hunter2"}', direction=BACK)
    text = words(talk, call)
    assert "hunter2" not in text
    assert "Secrets are masked: $.value" in text


def test_a_refused_connection_is_shown_with_its_headers() -> None:
    """The user would have to guess why a charge point is refused."""
    talk = Talk()
    index = talk.happened(
        ConnectionEvent.REFUSED,
        url="ws://h/CP001",
        error="It offers no subprotocol.",
        advice="Try --assume-version.",
        requestHeaders={"Host": "h", "Sec-WebSocket-Version": "13"},
        offered=["ocpp1.5"],
        tls={"version": "TLSv1.3", "cipher": "X"},
    )
    text = words(talk, index)
    assert text.startswith("CONNECTION refused")
    for wanted in ("It offers no subprotocol.", "Try --assume-version.", "url  ws://h/CP001", "request headers",
                   "Host  h", "13", "offered  ocpp1.5", "version  TLSv1.3"):  # fmt: skip
        assert wanted.lower() in text.lower(), f"{wanted} is missing in\n{text}"


# -- on the screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_answer_appears_when_it_arrives(size: tuple[int, int]) -> None:
    """The inspector would keep saying that there is no answer although it has arrived."""
    talk = Talk()
    call = talk.call()
    async with screen_over(talk.session, size) as screen:
        await screen.press("enter")
        await screen.until(lambda: "No answer so far." in screen.text())
        talk.answer(call, '{"currentTime":"2026-11-22T10:00:00Z"}')
        await screen.until(lambda: "Answer after" in screen.text())
        assert "No answer so far." not in screen.text()
        assert screen.inspector.index == call


async def test_it_shows_the_record_under_the_cursor_from_its_top() -> None:
    """The log would select one record and the inspector show another."""
    talk = Talk()
    for number in range(10):
        talk.exchange("UnlockConnector", f'{{"connectorId":{number}}}', '{"status":"Unlocked"}')
    async with screen_over(talk.session, (200, 60)) as screen:
        await screen.until(lambda: screen.inspector.index == 19)
        await screen.press("k", "k", "k")
        await screen.until(lambda: screen.inspector.index == 16)
        assert '"connectorId": 8' in screen.text()
        await screen.press("enter", "G", "o")
        await screen.until(lambda: screen.inspector.index == 17)
        assert screen.inspector.scroll_offset.y == 0


async def test_it_is_filled_when_it_becomes_visible() -> None:
    """An enlarged terminal would show an empty pane until the cursor moves."""
    talk = Talk()
    talk.exchange()
    async with screen_over(talk.session) as screen:
        assert not screen.inspector.display
        await screen.pilot.resize_terminal(200, 60)
        await screen.until(lambda: screen.inspector.index == 1)
        await screen.until(lambda: "CALLRESULT Heartbeat" in screen.text())


async def test_keys_move_through_a_long_record() -> None:
    """At 24 lines most of a message would be out of reach."""
    talk = Talk()
    talk.call("DataTransfer", json.dumps({"vendorId": "v", "data": ["x"] * 200}))
    async with screen_over(talk.session) as screen:
        await screen.press("enter")
        inspector = screen.inspector
        page = inspector.size.height - 1
        last = inspector.max_scroll_y
        for keys, top in (
            ("j", 1), ("down", 2), ("k", 1), ("up", 0), ("pagedown", page), ("pageup", 0), ("space", page), ("g", 0),
            ("G", last), ("home", 0), ("end", last),
        ):  # fmt: skip
            await screen.press(keys)
            assert inspector.scroll_offset.y == top, keys
        assert inspector.max_scroll_y > 200


async def test_a_long_string_is_wrapped_and_none_of_it_is_lost() -> None:
    """The user could not read the end of a certificate or an error text."""
    talk = Talk()
    text = " ".join(f"word{number}" for number in range(100))
    call = talk.call("DataTransfer", json.dumps({"vendorId": "v", "data": text}))
    async with screen_over(talk.session) as screen:
        whole = await shown(screen, call)
        assert max(map(len, whole.split("\n"))) < 80
        pretty = whole[: whole.index("Raw,")]
        joined = "".join(line.strip() for line in pretty.split("\n"))
        assert all(f"word{number}" in joined for number in range(100))


async def test_a_configuration_is_a_table_and_its_json_one_key_away() -> None:
    """35 values would be 179 lines in a box of six, or nobody could see the JSON that was sent."""
    talk = Talk()
    keys = [{"key": f"Sample{number}", "readonly": False, "value": str(number)} for number in range(9)]
    answer = talk.answer(talk.call("GetConfiguration", direction=BACK), json.dumps({"configurationKey": keys}))
    async with screen_over(talk.session) as screen:
        assert "    Sample8  8" in await shown(screen, answer)
        await screen.press("enter", "t")
        assert '"key": "Sample8",' in await shown(screen, answer)
        await screen.press("enter", "t")
        assert "    Sample8  8" in await shown(screen, answer)


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_shows_the_message_in_other_versions_and_what_gets_lost(size: tuple[int, int]) -> None:
    """Who migrates would look up every field by hand."""
    talk = Talk()
    status = '{"connectorId":1,"errorCode":"GroundFailure","status":"Charging","timestamp":"2026-01-01T00:00:00Z"}'
    call = talk.call("StatusNotification", status)
    whole = talk.call("StatusNotification", '{"connectorId":0,"errorCode":"NoError","status":"Available"}')
    async with screen_over(talk.session, size) as screen:
        assert "In OCPP" not in await shown(screen, call)
        await screen.press("enter", "I")
        text = await shown(screen, call)
        assert "In OCPP 2.1: StatusNotification, never sent" in text
        assert '"connectorStatus": "Occupied"' in text
        assert "lost: $.connectorStatus: Charging becomes Occupied" in text
        assert "lost: $.errorCode" in text and "assumed: $.connectorId: 1" in text
        assert "no counterpart" in await shown(screen, whole)
        await screen.press("enter", "I")
        assert "In OCPP" not in await shown(screen, whole)
        seen = []
        for _ in range(6):
            screen.log.select(call)
            await screen.press("enter", "I")
            lines = (await shown(screen, call)).split("\n")
            seen += [line.strip().split(":")[0] for line in lines if "In OCPP" in line] or ["as it is"]
        assert seen == [
            "In OCPP 2.1", "In OCPP 2.0.1", "In OCPP 1.5", "In OCPP 1.2", "In OCPP 2.0 (withdrawn)", "as it is"
        ]  # fmt: skip
