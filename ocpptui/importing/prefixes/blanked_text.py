"""The text before a frame without what is never the name of a charge point: times, hosts, services and secrets."""

from __future__ import annotations

from ocpptui.importing.times.timestamps import MONTH_WORD, without_rejected
from ocpptui.importing.words.log_words import LEVEL, NOUNS, NOUNS_ELSEWHERE
from ocpptui.importing.words.name_forms import looks_given
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.labelled_secrets import stated_credentials
from ocpptui.ocpp.secret_names import may_state_credentials

BLANK = "\0"
"""In place of what is never a name."""
SHORTEST_SECRET = 6
"""Characters; a shorter one may be within a name by chance."""
_CLOCK = (
    r"(?:[上下]午)?\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?(?:Z\b|(?!:?\w)(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?"
    r"(?:\s?(?:GMT|UTC)?[+-]\d\d:?\d\d(?!\d)|\s?(?:GMT|UTC)[+-]\d{1,2}(?::\d\d)?|[+-]\d\d(?![\w:.-])|\s(?:UTC|GMT)\b)?)"
)
_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[-_T ]\d\d(?P<sign>[.-])\d\d(?P=sign)\d\d(?!\w)|[T_, ]{0,3})"
    rf"|(?<![\w.])\d{{1,2}}(?:\. |[-/. ])(?:\d{{1,2}}|{MONTH_WORD}\.?)[-/. ]"
    r"(?:\d{4}|(?<=\.)\d\d(?=\s\d)|\d\d(?=,))(?!\w)[:, ]{0,3}(?:(?:at|um|à|om|alle|klo) )?"
    r"|(?<![\w.])(?:\d{1,2}/\d{1,2}/\d\d|\d{1,2}-\d{1,2}-\d\d)(?=,?\s{1,2}\d?\d:\d\d:\d\d),?\s{1,2}"
    rf"|\b(?:\d{{4}} )?(?:[A-Z][a-z]{{2}},? )?{MONTH_WORD}\.?\s{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?"
    r"(?:,? (?:\d{4}|\d\d(?=,)))?(?:,? ?(?:at|[@|-])|,)?\s{1,3}(?=\d\d?:\d\d)"
    rf"|(?<![\w.])\d{{4}}[-/]{MONTH_WORD}[-/]\d{{1,2}}(?!\w)"
    rf"|(?<![\w.-]){MONTH_WORD}[-/]\d{{1,2}}(?:[-/]\d{{4}})?(?:[\s,:T_@|-]{{1,3}}|,? (?:at|um|à|om) )(?=\d\d?:\d\d)"
    rf"|(?<![\w.:])\d{{1,2}}(?:\. |[ /-]){MONTH_WORD}\.?(?=(?:,? |[_T-])\d\d?:\d\d:\d\d)"
    r"|(?<![\w./:+-])(?:\d\d[-/]\d\d|\d{1,2}\.\d{1,2}\.),?(?:\s{1,2}|[T_]| [@|-] )(?=\d\d?:\d\d:\d\d)"
)
_TIME = lazily(
    rf"\b(?:[A-Z][a-z]{{2}},? )?[A-Z][a-zéûä]{{2,8}}\.?\s{{1,2}}\d{{1,2}} {_CLOCK} (?:[A-Z]{{3,4}} )?\d{{4}}(?![\w.:-])"
    rf"|(?:{_DATE})(?:{_CLOCK})?|(?<![\w:])(?:{_CLOCK})"
    r"|(?<!\w)[DIWEF]\d{4}\s(?=\d\d:\d\d:\d\d)|HTTP/\d(?:\.\d)?|(?<!\w)\d{8}[T _]\d{6}(?:[.,]\d{1,9})?Z?"
)
_SINCE_1970 = lazily(r"(?:^[\[(\"'\s]*|(?<=time=)|(?<=ts=))\d{10}(?:\d{3}|\d{6}|\d{9})?(?:[.,]\d{1,9})?(?![\w:-])")
_NOUN = "|".join(sorted({*NOUNS, *NOUNS_ELSEWHERE}))
_SYSLOG = lazily(
    rf"^\0+\s*(?P<host>[\w.-]+)\s+[\w./-]+\[\d+\]:\s"
    rf"|^\0+\s*(?!(?:the|from|to)\b|(?i:{LEVEL}|{_NOUN})\b)[\w.-]+\s+[a-z][a-z._-]+:\s"
    r"|^\0+\s*(?:[\w.-]+\s+)?(?:app|heroku)/[a-z_-]+(?:\.\d+)?:?\s"
    r"|^<\d+>\d\s\0+\s[\w.-]+\s\S+\s\S+\s\S+\s(?:-|\[[^\s\]]*)(?=[\s\]])|^\0+\s*(?:app|heroku)\[[\w.-]+\]:\s"
)
_SERVICE = lazily(r"^(?P<service>[\w.-]+)(?:\s*\|\s(?=\s*\0)|\s+\|\s)")
_TAG = lazily(r"(?<![^\s\]])(?:[EWIDV] \((?:\d{1,10}|[\d:.\0]+)\)|\[[EWIDV]\]\[[\w.:-]+\]) (?P<tag>[\w.-]+): ")
"""What a log of ESP-IDF or Arduino has before its text: level, milliseconds since the start or source, and the tag of
the module."""
_BYTES = lazily(r"(?<!\w)(?:[\da-fA-F]{2} ){4,}(?:[\da-fA-F]{2})?(?!\w)")
"""Bytes that a gateway prints of another protocol."""


def blanked(text: str) -> str:
    """The text without what is never a charge point: times, rejected ones too, hosts, services and secrets; its length
    stays."""
    text, times = _TIME.subn(lambda match: BLANK * len(match[0]), text)
    if not times:
        text = _SINCE_1970.sub(lambda match: BLANK * len(match[0]), text)
    text = _BYTES.sub(lambda match: BLANK * len(match[0]), without_rejected(text, BLANK))
    for header in (_SYSLOG, _SERVICE):
        match = header.match(text)
        if match is not None and not (header is _SERVICE and looks_given(match["service"])):
            text = BLANK * match.end() + text[match.end() :]
    for secret in stated_credentials(text) if may_state_credentials(text) else ():
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, BLANK * len(secret))
    tag = _TAG.search(text)
    if tag is not None and not looks_given(tag["tag"]):
        text = f"{text[: tag.start('tag')]}{BLANK * len(tag['tag'])}{text[tag.end('tag') :]}"
    return text
