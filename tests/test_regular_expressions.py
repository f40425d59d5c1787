"""No regular expression takes more than linear time, whatever text it is given.

The texts are made from each expression itself: what it begins with, repeated, and what it repeats, repeated and then
broken off.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]  # the parser of `re` has no public name
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

import pytest

import ocpptui
from ocpptui.jsontext.lazy_pattern import LazyPattern

PACKAGE = Path(ocpptui.__file__).parent
LENGTH = 800
"""Characters. An expression of quadratic time takes some 1.6 ms for so many, a linear one less than 0.4 ms."""
SOON = 0.0006
"""Seconds that need no second look."""
SOON_BOUNDED = 0.02
"""The same where the number of characters is bounded."""
METHODS = ("search", "finditer", "match", "fullmatch")
SAME = {"sub": "finditer", "subn": "finditer", "split": "finditer", "findall": "finditer"}

BOUNDED = {
    **dict.fromkeys(
        (
            "ocpptui.importing.copies._FLOW",
            "ocpptui.importing.prefixes.log_prefix._DIRECTION",
            "ocpptui.importing.prefixes.log_prefix._FLOW",
            "ocpptui.importing.prefixes.log_prefix._LEANING",
            "ocpptui.importing.words.log_words.NEVER",
            "ocpptui.importing.words.log_words.NOISE",
            "ocpptui.importing.prefixes.name_places.PLACES",
            "ocpptui.importing.prefixes.name_places._AFTER_KEY",
            "ocpptui.importing.prefixes.name_places._CENTRAL_SYSTEM",
            "ocpptui.importing.prefixes.prefix_names._TIME",
        ),
        600,  # they see the last 600 characters before a frame, or of a line above it
    ),
    "ocpptui.ocpp.labelled_secrets._LINE_START": 4,  # of the four characters before a name
    "ocpptui.jsontext.path._STEP": 300,  # of a path that `json_path` wrote: no key has more than 100 characters
}
"""Expressions that see texts of no more than so many characters."""
OWN_TEXTS = ("ocpptui.ocpp.schema",)
"""Modules that read nothing but the schemas of the Open Charge Alliance."""

CHARACTERS = [*"a1_ \"'`[{<>\\/-:=,.;&?|*%+#@~\n\t\r\0Zé", "ab ", "a:", '\\"', "a,b", "::", "0-"]
BREAKS = ("", ':"<> \n\0')
"""What follows a repetition: nothing, or characters of which one matches no set of characters."""


@cache
def with_expressions() -> list[str]:
    """The modules that seem to have expressions, by their text: tests are collected without importing all modules."""
    return sorted(
        ".".join(("ocpptui", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
        if re.search(r"(?i)re\.compile|pattern", path.read_text(encoding="utf-8"))
    )


@cache
def compiled() -> tuple[tuple[str, str, re.Pattern[Any]], ...]:
    """Module, name and expression, for each that a module of the package has as an attribute, or in one."""
    return tuple(_compiled())


def _compiled() -> Iterator[tuple[str, str, re.Pattern[Any]]]:
    seen = set()
    for found in pkgutil.walk_packages(ocpptui.__path__, "ocpptui."):
        if found.name.endswith("__main__") or found.name in OWN_TEXTS:
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            for pattern in patterns_in(value):
                if (found.name, pattern) not in seen and is_defined(found.name, name):
                    seen.add((found.name, pattern))
                    yield found.name, name, pattern


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, LazyPattern):
        yield value.compiled()
    elif isinstance(value, tuple | list | dict) and len(value) < 100:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from patterns_in(inner)
    elif callable(value) and hasattr(value, "cache_info") and is_pattern_maker(value):
        yield value()


def is_pattern_maker(function: Any) -> bool:
    """Whether a cached function without arguments returns an expression."""
    annotations = getattr(function, "__annotations__", {})
    return annotations.keys() == {"return"} and str(annotations["return"]).startswith("re.Pattern")


@cache
def tree(module: str) -> ast.Module:
    path = PACKAGE.parent / Path(*module.split("."))
    file = path.with_suffix(".py")
    file = file if file.is_file() else path / "__init__.py"  # a folder of data may have the name of its module
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def defined(module: str) -> frozenset[str]:
    """The names that a module binds itself, and does not import."""
    bound, imported = set[str](), set[str]()
    for node in ast.walk(tree(module)):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name):
                bound.add(name)
            case ast.ImportFrom(names=names):
                imported |= {one.asname or one.name for one in names}
    return frozenset(bound - imported)


def is_defined(module: str, name: str) -> bool:
    return name in defined(module)


@cache
def uses() -> dict[tuple[str, str], set[str]]:
    """The methods that are called on each name: in its own module, or if it is public in any."""
    found = defaultdict(set)
    for info in pkgutil.walk_packages(ocpptui.__path__, "ocpptui."):
        for node in ast.walk(tree(info.name)):
            if not isinstance(node, ast.Attribute):
                continue
            method = SAME.get(node.attr, node.attr)
            value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if method in METHODS and isinstance(value, ast.Name):
                found["" if not value.id.startswith("_") else info.name, value.id].add(method)
    return found


def methods_of(module: str, name: str) -> set[str]:
    """The methods to be tried: finding all takes at least as long as finding the first, or the one at the start."""
    used = uses().get(("" if not name.startswith("_") else module, name)) or set(METHODS)
    if "finditer" in used:
        return used - {"search", "match"}
    return used - {"match"} if "search" in used else used


# -- texts -----------------------------------------------------------------------------------------------------------


def parsed(pattern: re.Pattern[Any]) -> Any:
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    return parser.parse(source, pattern.flags & ~re.UNICODE if is_bytes else pattern.flags)


class Texts:
    """The texts that an expression is tried with."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self._is_bytes = isinstance(pattern.pattern, bytes)
        self._groups: dict[int | None, str] = {}
        self._parsed = parsed(pattern)

    def __iter__(self) -> Iterator[Callable[[int], Any]]:
        """Each as a function that makes it of a length."""
        pairs = itertools.chain((("", character) for character in CHARACTERS), self._units(self._parsed, [""]))
        for (before, unit), after in itertools.product(dict.fromkeys(pairs), BREAKS):
            if unit:
                yield partial(self._text, before, unit, after)

    def _text(self, before: str, unit: str, after: str, length: int) -> Any:
        text = before + unit * (length // len(unit)) + after
        return text.encode("latin-1", "replace") if self._is_bytes else text

    def _units(self, parts: Any, before: list[str]) -> Iterator[tuple[str, str]]:
        """What may precede, and what may be repeated after it."""
        parts = list(parts)
        for start in range(1, len(parts)):
            head = self._samples(parts[:start])[:1] or [""]
            for end in range(start + 1, min(len(parts), start + 5) + 1):
                for unit in self._samples(parts[start:end])[:2]:
                    yield "", unit
                    yield head[0], unit
        for code, value in parts:
            inner = _inside(code, value)
            if code in _REPEATS:
                yield from itertools.product(before, self._samples(value[2])[:4])
            for branch in inner:
                yield from self._units(branch, before)
            before = [one + sample for one in before for sample in self._of_part(code, value)][:4]
            yield from (("", unit) for unit in before)

    def _samples(self, parts: Any) -> list[str]:
        """Some short texts that match."""
        samples = [""]
        for code, value in parts:
            samples = [one + sample for one in samples for sample in self._of_part(code, value)][:6]
        return samples

    def _of_part(self, code: Any, value: Any) -> list[str]:
        if code is codes.LITERAL:
            return [chr(value)]
        if code is codes.NOT_LITERAL:
            return [character for character in "a1 " if ord(character) != value][:2]
        if code is codes.ANY:
            return ["a"]
        if code is codes.IN:
            return _of_set(value)
        if code in _REPEATS:
            least, _, inner = value
            return [sample * max(least, 1) for sample in self._samples(inner)][:3] + [""] * (least == 0)
        if code is codes.SUBPATTERN:
            samples = self._samples(value[3])
            self._groups[value[0]] = samples[0]
            return samples[:4]
        if code is codes.ATOMIC_GROUP:
            return self._samples(value)[:4]
        if code is codes.BRANCH:
            return [sample for branch in value[1] for sample in self._samples(branch)[:2]][:8]
        return [self._groups.get(value, "")] if code is codes.GROUPREF else [""]


_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def _inside(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code is codes.BRANCH:
        return list(value[1])
    return [value[1]] if code in (codes.ASSERT, codes.ASSERT_NOT) else []


_CATEGORIES = {
    codes.CATEGORY_DIGIT: [(48, 57)],
    codes.CATEGORY_WORD: [(97, 122), (95, 95), (48, 57)],
    codes.CATEGORY_SPACE: [(32, 32), (9, 13)],
    codes.CATEGORY_NOT_SPACE: [(97, 122), (33, 90)],
    codes.CATEGORY_NOT_WORD: [(32, 47)],
    codes.CATEGORY_NOT_DIGIT: [(97, 122), (32, 47)],
}


def _of_set(items: Any) -> list[str]:
    """Some characters of a set."""
    ranges: list[tuple[int, int]] = []
    negated = False
    for code, value in items:
        if code is codes.NEGATE:
            negated = True
        elif code is codes.LITERAL:
            ranges.append((value, value))
        elif code is codes.RANGE:
            ranges.append(value)
        else:
            ranges += _CATEGORIES[value]
    if not negated:
        return [chr(first) for first, _ in ranges][:3]
    return [one for one in "a1 \"'[{<\\-/" if not any(first <= ord(one) <= last for first, last in ranges)][:4] or ["é"]


# -- tests -----------------------------------------------------------------------------------------------------------


def seconds(pattern: re.Pattern[Any], method: str, text: Any) -> float:
    start = process_time()
    found = getattr(pattern, method)(text)
    if method == "finditer":
        for _ in found:
            pass
    return process_time() - start


def is_slow(pattern: re.Pattern[Any], method: str, text_of: Callable[[int], Any], length: int) -> bool:
    """Whether four times as much of a text takes more than twice the four times as long, and again of that.

    Once alone may be a repetition with an upper bound, which a short text does not reach.
    """

    def shortest(times: int) -> float:
        text = text_of(length * times)
        return min(seconds(pattern, method, text) for _ in range(3))

    single = shortest(1)
    if single <= SOON or seconds(pattern, method, text_of(length * 4)) <= 8 * single:
        return False
    if (longer := shortest(4)) <= 8 * single:  # something else disturbed the first measurement
        return False
    return longer > _UNBEARABLE or seconds(pattern, method, text_of(length * 16)) > 8 * longer


_UNBEARABLE = 0.5
"""Seconds after which nobody has to look whether it gets worse."""


@pytest.mark.parametrize("module", with_expressions())
def test_an_expression_takes_linear_time(module: str) -> None:
    """Otherwise one line of a log, or one frame of a charge point, stops the program for minutes."""
    for where, name, pattern in compiled():
        if where != module:
            continue
        length = BOUNDED.get(f"{module}.{name}", LENGTH)
        is_bounded = length < LENGTH
        for text_of in Texts(pattern):
            text = text_of(length)
            for method in methods_of(module, name):
                if seconds(pattern, method, text) <= (SOON_BOUNDED if is_bounded else SOON):
                    continue
                if is_bounded:
                    assert min(seconds(pattern, method, text) for _ in range(3)) < SOON_BOUNDED, (name, text[:80])
                else:
                    assert not is_slow(pattern, method, text_of, length), (name, method, text[:80])


def test_python_3_11_2_finds_the_same() -> None:
    """Debian 12 has it. Before 3.11.5, a possessive group whose last round fails keeps what that round had taken."""
    wrong = [f"{module}.{name}" for module, name, pattern in compiled() if any(map(keeps_too_much, groups_of(pattern)))]
    assert not wrong, f"write (?>(?:…)*) for (?:…)*+ in {wrong}"


def groups_of(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """What is in each possessive group of an expression."""
    waiting = [parsed(pattern)]
    while waiting:
        for code, value in waiting.pop():
            inside = _inside(code, value)
            waiting += inside
            if code is codes.POSSESSIVE_REPEAT and not is_one_character(inside[0]):
                yield inside[0]


def keeps_too_much(parts: Any) -> bool:
    """Whether it can fail within a construct of several parts, or behind one, when it has taken something."""
    is_behind = is_behind_repeat = False
    for code, value in parts:
        is_repeat = code in _REPEATS
        can_fail = not is_repeat or value[0] > 0
        is_compound = bool(_inside(code, value))
        if can_fail and (is_behind_repeat or (is_behind and is_compound)):
            return True
        if any(keeps_too_much(inner) for inner in _inside(code, value)):
            return True
        is_behind, is_behind_repeat = True, is_behind_repeat or is_repeat
    return False


def is_one_character(parts: Any) -> bool:
    return len(parts) == 1 and parts[0][0] in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY)


def test_every_expression_is_seen_here() -> None:
    """One that is written where it is used would not be tried."""
    hidden = [
        f"{info.name}:{node.lineno}"
        for info in pkgutil.walk_packages(ocpptui.__path__, "ocpptui.")
        for node in ast.walk(tree(info.name))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
        and node.attr in {*METHODS, *SAME}
    ]
    assert hidden == []
    assert len(compiled()) > 100
    assert {module for module, _, _ in compiled()} <= {*with_expressions()}
