from __future__ import annotations

import re

import pytest

from ocpptui.jsontext.lazy_pattern import LazyPattern, lazily


def test_it_does_what_the_expression_does() -> None:
    """A log would be read differently the second time."""
    pattern, expected = (
        lazily(r"(?P<sign>[A-Z])(\d+)", re.IGNORECASE),
        re.compile(r"(?P<sign>[A-Z])(\d+)", re.IGNORECASE),
    )
    for text in ("a1 B22", "", "b3", "x"):
        for _ in range(2):
            for method in ("search", "match", "fullmatch"):
                found, wanted = getattr(pattern, method)(text), getattr(expected, method)(text)
                assert (found and found.groupdict()) == (wanted and wanted.groupdict())
            assert pattern.findall(text) == expected.findall(text)
            assert [match.span() for match in pattern.finditer(text)] == [
                match.span() for match in expected.finditer(text)
            ]
            assert pattern.sub("-", text) == expected.sub("-", text)
            assert pattern.subn("-", text) == expected.subn("-", text)
            assert pattern.split(text) == expected.split(text)
    assert (pattern.pattern, pattern.flags, pattern.groups) == (expected.pattern, expected.flags, expected.groups)
    assert lazily(rb"\d").search(b"a1") is not None


def test_nothing_is_compiled_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows of every log would wait for the expressions of all other notations."""
    compiled = list[LazyPattern[str]]()

    def noted(pattern: LazyPattern[str]) -> re.Pattern[str]:
        compiled.append(pattern)
        return re.compile("a")

    monkeypatch.setattr(LazyPattern, "compiled", noted)
    pattern = lazily("a")
    assert not compiled
    assert pattern.search("a") and pattern.search("a") and pattern.match("a")
    assert len(compiled) == 1


def test_a_wrong_expression_is_an_error_when_it_is_used() -> None:
    with pytest.raises(re.error):
        lazily("(").search("")
