"""What is said of a file: how many lines were understood, and which were not."""

from __future__ import annotations

from ocpptui.importing.import_tally import MOST_SENTENCES, SHOWN_TEXT, ImportTally
from ocpptui.ocpp.secret_names import MASK


def test_lines_without_a_frame_are_counted_and_the_first_are_shown() -> None:
    """The user could not see which lines of the file were not understood."""
    tally = ImportTally(most_shown=1)
    tally.skip(1, "x" * 2 * SHOWN_TEXT, "a reason")
    tally.skip(2, "second")
    tally.skip(3, " ")
    assert (tally.without_frame, tally.last_skipped) == (3, 2)
    assert [(one.line, one.reason) for one in tally.skipped] == [(1, f"a reason: {'x' * SHOWN_TEXT}")]


def test_no_secret_is_shown_with_such_a_line() -> None:
    """A report of the import is shared as the log itself would not be."""
    tally = ImportTally()
    for number, line in enumerate(
        ("password=geheim-1", "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBg", "-----END PRIVATE KEY-----", "behind")
    ):
        tally.skip(number, line)
    shown = [one.reason for one in tally.skipped]
    assert "geheim-1" not in shown[0]
    assert shown[1:3] == [f"no frame: {MASK}"] * 2
    assert shown[4] == "no frame: behind"


def test_learned_secrets_are_handed_on_once() -> None:
    tally = ImportTally()
    tally.learn_secrets("password=geheim-1")
    tally.learn_secrets("nothing here")
    assert tally.taken_secrets() == ["geheim-1"]
    assert tally.taken_secrets() == []


def test_reasons_are_told_once_and_not_without_end() -> None:
    tally = ImportTally()
    for number in range(2 * MOST_SENTENCES):
        tally.tell(f"reason {number // 2}")
    assert len(tally.evidence) == len(set(tally.evidence)) == MOST_SENTENCES
    tally.warn("wrong")
    assert tally.evidence[-1] == tally.warnings[-1] == "wrong"


def test_a_second_reading_counts_from_zero() -> None:
    """Each line would be counted twice."""
    tally = ImportTally()
    tally.with_frame = 3
    tally.skip(1, "x")
    tally.guess("time")
    tally.warn("wrong")
    tally.begin_anew()
    assert tally == ImportTally()


def test_the_first_line_without_a_frame_says_only_once_that_it_has_none() -> None:
    """The sentence "it contains no OCPP frame" quotes it; what is wrong with the line stays in it."""
    plain, wrong = ImportTally(), ImportTally()
    assert plain.first_skipped == ""
    plain.skip(3, "starting up")
    wrong.skip(3, "[2,", "the line ends within a frame")
    assert plain.first_skipped == "line 3: starting up"
    assert wrong.first_skipped == "line 3: the line ends within a frame: [2,"
