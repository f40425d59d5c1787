"""Filters: the records that match, and the messages for invalid text."""

from __future__ import annotations

import pytest
from hypothesis import given

from ocpptui.filter.query import QueryError, parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import Record, RecordKind
from ocpptui.timeline.record_store import MemoryStore, Place
from tests.kit.talk import Talk
from tests.ocpp.envelopes import CS_15, fault, request
from tests.timeline.example_session import (
    ANY_TEXT,
    BOOT,
    NOON,
    SECOND,
    SESSION,
    found,
    frame,
    session,
    soap,
    timeline_of,
)

pytestmark = pytest.mark.usefixtures("newfoundland")


class CountingSource(MemoryStore):
    """Counts how often a record is read."""

    reads = 0

    def record(self, place: Place) -> Record:
        self.reads += 1
        return super().record(place)

    def raw(self, place: Place) -> str | bytes | None:
        self.reads += 1
        return super().raw(place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("action:bootnotification", [1, 2]),
        ("action:*e*t", [3, 4]),
        ("action:Boot", []),
        ("cp:CP001", [0, 1, 2, 3, 4, 8]),
        ('cp:"CP 2"', [5, 6]),
        ("cp:cp*2", [5, 6]),
        ("kind:call", [1, 3, 8]),
        ("kind:result", [2, 5]),
        ("kind:error", [4]),
        ("kind:answer", [2, 4, 5]),
        ("kind:malformed", [6]),
        ("kind:connection", [0]),
        ("kind:note", [7]),
        ("dir:to-cp", [2, 3]),
        ("dir:to-csms kind:call", [1, 8]),
        ("id:A81F", [1, 2]),
        ("id:a8*", [1, 2]),
        ("version:2.0.1", [5, 6]),
        ("version:1.6J kind:call", [1, 3, 8]),
        ("origin:manual", [3, 7]),
        ("event:opened", [0]),
        ("conn:2", [5, 6]),
        ("invalid", [3]),
        ("valid", [1, 2, 8]),
        ("orphan", [5]),
        ("unanswered", [8]),
        ("latency>2s", [1, 2]),
        ("latency>=3s", [1, 2]),
        ("latency<1500ms", [3, 4]),
        ("latency=1s", [3, 4]),
        ("latency!=1s", [1, 2]),
        ("after:12:00:08Z", [6, 7, 8]),
        ("after:8:30:08", [6, 7, 8]),  # 12:00:08Z in Newfoundland
        ("before:08:30:01", [0]),
        ("after:2025-11-22T12:00:09Z", [7, 8]),
        ("before:2025-11-22T08:30:01", [0]),
        ("after:2025-11-22T13:00:09+01:00", [7, 8]),
        ("before:2025-11-22", []),
        ("after:2025-11-22 before:2025-11-23", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("connectorId=2", [8]),
        ("connectorid=2", [8]),
        ("connectorId=1", []),
        ("connectorId!=1", [8]),
        ("connectorId=*", [8]),
        ("interval>100", [2]),
        ("interval>=300", [2]),
        ("interval<300", []),
        ("value>230", [8]),
        ("value>231", []),
        ("sampledValue.measurand=voltage", [8]),
        ("meterValue.sampledValue.measurand=Volt*", [8]),
        ("meterValue.measurand=Voltage", []),
        ("status=accepted", [2]),
        ('note="a b"', [3]),
        ("errorCode=NotSupported", [4]),
        ("hint=two", [4]),
        ("hint=1", [4]),
        ("currentTime>2025-11-22T12:00", [2]),
        ("acme", [1]),
        ('"CHARGEPOINTVENDOR\\":\\"acme"', [1]),
        ("rubbish", [6]),
        ("fuse blew", [7]),
        ('"fuse blew"', [7]),
        ('"blew fuse"', []),
        ('"ws://HOST"', [0]),
        ("kind:call or kind:note", [1, 3, 7, 8]),
        ("kind:call AND not action:Reset", [1, 8]),
        ("kind:call -action:Reset", [1, 8]),
        ("--action:Reset", [3, 4]),
        ("(kind:note or kind:call) -(action:Reset)", [1, 7, 8]),
        ("not not kind:note", [7]),
        ('[2,"a81f"', [1]),
        ('"not"', [1, 3, 4]),
        ("kind:call - ", [8]),
        ("masked or marked or late or second or duplicate", []),
    ],
)
def test_each_term_finds_its_records(text: str, expected: list[int]) -> None:
    assert found(text, session()) == expected


