"""What the lines of a log have at each place: whether it follows the charge point, as its name does."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ocpptui.importing.prefixes.name_places import SURE
from ocpptui.importing.prefixes.prefix_names import looks_like_trace, may_be_name
from ocpptui.importing.words.line_shapes import without_digits, without_traces
from ocpptui.importing.words.name_forms import is_short_number, looks_like_name
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.boot_serials import serial_of
from ocpptui.ocpp.message import Malformed, Message

MOST_VALUES = 1000
"""How many values of a place are counted."""
MOST_CALLS = 2000
"""How many calls are remembered to be compared with their answers."""
_SAME_ID = 8
OF_STATIONS = frozenset(("BootNotification", "Heartbeat"))
"""Calls that are of a whole charge point, and never of one of its connectors."""
PHRASE = ", with the words around it"
"""Behind the place of a word that may be one of several in a name."""
OF_TENANT = lazily(
    r"(?P<tenant>\d{1,6}):(?P<name>(?=[^\s:]*[^\W\d_])[^\s:]+)"
    r"|(?P<word>[a-z]{2,30}|(?:tenant|org|customer|operator|site|group)[-_ ]?[\w-]{1,30})(?::|/|, ?)"
    r"(?P<given>[^\s:/,]+)"
)
"""How CitrineOS names a charge point, `1:CP-77`, and others: `acme/CP-77`."""


@dataclass(slots=True)
class _Place:
    """What is known of a place in the lines."""

    trust: int
    values: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    last: str = ""
    changes: int = 0
    """How often the value differs from that of the frame before."""
    answers_alike: int = 0
    """How many answers have the value of their call."""
    answers_unlike: int = 0
    ids_of_messages: int = 0
    """How often the value is the id of the message, or its length."""
    confirmed: bool = False
    of_stations: set[str] = field(default_factory=set)
    """The values beside calls of a whole charge point."""
    started: dict[str, str] = field(default_factory=dict)
    """The first serial number that started with each value."""
    is_shared: bool = False
    """Whether two serial numbers started with one value: charge points have it in common, and so it names none."""
    shared: set[str] = field(default_factory=set)
    """The values, without digits, that an answer had like its call."""

    @property
    def is_of_one_each(self) -> bool:
        """Whether each value is beside one serial number, and each number beside one value, as far as any started. A
        host has several charge points, a day has others than the next."""
        return not self.is_shared and len({*self.started.values()}) == len(self.started)


class Places:
    """Places in the lines and the values there."""

    def __init__(self) -> None:
        self.known: dict[str, _Place] = {}
        self._calls: dict[str, deque[dict[str, str]]] = {}
        self._exchanges = 0

    def learn(self, values: dict[str, tuple[str, int]], frame: Message | Malformed | None) -> None:
        """Note the values, and how much each is trusted, in the line of a frame."""
        message_id = frame.id if frame is not None and frame.id else ""
        length = "" if frame is None else str(len(frame.raw))
        serial = serial_of(frame.payload) if isinstance(frame, Message) and frame.action == "BootNotification" else ""
        for place, (value, trust) in values.items():
            known = self.known.get(place)
            if known is None:
                known = self.known[place] = _Place(trust)
            known.trust = max(known.trust, trust)
            known.seen += 1
            known.changes += value != known.last
            known.last = value
            if len(known.values) < MOST_VALUES or value in known.values:
                known.values[value] += 1
                if isinstance(frame, Message) and frame.action in OF_STATIONS:
                    known.of_stations.add(value)
                if serial:
                    known.is_shared |= known.started.setdefault(value, serial) != serial
            known.ids_of_messages += value == length or (
                bool(message_id) and (value == message_id or (len(message_id) > 7 and message_id in value))
            )
        if not isinstance(frame, Message) or not message_id:
            return
        said = {place: value for place, (value, _) in values.items()}
        if frame.action is not None:
            self._exchanges += 1
            self._calls.setdefault(message_id, deque(maxlen=_SAME_ID)).append(said)
            if len(self._calls) > MOST_CALLS:
                del self._calls[next(iter(self._calls))]
        else:
            self._compare(said, self._calls.get(message_id, ()))

    def _compare(self, answer: dict[str, str], calls: Iterable[dict[str, str]]) -> None:
        for place, value in answer.items():
            of_calls = [call.get(place) for call in calls]
            if value in of_calls:
                known = self.known[place]
                known.answers_alike += 1
                if len(known.shared) < MOST_VALUES:
                    known.shared.add(without_traces(without_digits(value)))
            elif of_calls and None not in of_calls:  # else its own call may be one whose line is of another shape
                self.known[place].answers_unlike += 1

    def confirm(self, names: Iterable[str]) -> None:
        """Note names that other parts of the file give to charge points."""
        known = {name.lower() for name in names if len(name) > 1}
        for place in self.known.values():
            place.confirmed = place.confirmed or any(
                value.lower() in known or (len(value) > 4 and any(value.lower() in name for name in known))
                for value in place.values
            )

    def follows_connection(self, place: str) -> bool:
        """Whether each answer has the value of its call there, as far as there are any."""
        known = self.known[place]
        return known.answers_unlike * 10 <= known.answers_alike and known.ids_of_messages * 2 <= known.seen

    def varies(self, place: str) -> bool:
        """Whether there are several values, and fewer than exchanges."""
        known = self.known[place]
        return (
            len(known.values) > 1
            and known.answers_alike >= 2
            and known.answers_unlike == 0
            and (max(known.values.values()) > 2 or len(known.values) * 2 <= known.seen)
        )

    def shows(self, place: str, value: str) -> bool:
        """Whether a place varies with the connection so clearly that even a word there is a name, and this is one. A
        short number may be that of a connector: it is one only where several have calls of a whole charge point."""
        known = self.known.get(place)
        return (
            known is not None
            and self.varies(place)
            and len(known.values) * 3 <= known.seen
            and without_traces(without_digits(value)) in known.shared
            and self.follows_connection(place)
            and (not is_short_number(value) or len(known.of_stations) > 1)
            and known.is_of_one_each
        )

    def has_given_names(self, place: str) -> bool:
        """Whether it has names such as are given to charge points, each of one of them, or serial numbers."""
        known = self.known[place]
        if known.confirmed or not known.is_of_one_each or not self.varies(place):
            return known.confirmed
        return (len(known.started) > 1 or all(map(looks_like_name, known.values))) and all(
            map(may_be_name, known.values)
        )

    def tenant_at(self, place: str) -> str:
        """The word before all names there, where those vary behind it: `acme/berlin`, `acme/hamburg`; else empty."""
        known = self.known[place]
        if len(known.values) < 2 or not self.varies(place):
            return ""
        matches = [OF_TENANT.fullmatch(value) for value in known.values]
        tenants = {"" if match is None else match["word"] or "" for match in matches}
        return tenants.pop() if len(tenants) == 1 else ""

    def has_phrases(self, place: str) -> bool:
        """Whether each word there has other words with it that belong to it: they follow the connection as it does."""
        phrases = self.known.get(place + PHRASE)
        known = None if phrases is None else self.known.get(place)
        if known is None or phrases is None or phrases.seen < known.seen:
            return False
        alike = len(phrases.values) == len(known.values)
        if (
            not alike
            and not all(map(str.isdecimal, known.values))
            and any(one[-1].isdecimal() for one in phrases.values)
            and (phrases.is_shared or not known.is_shared)
        ):
            return False  # the numbers behind a word are those of connectors
        return self.follows_connection(place + PHRASE) and (alike or self.varies(place + PHRASE))

    def interleaves(self, place: str) -> bool:
        """Whether its values come by turns, as those of several charge points do, and not one after the other, as the
        connections of one charge point do."""
        known = self.known.get(place)
        return known is not None and known.changes > 2 * len(known.values)

    def is_constant(self, place: str) -> bool:
        """Whether it has the same value in all lines, and nothing else in the file names that."""
        known = self.known.get(place)
        return known is not None and len(known.values) == 1 and not known.confirmed

    def is_lone_word(self, place: str, name: str) -> bool:
        """Whether a name is a word that all lines have there, and that a logger may have written as well."""
        return name.isalpha() and self.is_constant(place)

    def has_lone_name(self, place: str) -> bool:
        """Whether it has one value in all lines, which looks like the name of a charge point."""
        known = self.known[place]
        (value, count), *others = known.values.most_common(2)
        return (
            not others
            and not known.is_shared
            and count > 2
            and looks_like_name(value)
            and not value.isdecimal()
            and may_be_name(value)
        )

    def score(self, place: str) -> int:
        """How much speaks for a place as that of the charge point's name."""
        known = self.known[place]
        if not self.follows_connection(place) or (known.answers_unlike and known.trust < SURE):
            return 0
        names = sum(map(looks_like_name, known.values))
        traces = sum(map(looks_like_trace, known.values)) if known.trust < SURE else 0
        plain = not names or all(map(str.isdecimal, known.values))
        if plain and known.trust < SURE and not known.confirmed and not self.varies(place):
            return 0  # one word, the same in all lines: the name of a logger; or one number
        score = known.trust + (2 if names * 2 > len(known.values) else 0) - (3 if traces * 2 > len(known.values) else 0)
        if self.varies(place):
            score += 3
        elif len(known.values) * 10 > self._exchanges * 6 > 18 and known.trust < SURE - 1:
            return 0  # it varies with the message
        return score + (4 if known.confirmed else 0)
