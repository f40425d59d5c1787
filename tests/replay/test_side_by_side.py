"""A recorded and a live message side by side, with the differences marked."""

from __future__ import annotations

from ocpptui.ocpp.answer_comparison import compare_answers
from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.message import Malformed, Message
from ocpptui.replay.side_by_side import Line, side_by_side


def frame(text: str) -> Message:
    parsed = parse(text)
    assert isinstance(parsed, Message)
    return parsed


def lines(recorded: str, live: str) -> list[Line]:
    one, other = frame(recorded), frame(live)
    return side_by_side(one, other, compare_answers(one, other))


def test_only_relevant_differences_are_marked_and_the_lines_stay_aligned() -> None:
    """The user would look for the difference among times, or compare lines that do not correspond."""
    assert lines(
        '[3,"1",{"currentTime":"2026-01-01T00:00:00Z","gone":{"a":1},"interval":5}]',
        '[3,"2",{"interval":6,"currentTime":"2027-01-01T00:00:00Z","new":true}]',
    ) == [
        ("CALLRESULT", "CALLRESULT", False),
        ("{", "{", False),
        ('  "currentTime": "2026-01-01T00:00:00Z"', '  "currentTime": "2027-01-01T00:00:00Z"', False),
        ('  "gone": {', "", True),
        ('    "a": 1', "", True),
        ("  }", "", True),
        ('  "interval": 5', '  "interval": 6', True),
        ("", '  "new": true', True),
        ("}", "}", False),
    ]


def test_lists_without_an_order_are_paired_by_name() -> None:
    """One key added at the beginning would mark every key of a configuration."""
    shown = lines(
        '[3,"1",{"configurationKey":[{"key":"A","value":"1"},{"key":"B","value":"2"}]}]',
        '[3,"1",{"configurationKey":[{"key":"B","value":"3"},{"key":"A","value":"1"}]}]',
    )
    assert [line for line in shown if line.differs] == [('      "value": "2"', '      "value": "3"', True)]
    assert [line[:2] for line in lines('[3,"1",{"a":[1,2]}]', '[3,"1",{"a":[1]}]') if line.differs] == [("    2", "")]


def test_a_result_beside_an_error_differs_as_a_whole() -> None:
    """An error would look like a result that lost its fields."""
    shown = lines('[3,"1",{"a":1}]', '[4,"1","InternalError","no database",{}]')
    assert shown[0] == ("CALLRESULT", "CALLERROR InternalError no database", True)
    assert all(line.differs for line in shown)


def test_a_message_without_a_counterpart_is_shown_alone() -> None:
    """The user could not see that a call did not come."""
    assert side_by_side(frame('[2,"1","Reset",{}]'), None, ()) == [("CALL Reset", "(nothing)", True), ("{}", "", True)]
    shown = side_by_side(None, Malformed(b"\xff[", parse("[").defect), ())  # type: ignore[union-attr]
    assert shown[0] == ("(nothing)", "MALFORMED", True)
