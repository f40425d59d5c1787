"""What masks, redacts, rewrites and colours JSON text finds every value, also in text that is only nearly JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.jsontext.tokens import (
    MAX_DEPTH,
    Brackets,
    Steps,
    TokenKind,
    elements,
    replaced,
    rewritten,
    scalars,
    string_value,
    tokens,
    value_end,
)
from tests.jsontext.json_texts import OBJECTS, SPACES, STRINGS, VALUES

NEARLY = st.text(alphabet="{}[]\"'`,:\\ 1a-\n\x00") | st.text()
DECODED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


class Span(NamedTuple):
    """A whole value in a JSON text, brackets and all."""

    path: Steps
    start: int
    end: int


def values(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Every value of the text, objects and arrays after their content."""
    opened: list[int] = []
    for token in tokens(text, start, end):
        if token.kind is TokenKind.OPEN:
            opened.append(token.start)
        elif token.kind is TokenKind.CLOSE:
            yield Span(token.path, opened.pop(), token.end)
        elif token.kind is not TokenKind.KEY:
            yield Span(token.path, token.start, token.end)


def places(value: Any, path: Steps = ()) -> list[tuple[Steps, Any]]:
    """Every value within a decoded one with its path, objects and lists after their content."""
    inner: list[tuple[Steps, Any]] = []
    if isinstance(value, dict):
        inner = [place for key, item in value.items() for place in places(item, (*path, key))]
    elif isinstance(value, list):
        inner = [place for index, item in enumerate(value) for place in places(item, (*path, index))]
    return [*inner, (path, value)]


def found(text: str) -> list[tuple[Steps, str]]:
    """Keys and values as the tokens have them: the path of each and what it says."""
    structure = (TokenKind.OPEN, TokenKind.CLOSE)
    return [(token.path, token.value) for token in tokens(text) if token.kind not in structure]


@given(VALUES | OBJECTS, SPACES, SPACES)
def test_each_value_of_json_is_found_as_the_decoder_reads_it(written: str, before: str, behind: str) -> None:
    """A value at another place or path than the decoder's is a secret that is not masked."""
    text = before + written + behind
    assert [(span.path, json.loads(text[span.start : span.end])) for span in values(text)] == places(json.loads(text))


