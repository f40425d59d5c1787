"""A message of which a log has only a part is marked as such: else its peer is accused of a fault of the logger."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing.cut_frames import LongestFrames
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.timeline.record import Cut, Record, RecordKind
from tests.importing.reading import read

BEAT = '2026-01-01 10:01:00 recv CP1: [2,"9","Heartbeat",{}]\n'
LONG = (
    '2026-01-01 10:02:00 recv CP1: [2,"8","DataTransfer",{"vendorId":"A","messageId":"B","data":"'
    f'{"0123456789" * 20}"}}]\n'
)
START = '[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","sta'


def malformed(folder: Path, text: str) -> list[Record]:
    path = folder / "a.log"
    path.write_text(text, encoding="utf-8")
    return [record for record in read(path).records if record.kind is RecordKind.MALFORMED]


@pytest.mark.parametrize(
    "end",
    (
        ">",
        "...",
        "…",
        " ...",
        "...]",
        "<truncated>",
        "[truncated]",
        " (truncated)",
        "... (123 more bytes)",
        "…[+53 chars]",
        "<snip>",
    ),
)
def test_a_sign_shows_that_the_logger_cut_a_message(end: str, tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"2026-01-01 10:00:00 recv CP1: {START}{end}\n{LONG}")
    assert record.detail["cut"] == Cut.MARK


@pytest.mark.parametrize("rest", ['"1"', "{}", '{"a":[1', '"Heartbeat",{"a":{"b":"c"}', '"B",{"a":1'])
def test_the_sign_of_a_pager_may_be_between_two_parts_of_a_message(rest: str, tmp_path: Path) -> None:
    """`journalctl` cuts where the window ends, within a word or not."""
    (record,) = malformed(tmp_path, f'2026-01-01 10:00:00 recv CP1: [2,"1","DataTransfer",{rest}>\n{LONG}')
    assert record.detail["cut"] == Cut.MARK


@pytest.mark.parametrize("end", ["```", "> ```", "~~~", "</pre>", "</code></pre>", "</details>", ">> > ```"])
@pytest.mark.parametrize("quote", ["", "> "])
def test_a_part_of_a_log_in_a_text_ends_within_a_message(end: str, quote: str, tmp_path: Path) -> None:
    """Whoever pastes a log into an issue selects it by hand; the charge point would be blamed for that."""
    lines = [f"{quote}{line}".rstrip("\n") for line in ("```", BEAT, f"2026-01-01 10:00:00 recv CP1: {START}")]
    (record,) = malformed(tmp_path, "\n".join([*lines, end, "", "More:", "```", LONG, "```"]))
    assert record.detail["cut"] == Cut.LOG_ENDS


@pytest.mark.parametrize(
    "text",
    (
        '[3,"1",{"cur...0,"status":"Accepted"}]',
        '[2,"1","DataTransfer",{"vendorId":"A",…}]',
        '[2,"1","DataTransfer",{"vendorId":"A","data":1<truncated>',
    ),
)
def test_a_sign_may_be_where_json_breaks_off(text: str, tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"2026-01-01 10:00:00 recv CP1: {text}\n{LONG}")
    assert record.detail["cut"] == Cut.MARK


@pytest.mark.parametrize(
    "text",
    (
        '[3,"1",{"configurationKey":[]',
        '[3,"1",{"configurationKey":],"unknownKey":["A"]}]',
        '[2,"1","DataTransfer",{"vendorId":"A...","data":"5',
        '[2,"1","DataTransfer",{"vendorId":"A > B","data":5,}]',
    ),
)
def test_a_broken_message_without_a_sign_is_not_said_to_be_cut(text: str, tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"2026-01-01 10:00:00 recv CP1: {text}\n{LONG}")
    assert "cut" not in record.detail


def test_brackets_of_the_logger_around_a_message_are_no_sign(tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"2026-01-01 10:00:00 recv CP1 <{START}>\n{LONG}")
    assert record.detail.get("cut") != Cut.MARK


def test_a_log_may_begin_and_end_within_a_message(tmp_path: Path) -> None:
    begun = 'er","value":"22"}, {"key": "StopTxnSampledData", "readonly": false, "value": ""}]}]\n'
    first, last = malformed(tmp_path, f"{begun}{LONG}{BEAT}2026-01-01 10:09:00 recv CP1: {START}")
    assert (first.detail["cut"], last.detail["cut"]) == (Cut.LOG_BEGINS, Cut.LOG_ENDS)


@pytest.mark.parametrize("after", (BEAT, "2026-01-01 10:10:00 ERROR connection lost\n"))
def test_a_log_that_goes_on_does_not_end_within_a_message(after: str, tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"{LONG}2026-01-01 10:09:00 recv CP1: {START}\n{after}")
    assert "cut" not in record.detail


def test_a_message_that_is_quoted_to_its_end_was_sent_so(tmp_path: Path) -> None:
    (record,) = malformed(tmp_path, f"{LONG}2026-01-01 10:09:00 recv CP1: '{START}' is not valid\n")
    assert "cut" not in record.detail


def test_a_screen_cuts_at_the_edge_of_its_box(tmp_path: Path) -> None:
    line = f"│ 2026-01-01 10:00:00 recv CP1: {START} │\n"
    padded = BEAT.strip().ljust(len(line) - 4)
    cut, _ = malformed(tmp_path, f"{line}│ {padded} │\n│ {LONG.strip()} │\n│ {LONG[:60].ljust(200)} │\n│ {padded} │\n")
    assert cut.detail["cut"] == Cut.EDGE


@pytest.mark.parametrize(
    ("answer", "cut"),
    (('[3,"1",{}]', Cut.ANSWERED), ('[4,"1","FormationViolation","",{}]', None), ('[3,"2",{}]', None)),
)
def test_a_result_shows_that_the_call_arrived_as_a_whole(answer: str, cut: Cut | None, tmp_path: Path) -> None:
    text = f"{LONG}2026-01-01 10:09:00 recv CP1: {START}\n2026-01-01 10:09:01 send CP1: {answer}\n"
    (record,) = malformed(tmp_path, text)
    assert record.detail.get("cut") == cut


def test_only_what_is_as_long_as_the_longest_may_be_cut_at_a_length() -> None:
    longest = LongestFrames()
    longest.note(FoundFrame("x" * 50, prefix="p" * 10))
    assert longest.lengths_of(FoundFrame("x" * 50, prefix="p" * 9)) == {"message": 50}
    assert longest.lengths_of(FoundFrame("x" * 49, prefix="p" * 11)) == {"line": 60}
    assert longest.lengths_of(FoundFrame("x" * 49, prefix="p" * 10)) == {}
