"""What is built like a frame but cannot be one: with a wrong message type, or a fault of copying or of reading print.

Sets of characters: the typographic signs that word processors, messengers and input methods put in place of ASCII, and
the letters that the recognition of characters takes for digits.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.jsontext.tokens import Brackets, value_end
from ocpptui.ocpp.actions import versions_of
from ocpptui.ocpp.error_codes import error_codes
from ocpptui.ocpp.version import Version

_QUOTES = "\"'“”„‟‘’‚‹›«»`´″′＂＇"
QUOTE_MARK = f"[{_QUOTES}]"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad•"
_ASCII = str.maketrans("［【〔「『〚⟦］】〕」』〛⟧｛｝（），、､；：．", "[[[[[[[]]]]]]]{}(),,,;:.")
"""What input methods for Chinese and Japanese write, in ASCII."""
MOST_LISTS = 20
"""How many lists of a line are looked at."""
_BLANKS = rf"[\s{_INVISIBLE}]*"
_BETWEEN = rf"(?>{_BLANKS}(?:/\*[^*]{{0,80}}\*/{_BLANKS}){{0,4}})"
"""Between the elements of a list, maybe with comments, which JSON does not have: few, since each may begin a frame."""
_SEPARATOR = rf"{_BETWEEN}[^\w\s{_QUOTES}(){{}}<>\[\]]{{0,2}}{_BETWEEN}"
"""Between two elements that were separated by a comma."""
_DIGITS = rf"{QUOTE_MARK}?[-+]?\d{{1,3}}(?:\.\d+)?{QUOTE_MARK}?"
_LOOKS_LIKE_DIGIT = "[ZzSsEЗAGBlI!|Oo?]"
_WORD = rf"{QUOTE_MARK}{{0,3}}[\w.+-]{{0,20}}{QUOTE_MARK}{{0,3}}"
_WORD_OF_OCPP = rf"{QUOTE_MARK}{{0,3}}(?:CALL\w{{0,20}}|null|None|0x\d)?{QUOTE_MARK}{{0,3}}"
_QUOTED = rf"{QUOTE_MARK}{{1,3}}[^{_QUOTES},;\[\]{{}}]{{0,80}}{QUOTE_MARK}{{1,3}}"
_ID = rf"(?:{_QUOTED}|{QUOTE_MARK}{{1,3}}[\w.-]{{1,80}}|[\w.-]{{1,80}}{QUOTE_MARK}{{1,3}})"
"""A message id of which a quotation mark may be missing."""
_MARKS = rf"{QUOTE_MARK}{{1,3}}"
_COMMA = rf"{_BETWEEN},{_BETWEEN}"
_SEMICOLON = rf"{_BETWEEN}[,;]{_BETWEEN}"
_VALUE = rf"[{{\[{_QUOTES}]"
_ODD = lazily(
    rf"\[{_BETWEEN}{_DIGITS}{_COMMA}"
    rf"(?:{QUOTE_MARK}[^{_QUOTES},\[\]{{}}]{{0,80}}{QUOTE_MARK}|-?\d+|null|None){_COMMA}"
    rf"(?:{QUOTE_MARK}(?P<listed>\w[\w.-]*){QUOTE_MARK}\s*[,\]]|\{{)"
    # What separates the elements is wrong, or the message type only looks like one.
    rf"|\[{_BETWEEN}(?:{_DIGITS}|{_LOOKS_LIKE_DIGIT}){_SEPARATOR}{_ID}{_SEPARATOR}"
    rf"(?:{_MARKS}(?P<separated>\w+){_MARKS}{_SEPARATOR}{_VALUE}|\{{)"
    # Quotation marks are missing.
    rf"|\[{_BETWEEN}[2-6]{_SEMICOLON}(?:{_QUOTED}|[\w.-]{{1,80}}){_SEMICOLON}"
    rf"(?:(?P<unquoted>[A-Z]\w+){_SEMICOLON})?\{{"
    # The message type is a word, or there is none.
    rf"|\[{_BETWEEN}{_WORD_OF_OCPP}{_COMMA}{_QUOTED}{_COMMA}\{{"
    rf"|\[{_BETWEEN}(?:{_WORD}{_COMMA})?{_QUOTED}{_COMMA}"
    rf"{_MARKS}(?P<untyped>\w+){_MARKS}{_COMMA}{_VALUE}"
    # Another sign is in place of the bracket, or none. A function that is called is something else.
    rf"|(?:(?<![\w)])[({{<|\\/!]{_BETWEEN}|(?<!\S)[1IlLCc]?)[2-6]{_COMMA}{_QUOTED}{_COMMA}"
    rf"(?:{_MARKS}(?P<unopened>\w+){_MARKS}{_COMMA}{_VALUE}|\{{)"
)
_SURE = ("listed", "separated", "unquoted", "unopened")
_CLOSING = lazily(rf"{_BETWEEN}[\])}}>|]")
_CODES = frozenset(code for version in Version for code in error_codes(version))


def odd_frame(text: str, announced: Callable[[str], bool]) -> tuple[int, int] | None:
    """Start and end of what is built like a frame but cannot be one: of message type 1, of type "2", in typographic
    quotes, with semicolons, in parentheses, with the letter Z for the digit 2. None if there is none.

    A list in an ordinary log is not one: either its third element is an action or an error code of OCPP, or `announced`
    says of the text before it that a frame follows, and nothing follows the list itself. Without a message type, both.
    """
    plain = text if text.isascii() else text.translate(_ASCII)
    if "{" not in plain and plain.count(",") < 2:  # as in most lines
        return None
    for match in islice(_ODD.finditer(plain), MOST_LISTS):
        if match["untyped"] is not None and not _is_known(match["untyped"]):
            continue
        start = match.start()
        end = _end_of(text, plain, start)
        is_sure = any(map(_is_known, filter(None, match.group(*_SURE))))
        if is_sure or (not text[end:].strip(" \t\r'\"`") and announced(text[:start])):
            return start, end
    return None


def _is_known(name: str) -> bool:
    """Whether OCPP has an action or an error code of this name."""
    return bool(versions_of(name)) or name in _CODES


def _end_of(text: str, plain: str, start: int) -> int:
    """The end of what begins here as a frame; `plain` is the text with ASCII for signs that look like it."""
    end = value_end(text, start) if text[start] == "[" else None
    end = end or (Brackets().feed(text, start) if text[start] in "[{" else None)
    if end is None and plain[start] in "[{":
        end = Brackets().feed(plain, start)
    if end is not None:
        return end
    payload = plain.find("{", start + 1)
    end = None if payload < 0 else Brackets().feed(plain, payload)
    closing = None if end is None else _CLOSING.match(plain, end)
    if closing is not None:
        return closing.end()
    return len(text.rstrip()) if end is None else end