@given(DECODED, st.sampled_from([None, 1]), st.booleans())
def test_so_it_is_however_json_is_laid_out(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert [(span.path, json.loads(text[span.start : span.end])) for span in values(text)] == places(value)
    said = {token.path: token.value for token in tokens(text) if token.kind is TokenKind.STRING}
    assert said == {path: inner for path, inner in places(value) if isinstance(inner, str)}


@given(OBJECTS)
def test_each_key_is_found_at_the_path_of_its_value(text: str) -> None:
    keys = [token for token in tokens(text) if token.kind is TokenKind.KEY]
    assert all(token.path[-1] == token.value == json.loads(text[token.start : token.end]) for token in keys)
    named = {path for path, _ in places(json.loads(text)) if path and isinstance(path[-1], str)}
    assert {token.path for token in keys} == named


@given(NEARLY)
def test_the_tokens_of_any_text_are_in_it_one_behind_the_other(text: str) -> None:
    """An edit by overlapping tokens would spoil the text, and an exception would end the session."""
    all_tokens = list(tokens(text))
    assert all(0 <= token.start <= token.end <= len(text) for token in all_tokens)
    assert all(one.end <= other.start for one, other in pairwise(all_tokens))
    opened = []
    for token in all_tokens:
        if token.kind is TokenKind.OPEN:
            opened.append(token.path)
        elif token.kind is TokenKind.CLOSE:
            assert opened.pop() == token.path
        else:
            assert token.start < token.end
    assert not opened


@given(VALUES, st.data())
def test_a_truncated_text_keeps_the_paths_of_the_complete_text(text: str, data: st.DataObject) -> None:
    """A secret in a truncated frame is still found by its path."""
    whole = [token for token in tokens(text) if token.kind is not TokenKind.CLOSE]
    kept = [
        token for token in tokens(text[: data.draw(st.integers(0, len(text)))]) if token.kind is not TokenKind.CLOSE
    ]
    assert kept[:-1] == whole[: max(0, len(kept) - 1)]
    assert [token.start for token in kept] == [token.start for token in whole[: len(kept)]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'a': 'it\\'s', 'b': \"c\"}", [(("a",), "a"), (("a",), "it's"), (("b",), "b"), (("b",), "c")]),
        ("{`a`: `b`}", [(("a",), "a"), (("a",), "b")]),
        ("{key: value, other: 1}", [(("key",), "key"), (("key",), "value"), (("other",), "other"), (("other",), "1")]),
        ("[1,2,]", [((0,), "1"), ((1,), "2")]),
        ('{"a":1,}', [(("a",), "a"), (("a",), "1")]),
        ('{"a":1 "b":2}', [(("a",), "a"), (("a",), "1"), (("b",), "b"), (("b",), "2")]),
        ('"key":"K","value":"s"}]', [(("key",), "key"), (("key",), "K"), (("value",), "value"), (("value",), "s")]),
        ('[{"a":[1,2},3]', [((0, "a"), "a"), ((0, "a", 0), "1"), ((0, "a", 1), "2"), ((1,), "3")]),
        ("[1},2]", [((0,), "1"), ((1,), "2")]),
        ('{"a":"b', [(("a",), "a"), (("a",), "b")]),
        ('{"a":"b\\', [(("a",), "a"), (("a",), "b\\")]),
        ('{"a":"b\\u00', [(("a",), "a"), (("a",), "b\\u00")]),
        ('{"a', [(("a",), "a")]),
        ("{'a': 'b c, d", [(("a",), "a"), (("a",), "b c, d")]),
        ("it's [\"a\"] 'so", [((), "it's"), ((0,), "a"), ((), "so")]),
        ('the \'90s ["a"]', [((), "the"), ((), "'90s"), ((0,), "a")]),
        ('{"a":"line\nfeed"}', [(("a",), "a"), (("a",), "line\nfeed")]),
    ],
)
def test_text_that_is_nearly_json_is_read_as_it_is_meant(text: str, expected: list[tuple[Steps, str]]) -> None:
    """Firmware and users write it, and secrets in it must be found."""
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", TokenKind.NUMBER),
        ("-1.5e+3", TokenKind.NUMBER),
        ("007", TokenKind.NUMBER),
        ("1.2.3", TokenKind.WORD),
        ("true", TokenKind.WORD),
        ("NaN", TokenKind.WORD),
        ('"1"', TokenKind.STRING),
        ("'1'", TokenKind.STRING),
    ],
)
def test_each_value_has_its_kind(text: str, kind: TokenKind) -> None:
    assert [token.kind for token in tokens(text)] == [kind]


def test_a_repeated_key_is_found_each_time() -> None:
    """A secret does not hide behind a second value of the same key."""
    assert found('{"a":1,"a":2}') == [(("a",), "a"), (("a",), "1"), (("a",), "a"), (("a",), "2")]


def test_a_part_of_a_text_is_read_as_if_it_were_the_whole() -> None:
    text = '[2,"1","A",{"a":[1]}]'
    assert [(span.path, text[span.start : span.end]) for span in values(text, 11, 20)] == [
        (("a", 0), "1"),
        (("a",), "[1]"),
        ((), '{"a":[1]}'),
    ]


