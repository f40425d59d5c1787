"""What encloses a truncated or damaged frame in its line: quotation marks, a tag of XML, a call, an object around it.

Where the brackets of a frame do not show its end, the text before it shows what must close behind it.
"""

from __future__ import annotations

from ocpptui.jsontext.lazy_pattern import lazily

_SPRING = lazily(r"\.\.\], byteCount=\d+")
"""What Spring writes behind the beginning of a text message."""
_TAG = lazily(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>")
_ATTRIBUTE = lazily(r"\s[\w.:-]+='[^'\"]*$")
"""The beginning of an attribute of XML, up to a frame."""
_CLOSED_AROUND = lazily(r"\]\s{0,9}\}$")
_QUOTE_BEHIND = lazily(r"(?<=\])\"[\s/>);,]*$")
"""The quotation mark behind a frame, with what ends the tag or the call that it is in."""
_CALL_BEHIND = lazily(r"(?<=\])\s{0,9}\)\s{0,9};?$")
"""What closes the call that a frame is in, as in JSONP."""


def trimmed_frame(prefix: str, text: str) -> str:
    """The text of a truncated or damaged frame behind a prefix, without what closes behind it."""
    spring = _SPRING.search(text)
    if spring is not None:
        return text[: spring.start() + 2]
    text = text.partition("\r")[0]
    if "<![CDATA[" in prefix and "]]>" in text:
        text = text[: text.index("]]>")]
    elif "<" in text and _TAG.search(prefix) is not None and (tag := _TAG.search(text)) is not None:
        text = text[: tag.start()]
    quote = prefix[-1:]
    if _ATTRIBUTE.search(prefix) is not None and "]'" in text:
        text = text[: text.index("]'") + 1]
    elif quote in ("'", "`"):
        end = text.rfind("]" + quote)
        end = end + 1 if end > 0 else text.rfind(quote)
        if end > 0:
            text = text[:end]
    elif quote == '"' and (closing := _QUOTE_BEHIND.search(text)) is not None:
        text = text[: closing.start()]
    text = text.rstrip()
    if quote == "(" and (call := _CALL_BEHIND.search(text)) is not None:
        text = text[: call.start()]
    # What closes the object around it is not of a frame, which ends in a bracket: Go, C#, Java.
    closing = _CLOSED_AROUND.search(text)
    if closing is not None and prefix.count("{") > prefix.count("}"):
        return text[: closing.start() + 1]
    is_closed_once_more = text.endswith("]]") and text.count("]") > text.count("[")
    return text[:-1] if is_closed_once_more and prefix.count("[") > prefix.count("]") else text
