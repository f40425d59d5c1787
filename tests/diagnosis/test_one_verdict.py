"""A record has one verdict, and a session one count of problems, in every view.

If this fails, the screen and a report disagree about what is wrong with a recording.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from rich.style import Style

from ocpptui.cli.derived_fields import derived_fields
from ocpptui.cli.headless import summary
from ocpptui.describe.record_in_full import inspection
from ocpptui.diagnosis.findings import findings_at
from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.query import parse_filter
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Direction, Version
from ocpptui.session.session import Session
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind, message_record
from ocpptui.timeline.severity import Severity
from ocpptui.timeline.timeline import Timeline
from ocpptui.tui.widgets.log_row import SIGNS, columns_for, log_row
from ocpptui.tui.widgets.session_header import SessionHeader
from tests.kit.wrong_messages import VERSIONS, wrong_messages

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
SECOND = 1_000_000
START = 1_795_341_723 * SECOND
EXCHANGES: list[list[tuple[str, Direction, int]]] = [
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a",{"time":"2026-01-01T00:00:00Z"}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a",{"currentTime":"2026-01-01T00:00:00"}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a"]', DOWN, 1)],
    [('[2,7,"Heartbeat",{}]', UP, 0), ('[3,7,{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 40)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[4,"a","InternalError","no",{}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{"x":1}]', UP, 0), ('[4,"a","ProtocolError","no such field",{}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[4,"a","FooBar","",{}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[4,"a","FormatViolation","",{}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[4,"a","FormationViolation","",[]]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[4,"a"]', DOWN, 1)],
    [('[2,"a","Heartbeat",{', UP, 0), ('[4,"a","FormationViolation","cut off",{}]', DOWN, 1)],
    [("rubbish", UP, 0), ('[4,"-1","RpcFrameworkError","not JSON",{}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0)] + 2 * [('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[2,"a","Heartbeat",{}]', UP, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[2,"a","DataTransfer",{"vendorId":"A"}]', UP, 1)],
    [
        ('[2,"a","Heartbeat",{}]', UP, 0),
        ('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1),
        ('[2,"a","Heartbeat",{}]', UP, 1),
    ],
    [('[2,"a","UnlockConnector",{"connectorId":0,"evseId":-1}]', DOWN, 0), ('[3,"a",{"status":"Unlocked"}]', UP, 1)],
    [('[2,"a","Heartbeat",{}]', UP, 0), ('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', UP, 1)],
    [('[3,"nobody",{}]', DOWN, 0)],
    [('[4,"nobody","GenericError","",{}]', DOWN, 0)],
    [
        ('[2,"a","Heartbeat",{}]', UP, 0),
        ('[3,"a",{"time":1}]', DOWN, 1),
        ('[5,"a","OccurrenceConstraintViolation","",{}]', UP, 1),
    ],
    [
        ('[2,"a","Heartbeat",{}]', UP, 0),
        ('[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]', DOWN, 1),
        ('[5,"a","InternalError","",{}]', UP, 1),
    ],
]


OF_SEVERAL = {"rpc.unanswered", "rpc.id-reused", "rpc.id-collides-in-flight"}
"""Errors that are not of one message by itself."""
BEYOND_SCHEMA = {"text.connector-id", "text.cardinality-16"}
"""Errors in what is valid by its schema."""
OF_IDS = {"rpc.id-not-string", "rpc.id-too-long"}
"""Warnings about calls that their version refuses: most peers take them."""


def records(version: Version) -> Iterator[Record]:
    """Each wrong message on a connection of its own, then the exchanges, then what happens to connections."""
    now, connection = START, 0
    for direction in Direction:
        for message in wrong_messages(version, direction):
            now, connection = now + SECOND, connection + 1
            yield message_record(
                message.raw, time=now, connection=connection, direction=direction, charge_point="CP1", version=version
            )
    for exchange in EXCHANGES:
        connection += 1
        opened = {"event": ConnectionEvent.OPENED.value}
        yield Record(now, connection, RecordKind.CONNECTION, None, "CP1", version, detail=opened)
        for raw, direction, after in exchange:
            now += after * SECOND + 1
            yield message_record(
                raw, time=now, connection=connection, direction=direction, charge_point="CP1", version=version
            )
    for event in ConnectionEvent:
        for detail in ({}, {"error": "It went wrong."}):
            now, connection = now + SECOND, connection + 1
            detail = {"event": event.value, **detail}
            yield Record(now, connection, RecordKind.CONNECTION, None, "CP1", version, detail=detail)
    yield Record(now + 100 * SECOND, 0, RecordKind.NOTE, detail={"text": "long after"})


@pytest.fixture(params=VERSIONS, ids=str)
def session(request: pytest.FixtureRequest) -> Session:
    session = Session()
    for record in records(request.param):
        session.timeline.append(record)
    return session


def problems(timeline: Timeline) -> list[int]:
    """The records with a warning or an error."""
    return [index for index in range(len(timeline)) if timeline.severity(index).is_problem]


def exported(timeline: Timeline, format_: Format) -> str:
    out = io.BytesIO()
    format_.exporter(Extract(Selection(timeline)), out)
    return out.getvalue().decode()


def test_the_table_has_every_severity_and_most_rules(session: Session) -> None:
    timeline = session.timeline
    assert {timeline.severity(index) for index in range(len(timeline))} == set(Severity)
    assert len({rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)}) >= 25


def test_each_record_tells_at_least_one_finding_for_each_rule_and_none_else(session: Session) -> None:
    timeline = session.timeline
    for index in range(len(timeline)):
        found = findings_at(timeline, index)
        assert tuple(dict.fromkeys(one.rule for one in found)) == timeline.broken_rules(index)
        assert max((one.severity for one in found), default=Severity.NONE) is timeline.severity(index)
        assert all(one.index == index and one.text.strip() for one in found)


def test_the_sign_in_the_log(session: Session) -> None:
    timeline, columns = session.timeline, columns_for(100, 3, False, 20)
    for index in range(len(timeline)):
        row = log_row(timeline, index, columns, lambda part: Style()).text
        assert row[len("10:02:03.120") + 2] == SIGNS[timeline.severity(index)], row


def test_the_inspector(session: Session) -> None:
    timeline = session.timeline
    for index in range(len(timeline)):
        sections = inspection(timeline, index)
        assert any(section.sort == "problem" for section in sections) == timeline.severity(index).is_problem
        text = "\n".join(line for section in sections for line in section.lines)
        assert all(one.text in text for one in findings_at(timeline, index))


def test_the_header_and_the_counts(session: Session) -> None:
    count = len(problems(session.timeline))
    assert session.counts.problems == session.timeline.counts.problems == count
    (mark,) = [mark.text for mark in SessionHeader(session)._marks() if "✗" in mark.text]
    assert mark == f"✗ {count}"
    assert summary(session.timeline).endswith(f", {count} problems")


def test_headless_output(session: Session) -> None:
    timeline = session.timeline
    for index in range(len(timeline)):
        fields = derived_fields(timeline, index)
        worst = max((Severity[one["severity"].upper()] for one in fields["findings"]), default=Severity.NONE)
        assert worst is timeline.severity(index)
        # What is wrong by itself is an error; what is called valid has none of its own, and gets no error code.
        errors = {one["rule"] for one in fields["findings"] if one["severity"] == "error"}
        own = (errors - OF_SEVERAL - BEYOND_SCHEMA) | (OF_IDS & {one["rule"] for one in fields["findings"]})
        if fields["valid"] is not None:
            assert fields["valid"] == (not own), fields
        if "errorCode" in fields:
            assert own and not fields["valid"]
        json.dumps(fields)


def test_html(session: Session) -> None:
    page = exported(session.timeline, Format.HTML)
    rows: list[list[Any]] = []
    for block in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL):
        rows += json.loads(block)
    assert [row[0] for row in rows if row[-4]] == problems(session.timeline)
    assert f"<b>{len(problems(session.timeline))}</b> problems" in page


def test_markdown(session: Session) -> None:
    text = exported(session.timeline, Format.MARKDOWN)
    rows = [line for line in text.partition("## Records")[2].splitlines() if line.startswith("| 2")]
    assert len(rows) == len(session.timeline)
    cells = [re.split(r"(?<!\\) \| |^\| | \|$", row) for row in rows]
    assert [index for index, row in enumerate(cells) if row[-4].strip()] == problems(session.timeline)
    assert f"| problems | {len(problems(session.timeline))} |" in text


def test_text(session: Session) -> None:
    wrong, index = set(), -1
    for line in exported(session.timeline, Format.TEXT).splitlines():
        index += not line.startswith(("    ", "#"))
        if line.startswith("    ! "):
            wrong.add(index)
    assert sorted(wrong) == problems(session.timeline)


def test_csv(session: Session) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(session.timeline, Format.CSV))))
    assert [row["severity"] for row in rows] == [severity_word(session, index) for index in range(len(rows))]
    assert [index for index, row in enumerate(rows) if row["problems"]] == problems(session.timeline)


def severity_word(session: Session, index: int) -> str:
    return session.timeline.severity(index).word


def selected(timeline: Timeline, text: str) -> list[int]:
    selection = Selection(timeline, parse_filter(text))
    while not selection.advance(1):
        pass
    return [selection.index_of_row(row) for row in range(len(selection))]


def test_the_filter(session: Session) -> None:
    timeline = session.timeline
    assert selected(timeline, "problem") == problems(timeline)
    for severity in list(Severity)[1:]:
        expected = [index for index in range(len(timeline)) if timeline.severity(index) is severity]
        assert selected(timeline, f"severity:{severity.word}") == expected
    for rule in {rule for index in range(len(timeline)) for rule in timeline.broken_rules(index)}:
        expected = [index for index in range(len(timeline)) if rule in timeline.broken_rules(index)]
        assert selected(timeline, f"rule:{rule}") == expected
    assert selected(timeline, "rule:*") == selected(timeline, "problem or severity:info")