HOSTILE = {
    "brackets": "[" * 300_000 + "]" * 300_000,
    "brackets of the other sort": "[" * 300_000 + "}" * 300_000,
    "one object among closing brackets": "{" + "[" * 300_000 + "}" * 300_000,
    "keys in keys": '{"a":' * 100_000,
    "quotes": '"' * 300_001,
    "apostrophes": "'" * 300_001,
    "apostrophes apart": "' " * 150_000,
    "apostrophes behind commas": "',a" * 100_000,
    "backslashes": "\\" * 300_000,
    "escaped quotes": "'" + "\\'" * 150_000,
    "escaped quotes apart": "'" + ",\\'" * 100_000,
    "escapes at each end": "'\\" * 150_000,
    "numbers": "1" * 300_000,
    "broken numbers": "1.e" * 100_000,
    "spaces": " " * 300_000 + "x",
    "spaces behind strings": ('""' + " " * 1_000) * 300,
    "colons": ":" * 300_000,
    "commas": "[" + "," * 300_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_more_time_than_its_length(text: str) -> None:
    """One hostile message would stop every connection; in quadratic time each of these takes longer than a test may."""
    for _ in tokens(text):
        pass
    Brackets().feed(text)


def test_depth_does_not_matter() -> None:
    """A hostile recording must neither exhaust the stack nor take minutes."""
    deep = '{"a":1,"b":' + "[" * 200_000 + "1" + "]" * 200_000 + ',"c":2}'
    assert [token.path for token in scalars(deep)] == [("a",), ("c",)]
    assert max(len(token.path) for token in tokens(deep)) == MAX_DEPTH + 1


@given(st.lists(VALUES, max_size=5), SPACES, st.text(max_size=3))
def test_elements_are_found_as_they_are_written(items: list[str], space: str, rest: str) -> None:
    text = f"[{space}{f'{space},{space}'.join(items)}{space}]{rest}"
    assert [text[start:end] for start, end in elements(text)] == items


def test_elements_end_where_the_text_is_not_json() -> None:
    """The message id of a truncated frame can still be read."""

    def found_in(text: str) -> list[str]:
        return [text[start:end] for start, end in elements(text)]

    assert found_in('[2, "a" , {"x": 1}]') == ["2", '"a"', '{"x": 1}']
    assert found_in('[2,"a",{') == ["2", '"a"']
    assert found_in("no array") == []
    assert found_in("") == []


@given(NEARLY)
def test_elements_of_any_text_end_quietly(text: str) -> None:
    for start, end in elements(text):
        assert value_end(text, start) == end


@given(DECODED)
def test_what_is_not_replaced_stays_as_it_was(value: Any) -> None:
    """A replay that changes more than ids does not repeat what was recorded."""
    text = json.dumps(value, indent=2)
    assert replaced(text, [(token.start, token.end, text[token.start : token.end]) for token in scalars(text)]) == text
    zeros = json.loads(replaced(text, [(token.start, token.end, "0") for token in scalars(text)]))
    leaves = [path for path, inner in places(value) if not isinstance(inner, dict | list)]
    assert [place for place in places(zeros) if not isinstance(place[1], dict | list)] == [(path, 0) for path in leaves]


@given(STRINGS, st.text())
def test_another_string_in_its_place_says_what_it_should(original: str, value: str) -> None:
    """A pseudonym that comes out as something else names another token."""
    assert json.loads(rewritten(original, value, TokenKind.STRING)) == value
    assert original.isascii() <= rewritten(original, value, TokenKind.STRING).isascii()


@pytest.mark.parametrize(
    ("original", "expected"),
    [("'a'", "'it\\'s \\\\'"), ("`a`", "`it's \\\\`"), ('"a', "\"it's \\\\"), ("a", "it's \\"), ("'a", "'it\\'s \\\\")],
)
def test_another_string_keeps_the_notation_of_the_first(original: str, expected: str) -> None:
    written = rewritten(original, "it's \\", TokenKind.STRING)
    assert written == expected
    assert original == "a" or string_value(written) == "it's \\"


@given(VALUES, st.text(max_size=5), st.data())
def test_the_end_of_brackets_is_found_in_pieces_as_in_the_whole(value: str, rest: str, data: st.DataObject) -> None:
    """A frame over several lines of a log would swallow the lines behind it, or lose its own end."""
    text = f"[{value}]{rest}"
    assert Brackets().feed(text) == len(value) + 2
    cut = data.draw(st.integers(0, len(value) + 1))
    brackets = Brackets()
    assert brackets.feed(text[:cut]) is None
    end = brackets.feed(text[cut:])
    assert not brackets.broken
    assert end == len(value) + 2 - cut


@pytest.mark.parametrize("text", ["[}", "]", '["a"}', "{'a': ')', b: ]"])
def test_brackets_of_the_other_sort_are_noticed(text: str) -> None:
    """What will never be JSON must not take in line after line."""
    brackets = Brackets()
    assert brackets.feed(text) is None
    assert brackets.broken


@pytest.mark.parametrize("text", ['["a', "['a", '["a\\', "[1, 'a b"])
def test_a_string_that_goes_over_the_end_of_a_line_is_noticed(text: str) -> None:
    brackets = Brackets()
    assert brackets.feed(text) is None
    assert brackets.quote == ("'" if "'" in text else '"')
