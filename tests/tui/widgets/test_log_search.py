"""Going to the next match, problem or mark, without a screen."""

from __future__ import annotations

from math import inf

from ocpptui.filter.query import parse_filter
from ocpptui.tui.widgets.log_contents import LogContents
from ocpptui.tui.widgets.log_search import LogSearch
from tests.kit.talk import Talk


class Cursor:
    """A log of which only the cursor matters."""

    def __init__(self) -> None:
        self.talk = Talk()
        for _ in range(4):
            self.talk.exchange()
        self.talk.raw("hello")
        self.contents = LogContents(self.talk.session.timeline)
        self.index: int | None = 0
        self.said: list[str] = []
        self.search = LogSearch(self.contents, lambda: self.index, self.select, self.said.append)
        self.take_in()

    def select(self, index: int) -> None:
        self.index = index

    def take_in(self) -> None:
        self.contents.take_in()
        self.contents.selection.advance(inf)


def test_it_goes_round_the_marks_and_says_where_there_are_none() -> None:
    """The user would search for the marks by eye, or press a key that seems dead."""
    log = Cursor()
    log.search.next_mark()
    assert log.said == ["No record is marked; m marks one."] and log.index == 0
    log.contents.timeline.marks |= {2, 5}
    places = []
    for _ in range(3):
        log.search.next_mark()
        places.append(log.index)
    assert places == [2, 5, 2]
    log.contents.narrow(parse_filter("kind:malformed"), None)
    log.take_in()
    log.search.next_mark()
    assert log.said[-1] == "The filter hides the marked records." and log.index == 2


def test_under_a_filter_each_row_is_a_match_and_without_it_those_of_the_last_one() -> None:
    """After `esc`, n would not find what the user had just filtered for."""
    log = Cursor()
    log.search.next_match(1)
    assert log.said == ["There is nothing to search for; / starts a filter."]
    log.contents.narrow(parse_filter("kind:result"), None)
    log.take_in()
    shown = [log.contents.selection.index_of_row(row) for row in range(len(log.contents.selection))]
    log.index = shown[0]
    log.search.next_match(1)
    assert log.index == shown[1]
    log.search.next_match(-1)
    log.search.next_match(-1)
    assert log.index == shown[0] and log.said[-1] == "No more matches."
    log.contents.narrow(parse_filter(""), None)
    log.take_in()
    log.search.next_match(1)
    assert log.index == shown[1]


def test_the_next_problem_is_the_next_record_with_one() -> None:
    """Among thousands of records, the user would look for the broken one by eye."""
    log = Cursor()
    timeline = log.contents.timeline
    problems = [index for index in range(len(timeline)) if timeline.severity(index).is_problem]
    found = []
    while not log.said:
        log.search.next_problem(1)
        found.append(log.index)
    assert problems and found == [*problems, problems[0]]
    assert log.said == ["No more problems; this is the first."] and not log.search.is_running


def test_behind_the_last_problem_comes_the_first_one_and_what_is_not_found_is_said() -> None:
    """While the log follows new records, its cursor is behind all problems, and the key seemed dead."""
    log = Cursor()
    for shown, by, wanted, says in (
        ("kind:result or kind:malformed", 1, 1, "this is the first"),
        ("kind:result or kind:malformed", -1, 8, "this is the last"),
        ("kind:malformed", 1, 8, "The log shows no other problems."),
        ("kind:call", 1, 8, "The log shows no problems."),
    ):
        log.contents.narrow(parse_filter(shown), None)
        log.take_in()
        log.index = 8 if by > 0 else 0
        log.search.next_problem(by)
        assert (log.index, says in log.said[-1]) == (wanted, True), (shown, log.said)
