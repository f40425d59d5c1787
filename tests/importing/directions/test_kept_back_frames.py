"""What a foreign proxy kept back did not reach the other side, which is not to blame that it has no answer.

A word that only seems to say so would excuse a peer that answers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ocpptui.importing.directions.kept_back_frames import KeptBackFrames, may_say_kept_back, words_for_kept_back
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.ocpp.json_encoding import parse
from tests.importing.reading import read

CALL = '[2,"122","FirmwareStatusNotification",{"status":"Installed"}]'


@pytest.mark.parametrize(
    ("prefix", "word"),
    (
        ("[09:39:27,424] [client->target-BLOCKED] ", "BLOCKED"),
        ("[09:39:27,424] [client->target-blocked] ", "blocked"),
        ("[09:39:27,424] target-BLOCKED: ", "BLOCKED"),
        ("10:00:00 INFO proxy: dropped message from CP1: ", "dropped"),
        ("10:00:00 proxy:dropped ", "dropped"),
        ("10:00:00 action=dropped ", "dropped"),
        ("10:00:00 dropped. ", "dropped"),
        ("10:00:00 dropped.handler: discarded ", "discarded"),
        ("10:00:00 filtered out CP1 -> CSMS ", "filtered out"),
        ("10:00:00 CP1 not forwarded: ", "not forwarded"),
        ("10:00:00 suppressed ", "suppressed"),
        ("10:00:00 Discarding ", "Discarding"),
    ),
)
def test_the_line_may_say_that_a_frame_was_kept_back(prefix: str, word: str) -> None:
    assert [found.text for found in words_for_kept_back(prefix)] == [word]
    assert may_say_kept_back(without_digits(prefix))


def test_most_lines_are_not_searched_for_words_that_say_it() -> None:
    """Each line of a large log would be searched, not only the first of its shape."""
    assert not may_say_kept_back("00:00:00 INFO [ocpp] CP0: receive message ")


@pytest.mark.parametrize(
    "prefix",
    (
        "[09:39:27,424] [client->target] ",
        "10:00:00 INFO clock CP1 recv ",
        "10:00:00 unblocked CP1 recv ",
        "10:00:00 blocked=false recv ",
        "10:00:00 dropped: 0 recv ",
        "10:00:00 not blocked recv ",
        "10:00:00 BlockedQueue recv ",
        "10:00:00 MessageFilter recv ",
        "10:00:00 [app-akka.actor.default-blocking-io-dispatcher-5] INFO recv ",
        "10:00:00 [blocking-3] recv ",
        "10:00:00 dropped_frames=3 recv ",
        "10:00:00 packet-filter recv ",
        "10:00:00 packet-dropped recv ",
        "10:00:00 PACKET-DROPPED recv ",
        "10:00:00 Packet-Dropped recv ",
        "10:00:00 dropped.handler recv ",
        "10:00:00 dropped-handler recv ",
        "10:00:00 dropped_frames recv ",
        "10:00:00 dropped::handler recv ",
        "10:00:00 proxy::dropped recv ",
        "10:00:00 com.example.blocked recv ",
        "10:00:00 logs/dropped recv ",
        "10:00:00 /dropped/CP1 recv ",
        "10:00:00 [dropped-1] recv ",
        "10:00:00 [dropped2] recv ",
        "10:00:00 queue.dropped() recv ",
        "10:00:00 blocked before " + "x" * 90,
    ),
)
def test_other_words_and_names_do_not_say_it(prefix: str) -> None:
    assert words_for_kept_back(prefix) == ()


def _kept_back(path: Path, lines: Sequence[tuple[str, str]]) -> list[object]:
    """What the records of a log say that has these words before these frames."""
    path.write_text(
        "".join(f"[2026-01-01 09:39:{n:02},424] CP1 {words} {raw}\n" for n, (words, raw) in enumerate(lines)),
        encoding="utf-8",
    )
    return [record.detail.get("keptBack") for record in read(path).records]


def _heartbeat(number: int) -> str:
    return f'[2,"h{number}","Heartbeat",{{}}]'


def _answer(number: int) -> str:
    return f'[3,"h{number}",{{"currentTime":"2026-01-01T09:39:00Z"}}]'


def test_the_record_says_it(tmp_path: Path) -> None:
    lines = [("[client->target-BLOCKED]", CALL), ("[client->target]", CALL.replace("122", "123"))]
    assert _kept_back(tmp_path / "a.log", lines) == ["BLOCKED", None]


@pytest.mark.parametrize("everywhere", ("[dropped]", "thread=blocked", "(suppressed) INFO"))
def test_a_word_in_every_line_says_nothing_of_any_frame(tmp_path: Path, everywhere: str) -> None:
    """A thread or a logger would excuse every call that has no answer."""
    lines = [(f"{everywhere} recv", _heartbeat(number)) for number in range(4)]
    assert _kept_back(tmp_path / "a.log", lines) == [None] * 4


def test_the_same_word_says_it_where_other_lines_do_not_have_it(tmp_path: Path) -> None:
    lines = [("[dropped] recv" if number == 2 else "[main] recv", _heartbeat(number)) for number in range(4)]
    assert _kept_back(tmp_path / "a.log", lines) == [None, None, "dropped", None]


@pytest.mark.parametrize("word", ("BLOCKED", "dropped"))
def test_beside_a_word_in_every_line_another_is_believed(tmp_path: Path, word: str) -> None:
    """The name of a thread would hide what the proxy says, even in the same word."""
    lines = [(f"[dropped] proxy {word if number == 2 else 'sent'}", _heartbeat(number)) for number in range(4)]
    assert _kept_back(tmp_path / "a.log", lines) == [None, None, word, None]


@pytest.mark.parametrize("answered", (True, False))
def test_a_word_whose_calls_have_answers_says_nothing(tmp_path: Path, answered: bool) -> None:
    """One of several threads would excuse the call in it that has no answer."""
    lines = [("[main] recv", _heartbeat(0)), ("[main] sent", _answer(0))]
    for number in (1, 2, 3):
        lines.append(("[dropped] recv", _heartbeat(number)))
        if answered:
            lines.append(("[dropped] sent", _answer(number)))
    lines.append(("[dropped] recv", _heartbeat(4)))
    said = _kept_back(tmp_path / "a.log", lines)
    assert said == ([None] * len(lines) if answered else [None, None, *["dropped"] * 4])


@pytest.mark.parametrize("went_on", (True, False))
def test_a_message_that_went_on_at_the_second_time_does_not_refute_the_word(went_on: bool) -> None:
    """Its answer belongs to the second attempt."""
    known, words = KeptBackFrames(), words_for_kept_back("proxy BLOCKED ")
    known.note(words, 1, parse(_heartbeat(1)))
    if went_on:
        known.note((), 1, parse(_heartbeat(1)))
    known.note((), 1, parse(_answer(1)))
    assert known.word_among(words) == ("BLOCKED" if went_on else "")


def test_an_answer_to_a_call_of_the_other_side_does_not_refute_the_word(tmp_path: Path) -> None:
    """Both sides may count their messages alike."""
    lines = [("proxy BLOCKED", _heartbeat(1)), ("proxy sent", '[3,"h1",{"status":"Accepted"}]')]
    assert _kept_back(tmp_path / "a.log", lines)[0] == "BLOCKED"


COPIES = {
    "another logger": "2026-03-14T09:39:27.424Z gateway: CP1 dropped {}",
    "a shortened copy": '2026-03-14T09:39:27.424Z gateway: CP1 dropped [2,"122","FirmwareStatusNotificat...',
}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("copy", COPIES)
def test_the_line_of_a_copy_says_it_too(tmp_path: Path, copy: str, is_first: bool) -> None:
    """The charge point would be accused of a call without an answer, which never reached the central system."""
    lines = [f"2026-03-14T09:39:27.423Z ws: CP1 received {CALL}", COPIES[copy].format(CALL)]
    further = [f"2026-03-14T09:39:3{number}.424Z ws: CP1 received {_heartbeat(number)}" for number in range(3)]
    (tmp_path / "a.log").write_text("\n".join([*(lines[::-1] if is_first else lines), *further]))
    first, *others = read(tmp_path / "a.log").records
    assert (first.raw, len(first.detail["alsoInLines"]), len(others)) == (CALL, 1, 3)
    assert first.detail["keptBack"] == "dropped"
    assert not any("keptBack" in record.detail for record in others)


def test_a_logger_of_copies_called_so_says_nothing(tmp_path: Path) -> None:
    """A word in the second line of every frame is what its logger is called."""
    lines = [
        line
        for number in range(6)
        for raw in (f'[2,"{number}","Heartbeat",{{}}]', f'[3,"{number}",{{"currentTime":"2026-03-14T09:39:27Z"}}]')
        for line in (
            f"2026-03-14T09:39:2{number}.423Z ws: CP1 {raw}",
            f"2026-03-14T09:39:2{number}.424Z gateway: dropped CP1 {raw}",
        )
    ]
    (tmp_path / "a.log").write_text("\n".join(lines))
    found = read(tmp_path / "a.log").records
    assert len(found) == 12 and not any("keptBack" in record.detail for record in found)