def test_refused_requests_are_found_and_nothing_else_with_such_a_word() -> None:
    """A request that did nothing would be lost among thousands of answers."""
    back = Direction.TO_CHARGE_POINT
    timeline = timeline_of(
        frame('[2,"1","Authorize",{"idTag":"Blocked","status":"Rejected"}]'),
        frame('[3,"1",{"idTagInfo":{"status":"Blocked"}}]', back),
        frame('[3,"2",{"status":"\\u0052ejected"}]', back),
        frame('[3,"3",{"status":"Accepted","data":"Rejected"}]', back),
        frame('[3,"4",{"setVariableResult":[{"attributeStatus":"Accepted"},{"attributeStatus":"Rejected"}]}]'),
        frame('[4,"5","Rejected","",{"status":"Rejected"}]', back),
    )
    assert found("refused", timeline) == [1, 2, 4]


def test_late_second_and_duplicate_messages_are_found() -> None:
    back = Direction.TO_CHARGE_POINT
    timeline = timeline_of(
        frame('[2,"1","Heartbeat",{}]'),
        frame('[3,"1",{}]', back, NOON + 31 * SECOND),
        frame('[3,"1",{}]', back, NOON + 32 * SECOND),
        frame('[2,"1","Heartbeat",{}]', at=NOON + 33 * SECOND),
        Record(NOON, 1, RecordKind.CALL, Direction.TO_CSMS, raw='[2,"2","Heartbeat",{"key":"***"}]', masked=("$.key",)),
    )
    timeline.marks.add(2)
    assert found("late", timeline) == [1]
    assert found("second", timeline) == [2]
    assert found("duplicate", timeline) == [3]
    assert found("masked", timeline) == [4]
    assert found("marked", timeline) == [2]


def test_a_field_name_written_with_escapes_is_found() -> None:
    timeline = timeline_of(frame('[2,"1","Reset",{"\\u0074ype":"\\u0053oft"}]'), frame('[2,"1","Reset",{"type":"x"}]'))
    assert found("type=Soft", timeline) == [0]


def test_a_star_alone_matches_a_field_with_any_value() -> None:
    payloads = ('{"x":[]}', '{"x":{}}', '{"a":[[{"x":null}]]}', '{"x":""}', '{"y":"x"}')
    timeline = timeline_of(*(frame(f'[2,"1","Reset",{payload}]') for payload in payloads))
    assert found("x=*", timeline) == [0, 1, 2, 3]
    assert found('x=""', timeline) == [3]
    assert found("x=null", timeline) == [2]
    assert found("y.x=*", timeline) == []


def test_a_payload_of_any_depth_is_searched() -> None:
    deep = '{"a":' * 900 + '{"x":1}' + "}" * 900
    lists = '{"x":' + "[" * 900 + "7" + "]" * 900 + "}"
    timeline = timeline_of(frame(f'[2,"1","Reset",{deep}]'), frame(f'[2,"1","Reset",{lists}]'))
    assert found("x=1", timeline) == [0]
    assert found("x=7", timeline) == [1]


def test_the_text_of_a_record_is_read_only_if_the_columns_do_not_decide() -> None:
    source = CountingSource()
    actions = ["Reset"] * 10 + ["Heartbeat"] * 1000  # too many for the first ones to be cached
    timeline = timeline_of(*(frame(f'[2,"1","{action}",{{"foo":1}}]') for action in actions), source=source)
    assert found("foo action:Reset", timeline) == list(range(10))
    assert source.reads == 10
    source.reads = 0
    assert len(found("foo=1 or action:Heartbeat", timeline)) == 1010
    assert source.reads <= 10
    assert not parse_filter("action:Reset or kind:call latency>1s after:10:00").needs_text
    assert parse_filter("action:Reset or foo").needs_text


