"""The sentences about a network problem: on screen, headless, and in a recording."""

from __future__ import annotations

import itertools
import re
import string
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.cli.option_remedies import option_remedy
from ocpptui.describe import network_problems
from ocpptui.describe.connect_problems import CONNECT_WORDS
from ocpptui.describe.incoming_problems import INCOMING_WORDS
from ocpptui.describe.network_problems import (
    problem_text,
    recorded_problem,
    recorded_words,
    worded,
    words_of,
)
from ocpptui.describe.profile_problems import PROFILE_WORDS
from ocpptui.describe.setting_problems import SETTING_WORDS
from ocpptui.describe.soap_problems import SOAP_WORDS
from ocpptui.describe.tls_problems import TLS_WORDS
from ocpptui.network.problems import NetworkProblem, ProblemCode
from ocpptui.timeline.connection_detail import ProblemFacts
from ocpptui.timeline.record import Record, RecordKind

MADE_HERE = {"meaning", "try_tls"}
"""Parts of a sentence that are made of facts."""


def names_in(template: str) -> set[str]:
    """The facts in a sentence, the optional ones among them."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_a_sentence_of_facts_that_exist(code: ProblemCode) -> None:
    """A user would read `{adress}` or nothing at all."""
    sentence, advice = words_of(NetworkProblem(code, address="host:1", status=404, phrase="Not Found"))
    assert sentence or advice
    assert sentence == "" or sentence[0].isupper() or sentence[0] in "'?" or sentence.startswith("host:1")
    for template in network_problems._WORDS[code]:
        assert names_in(template) <= MADE_HERE | set(ProblemFacts.__annotations__)


def test_each_problem_is_in_one_table() -> None:
    """A later table would silently have other words for the same problem."""
    tables = [SETTING_WORDS, PROFILE_WORDS, CONNECT_WORDS, INCOMING_WORDS, TLS_WORDS, SOAP_WORDS]
    for one, other in itertools.combinations(tables, 2):
        assert not set(one) & set(other)


VALUES: dict[str, list[object]] = {
    "reason": ["it failed", "It failed.", "Really?!", "", " ", None],
    "alert": ["unknown ca", "of a later version", "", None],
    "phrase": ["Not Found", "No.", "", None],
    "names": [["A"], ["A", "B"], [], None],
    "closeCode": [1001, 4000, 0],
    "status": [101, 200, 302, 401, 404, 503, 599],
    "timeout": [0.5, 10.0],
    "secure": [True, False, None],
}
"""What a fact may be, as libraries and peers give it."""
OTHERWISE: list[object] = ["x.example", "x.example.", "", None]
WRONG = re.compile(r"None|\.\.|\(\)|\[|\]|  | [.,;:)]|[:,;(] ?[.,;:)]|\w[?!]\.|^ | $")
"""What no sentence contains: the name of nothing, two full stops, an empty pair of brackets, a part left empty."""


@pytest.mark.parametrize("code", ProblemCode)
def test_every_sentence_is_whole_whatever_the_facts_are(code: ProblemCode) -> None:
    """`no certificate and key in PEM form (None)`, `is not valid for 'localhost'..`."""
    names = sorted({"status", "location"} if code is ProblemCode.HTTP_STATUS else set())
    names += sorted(set().union(*map(names_in, network_problems._WORDS[code])) - MADE_HERE - set(names))
    names += sorted({"alert", "closeCode", "secure"} - set(names)) if code in MEANT else []
    for values in itertools.product(*([MISSING, *VALUES.get(name, OTHERWISE)] for name in names)):
        facts = {name: value for name, value in zip(names, values, strict=True) if value is not MISSING}
        problem = NetworkProblem(code)
        problem.facts.update(cast(ProblemFacts, facts))
        for text in words_of(problem):
            assert not text or text.endswith((".", "?")), (text, facts)
            assert not WRONG.search(text), (text, facts)
            assert text.count("(") == text.count(")"), (text, facts)


MISSING = object()
MEANT = {code for code in ProblemCode if any("{meaning}" in text for text in network_problems._WORDS[code])}
"""The problems with a part that is made of another fact."""


def test_a_record_keeps_code_facts_and_sentence() -> None:
    """A recording that is mailed around says what was wrong to who has no ocpptui, and a later one can say it anew."""
    problem = NetworkProblem(ProblemCode.TCP_UNREACHABLE, address="h:443", reason="No route to host")
    record = worded(Record(0, 1, RecordKind.CONNECTION, detail={"event": "failed", **problem.detail}))
    assert record.detail == {
        "event": "failed",
        "step": "tcp",
        "problem": "tcp-unreachable",
        "facts": {"address": "h:443", "reason": "No route to host"},
        "error": "h:443 cannot be reached: No route to host.",
        "advice": "Check the address and this machine's network.",
    }
    assert recorded_problem(record.detail) == problem


def test_a_front_end_adds_how_it_is_done_there() -> None:
    """On the command line one needs the name of the option, which nobody below it knows."""
    problem = NetworkProblem(ProblemCode.PORT_IN_USE, address="127.0.0.1:9000")
    assert "--port" not in problem_text(problem)
    assert problem_text(problem, option_remedy).endswith("in use by another program. Choose another with --port.")
    assert recorded_words({"error": "It failed.", **problem.detail}, option_remedy) == [
        "It failed.",
        "Choose another with --port.",
    ]


def test_a_recording_of_an_earlier_version_reads_as_it_did() -> None:
    """It has the sentences and no codes."""
    detail = {"event": "failed", "error": "It failed.", "advice": "Try again."}
    assert recorded_words(detail, option_remedy) == ["It failed.", "Try again."]


@pytest.mark.parametrize("detail", [{"problem": "of-a-later-version"}, {"problem": 5}, {"problem": None}, {}])
def test_what_is_not_known_is_not_worded(detail: dict[str, object]) -> None:
    """A file of a later version would not open."""
    record = Record(0, 1, RecordKind.CONNECTION, detail=detail)
    assert worded(record).detail == detail
    assert recorded_words(detail) == []


@given(
    code=st.sampled_from(ProblemCode),
    facts=st.dictionaries(
        st.one_of(st.sampled_from(sorted(ProblemFacts.__annotations__)), st.text()),
        st.one_of(
            st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
        ),
    ),
)
def test_no_facts_of_a_file_crash(code: ProblemCode, facts: dict[str, object]) -> None:
    """Anybody may write a file; the log has to show it."""
    for text in recorded_words({"problem": code.value, "facts": facts}, option_remedy):
        assert text


def test_tolerated_faults_are_reported() -> None:
    """A charge point that is accepted despite its faults would never be corrected."""
    problem = NetworkProblem(ProblemCode.USER_IS_NOT_THE_ID, user="A", expected="B")
    record = worded(Record(0, 1, RecordKind.CONNECTION, detail={"event": "opened", "tolerated": [problem.tolerated]}))
    assert [one["text"] for one in record.detail["tolerated"]] == ["The user name 'A' is not the id 'B' (A00.FR.207)."]
