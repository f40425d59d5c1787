"""Parses the text of a filter into its terms.

This is a hand-written recursive-descent parser: the grammar is small, and most of the work is in the error messages and
their positions, which a parsing library would leave to us anyway.

    either := both ("or" both)*        both := part (["and"] part)*
    part   := ("not" | "-")* ("(" either ")" | term)
    term   := "a phrase" | name:value | field=value (!= < <= > >=) | latency>value | flag | word
"""

from __future__ import annotations

import re
from typing import NoReturn

from ocpptui.filter.fields import FIELDS, FLAGS, LATENCY, LATENCY_EXPECTS, latency
from ocpptui.filter.payload_terms import PayloadField
from ocpptui.filter.terms import AllOf, AnyOf, Not, Term
from ocpptui.filter.text_terms import Contains
from ocpptui.ocpp.did_you_mean import nearest

DEEPEST = 50
"""The deepest nesting of brackets."""

_SPACE = re.compile(r"\s*")
_KEYWORD = re.compile(r"(and|or|not)(?![^\s()])", re.IGNORECASE)
_MINUS = re.compile(r"-(?=[^\s)])")
_WORD = re.compile(r"[^\s()]+")
_HEAD = re.compile(r'([^\W\d][^\s()":=<>!]*)(:|<=|>=|!=|=|<|>)')
_PATH = re.compile(r"\w[\w-]*(?:\.\w[\w-]*)*")
_PHRASE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')


class QueryError(ValueError):
    """A filter that does not parse: one sentence, and the position in the text, in characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def parse_terms(text: str) -> Term:
    """The terms of a filter. Raises QueryError."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Term:
        if self._ended():
            return AllOf(())
        node = self._either()
        if not self._ended():
            self._fail("this bracket does not close any other")
        return node

    def _either(self) -> Term:
        parts = [self._both()]
        while self._keyword("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def _both(self) -> Term:
        parts = [self._part()]
        while self._keyword("and") or not (self._ended() or self._sees(")") or self._next_keyword() == "or"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _part(self) -> Term:
        negated = False
        while self._minus() or self._keyword("not"):
            negated = not negated
        node = self._bracket() if self._sees("(") else self._term()
        return Not(node) if negated else node

    def _bracket(self) -> Term:
        opened = self._at
        self._at += 1
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(f"brackets are nested more than {DEEPEST} levels deep", opened)
        if self._sees(")"):
            self._fail("there is nothing between the brackets", opened)
        if self._ended():
            self._fail("a bracket is not closed", opened)
        node = self._either()
        if not self._sees(")"):
            self._fail("a bracket is not closed", opened)
        self._at += 1
        self._depth -= 1
        return node

    def _term(self) -> Term:
        if self._ended() or self._sees(")"):
            self._fail("something is missing here: a word or a term such as action:Heartbeat")
        if (keyword := self._next_keyword()) is not None:
            self._fail(f"`{keyword}` needs a term on either side; to search for the word, put it in quotation marks")
        if self._sees('"'):
            return Contains(self._quoted())
        start = self._at
        head = _HEAD.match(self._text, start)
        if head is not None:
            self._at = head.end()
            literal = self._text.startswith('"', self._at)
            value = self._quoted() if literal else self._word()
            return self._named(start, head[1], head[2], value, literal)
        word = self._word()
        flag = FLAGS.get(word.casefold())
        return flag() if flag is not None else Contains(word)

    def _named(self, start: int, name: str, sign: str, value: str, literal: bool) -> Term:
        if name.casefold() == LATENCY:
            if sign == ":":
                self._fail("latency needs a comparison, as in latency>2s", start)
            return self._checked(start, LATENCY, LATENCY_EXPECTS, value, latency(sign, value))
        if sign != ":":
            return self._payload_field(start, name, sign, value, literal)
        field = FIELDS.get(name.casefold())
        if field is None:
            self._unknown(start, name, value)
        node = field.make(value, literal) if value or literal else None
        return self._checked(start, name.casefold(), field.expects, value, node)

    def _payload_field(self, start: int, name: str, sign: str, value: str, literal: bool) -> Term:
        if _PATH.fullmatch(name) is None:
            self._fail(
                f"`{_cut(name)}` is not a payload field: write connectorId=1 or sampledValue.measurand=Voltage", start
            )
        if not value and not literal:
            self._fail(
                f'{_cut(name)} needs a value: {_cut(name)}{sign}1, or {_cut(name)}{sign}"" for an empty one', start
            )
        return PayloadField(name, sign, value, literal)

    def _checked(self, start: int, name: str, expects: str, value: str, node: Term | None) -> Term:
        if node is None:
            self._fail(f"{name} expects {expects}" + (f", not `{_cut(value)}`" if value else ""), start)
        return node

    def _unknown(self, start: int, name: str, value: str) -> NoReturn:
        message = f"there is no term `{_cut(name)}:`"
        meant = nearest(name, FIELDS)
        if name.casefold() in FLAGS:
            message = f"`{name}` takes no colon and no value"
        elif meant:
            message += f", did you mean `{meant}:`?"
        elif _PATH.fullmatch(name) is not None:
            message += f"; write {_cut(name)}={_cut(value) or 1} for a payload field"
            message += ", or put a text with a colon in quotation marks"
        self._fail(message, start)

    # -- the text -----------------------------------------------------------------------------------------------

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._at)
        if space is not None:
            self._at = space.end()

    def _ended(self) -> bool:
        self._skip()
        return self._at == len(self._text)

    def _sees(self, sign: str) -> bool:
        self._skip()
        return self._text.startswith(sign, self._at)

    def _next_keyword(self) -> str | None:
        self._skip()
        found = _KEYWORD.match(self._text, self._at)
        return found[1].lower() if found else None

    def _keyword(self, word: str) -> bool:
        if self._next_keyword() != word:
            return False
        self._at += len(word)
        return True

    def _minus(self) -> bool:
        self._skip()
        if _MINUS.match(self._text, self._at) is None:
            return False
        self._at += 1
        return True

    def _word(self) -> str:
        found = _WORD.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _quoted(self) -> str:
        start = self._at
        found = _PHRASE.match(self._text, start)
        if found is None:
            self._fail("a quotation mark is not closed", start)
        self._at = found.end()
        if _WORD.match(self._text, self._at):
            self._fail("a space is missing after this quotation mark", self._at - 1)
        return _ESCAPE.sub(r"\1", found[1])

    def _fail(self, message: str, position: int | None = None) -> NoReturn:
        raise QueryError(message, self._at if position is None else position)


def _cut(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