def test_records_of_every_kind_are_found_far_from_the_start() -> None:
    note = Record(NOON, 0, RecordKind.NOTE, detail={"text": "the needle"})
    hay = [frame('[2,"1","Heartbeat",{}]')] * 1500
    timeline = timeline_of(*hay, note, frame('[2,"1","Reset",{"x":"needle"}]'), *hay, note)
    assert found("needle", timeline) == [1500, 1501, 3002]
    assert found("x=needle", timeline) == [1501]


def test_only_filters_that_an_answer_can_change_follow_answers() -> None:
    assert parse_filter("unanswered").follows_answers
    assert parse_filter("foo or -(latency<1s)").follows_answers
    assert not parse_filter("action:Reset kind:call").follows_answers


def test_matches_all_distinguishes_an_empty_filter() -> None:
    assert parse_filter("").matches_all and parse_filter(" ").matches_all
    assert not parse_filter("valid").matches_all


def test_a_query_works_with_several_timelines_and_with_a_growing_one() -> None:
    query = parse_filter("action:Reset cp:B")
    first = timeline_of(frame('[2,"1","Reset",{}]', charge_point="B"), frame('[2,"2","Heartbeat",{}]'))
    assert query.select(first, 0, 2) == [0]
    second = timeline_of(frame('[2,"1","Other",{}]'), frame('[2,"2","Reset",{}]'))
    assert query.select(second, 0, 2) == []
    record = frame('[2,"3","Reset",{}]', charge_point="B")
    second.append(record)
    assert query.select(second, 0, 3) == [2]
    assert query.matches(second, 2) and not query.matches(second, 1)


def test_limiting_to_a_charge_point_matches_its_identity_literally() -> None:
    timeline = timeline_of(*(frame(BOOT, charge_point=name) for name in ("a*b", "aXb", "A*B")))
    assert parse_filter("kind:call").of_charge_point("a*b").select(timeline, 0, 3) == [0]


# -- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("latency>abc", "latency expects a time such as 2s or 200ms, not `abc`", 0),
        ("foo latency>2", "latency expects a time such as 2s or 200ms, not `2`", 4),
        ("latency:2s", "latency needs a comparison, as in latency>2s", 0),
        ("foo (bar", "a bracket is not closed", 4),
        ("(", "a bracket is not closed", 0),
        ("foo )", "this bracket does not close any other", 4),
        ("foo ()", "there is nothing between the brackets", 4),
        ('foo "bar', "a quotation mark is not closed", 4),
        ('"foo"bar', "a space is missing after this quotation mark", 4),
        ("foo or", "something is missing here: a word or a term such as action:Heartbeat", 6),
        ("not", "something is missing here: a word or a term such as action:Heartbeat", 3),
        ("or foo", "`or` needs a term on either side; to search for the word, put it in quotation marks", 0),
        ("kind:", "kind expects call, result, error, answer, send, malformed, connection, ping, pong or note", 0),
        ("dir:in", "dir expects to-csms or to-cp, not `in`", 0),
        ("version:3", "version expects 1.2, 1.5, 1.6, 2.0, 2.0.1 or 2.1, not `3`", 0),
        (
            "rule:boot.retryearly",  # a log that breaks no rule would look like this
            "rule expects the id of a rule, such as rpc.late-answer or rpc.*, not `boot.retryearly`",
            0,
        ),
        ("conn:x", "conn expects the number of a connection, such as 2, not `x`", 0),
        ("after:25:00", "after expects a time such as 10:00, 2026-11-22 or 2026-11-22T10:00Z, not `25:00`", 0),
        (
            "after:2026-02-30",
            "after expects a time such as 10:00, 2026-11-22 or 2026-11-22T10:00Z, not `2026-02-30`",
            0,
        ),
        ("acton:Reset", "there is no term `acton:`, did you mean `action:`?", 0),
        (
            "connectorId:1",
            (
                "there is no term `connectorId:`; write connectorId=1 for a payload field, "
                "or put a text with a colon in quotation marks"
            ),
            0,
        ),
        ("invalid:yes", "`invalid` takes no colon and no value", 0),
        ("connectorId=", 'connectorId needs a value: connectorId=1, or connectorId="" for an empty one', 0),
        (
            "meterValue[0].unit=V",
            "`meterValue[0].unit` is not a payload field: write connectorId=1 or sampledValue.measurand=Voltage",
            0,
        ),
        ("(" * 60 + "a" + ")" * 60, "brackets are nested more than 50 levels deep", 50),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, message: str, position: int) -> None:
    with pytest.raises(QueryError) as error:
        parse_filter(text)
    assert (error.value.message, error.value.position) == (message, position)


@given(ANY_TEXT)
def test_parsing_raises_nothing_but_query_errors(text: str) -> None:
    try:
        query = parse_filter(text)
    except QueryError as error:
        assert error.message and 0 <= error.position <= len(text)
    else:
        query.select(SESSION, 0, len(SESSION))


def test_a_long_chain_of_terms_or_negations_parses() -> None:
    assert found("kind:note " + "or kind:ping " * 5000, session()) == [7]
    assert found("not " * 5000 + "-" * 5001 + "kind:note", session()) == [0, 1, 2, 3, 4, 5, 6, 8]


SOAP_SESSION = timeline_of(
    frame(BOOT),
    soap(request("Authorize", "<o:idTag>&#84;AG001</o:idTag>", service=CS_15, message_id="uuid:7")),
    soap(fault("IdentityMismatch", "not me", service=CS_15, relates_to="uuid:7"), Direction.TO_CHARGE_POINT),
    soap("<broken>"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("transport:soap", [1, 2, 3]),
        ("transport:JSON", [0]),
        ("not transport:soap", [0]),
        ("version:1.5 action:Authorize", [1, 2]),
        ("id:uuid:7", [1, 2]),
        ("idTag=TAG001", [1]),
        ("idTag=tag*", [1]),
        ("idTag!=x", [1]),
        ("errorCode=IdentityMismatch", [2]),
        ("kind:malformed", [3]),
        ("chargeBoxIdentity", [1]),
        ("status=*", []),
    ],
)
def test_soap_records_are_found_as_json_ones_are(text: str, expected: list[int]) -> None:
    assert found(text, SOAP_SESSION) == expected


def test_a_transport_that_there_is_not_is_an_error() -> None:
    with pytest.raises(QueryError, match="transport expects json or soap, not `xml`"):
        parse_filter("transport:xml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("Card7 card7", ("card7",)),
        ('"two words" or CARD8', ("two words", "card8")),
        ("-card7 not (a or b) c", ("c",)),
        ("action:Heartbeat problem refused", ()),
        ("idTag=AB*CD", ("idtag", "ab", "cd")),
        ("id:a81f connectorId=1", ("a81f", "connectorid")),
    ],
)
def test_the_words_are_what_is_looked_for_in_records(text: str, words: tuple[str, ...]) -> None:
    """The views would highlight what the filter leaves out, or not what it finds."""
    assert set(parse_filter(text).words) == set(words)


def test_a_transaction_is_all_its_messages_and_their_other_halves() -> None:
    """StartTransaction has no id itself: the log of a transaction would begin with its answer."""
    talk = Talk()
    talk.exchange("StartTransaction", '{"connectorId":1,"idTag":"A"}', '{"transactionId":8}')
    talk.exchange("StartTransaction", '{"connectorId":2,"idTag":"B"}', '{"transactionId":88}')
    talk.exchange("MeterValues", '{"connectorId":1,"transactionId":8}')
    talk.exchange("TransactionEvent", '{"transactionInfo":{"transactionId":"8"}}')
    late = talk.call("StartTransaction", '{"connectorId":3,"idTag":"C"}')
    timeline, query = talk.timeline, parse_filter('transaction:"8"')
    assert query.select(timeline, 0, len(timeline)) == [0, 1, 4, 5, 6, 7]
    assert [index for index in range(len(timeline)) if query.matches(timeline, index)] == [0, 1, 4, 5, 6, 7]
    assert query.select(timeline, 1, 5) == [1, 4], "also where the other half is in another part"
    selection = Selection(timeline, query)
    selection.advance(60)
    talk.answer(late, '{"transactionId":8}')
    selection.advance(60)
    assert selection.contains(late), "its answer came later"
    assert parse_filter("transaction:aB-1").words == ("ab-1",) and query.words == ()
