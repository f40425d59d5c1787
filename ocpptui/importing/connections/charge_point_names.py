"""Which charge point the frames of a log belong to, learned from the lines as a whole.

A place in the lines has names of charge points if a call and its answer have the same one there, if it varies with the
connection and not with the message, if the words around it say so, and if URLs and serial numbers confirm it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from ocpptui.importing.directions.learned_directions import WordsOfOneWay
from ocpptui.importing.fields.field_vocabulary import WRITERS, plain_name
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.prefixes.connection_spots import connection_spots_in, numbers_of_connection
from ocpptui.importing.prefixes.learned_places import MOST_CALLS, MOST_VALUES, OF_TENANT, PHRASE, Places
from ocpptui.importing.prefixes.name_places import SURE, PlaceKind, Spot
from ocpptui.importing.prefixes.prefix_names import name_in, phrase_around, spots_in
from ocpptui.importing.words.line_shapes import without_digits
from ocpptui.importing.words.log_words import SENT_MARK
from ocpptui.importing.words.name_forms import looks_given, looks_like_name
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.boot_serials import serials_in
from ocpptui.ocpp.message import Malformed, Message

ENOUGH = 3
"""The score from which a place has names of charge points."""
MOST_LINES = 8192
"""How many shapes of lines are remembered."""
NAMED_IN_EVIDENCE = 5
_MAY_HAVE_TENANT = lazily("[:/,]")
_FIELD, _ABOVE = "field ", "above, "
"""What the places of a field and of what is in the lines above begin with."""


class Identities:
    """Finds the charge point and the connection of each frame."""

    def __init__(self, chosen: str = "", words_of_one_way: frozenset[str] = frozenset()) -> None:
        """`chosen` is what the user says: the charge point of every frame. `words_of_one_way` are those that mean
        `sent` or `received` in this file, in a language that nobody knows."""
        self._chosen = chosen
        self._words_of_one_way = WordsOfOneWay.pattern_of(words_of_one_way) if words_of_one_way else None
        self._names, self._connections = Places(), Places()
        self._words = Places()  # the same places, with what is usually no name
        self._stated: Counter[str] = Counter()  # by fields and columns
        self._announced: dict[str, int] = {}  # by a line before, such as that of a handshake
        self._keyed = set[str]()  # by lines without a frame, behind the key for an id
        self._keyed_used = ""
        self._scores: dict[str, int] = {}
        self._of_connection: dict[str, str] = {}
        self._by_shape: dict[str, Spot | None] = {}
        self._by_word: dict[tuple[str, str, int, str], tuple[str, bool]] = {}  # what a word at a place was used as
        self._connecting: frozenset[str] = frozenset()  # the places that distinguish connections
        self._used: dict[str, dict[str, None]] = {}  # the names by their place
        self._said: dict[str, str] = {}  # the places of these in words for the user
        self._serials: dict[str, str] = {}
        self._tenants: dict[str, str] = {}  # the number of the tenant by the name of the charge point
        self._lone_tenants = frozenset[str]()  # the words that are before all names at a place, which vary behind it
        self._numbers: Counter[str] = Counter()  # those that lines have where the name of a connection may be
        self._learned = 0
        self._lone_number = ""
        self._other_writers = set[str]()  # the places of fields with who wrote a line, and that is no charge point
        self._lone_field = ""  # the place of the only field that has one value, which looks like a name

    def learn(self, found: FoundFrame, frame: Message | Malformed | None) -> None:
        """Learn from a frame and its line."""
        self._by_word.clear()
        if found.charge_point:
            self._stated[found.charge_point] += 1
        if found.announced:
            self._announced[found.announced] = self._announced.get(found.announced, 0) + 1
        self._keyed.update(found.keyed)
        if isinstance(frame, Message) and frame.action == "BootNotification":
            for serial in serials_in(frame.payload):
                self._serials[serial] = ""
        self._learned += 1
        if len(self._numbers) < MOST_VALUES:
            self._numbers.update(numbers_of_connection(found.prefix))
        if not found.prefix and not found.above and not found.fields:
            return
        prefix, lines_above = found.shape, without_digits(found.above)
        connections = connection_spots_in(f"{lines_above}\n{prefix}")
        self._connections.learn(_values(connections, f"{found.above}\n{found.prefix}"), frame)
        if not found.charge_point:
            before = spots_in(self._with_marks(prefix)) if prefix else ()
            further = spots_in(self._with_marks(lines_above)) if lines_above else ()
            for places, words in ((self._names, False), (self._words, True)):
                said = _values(before, found.prefix, words=words)
                above = _values(further, found.above, words=words)
                said |= {f"{_ABOVE}{place}": (value, trust - 1) for place, (value, trust) in above.items()}
                if words:
                    said |= {f"{_FIELD}{name}": (value, -1) for name, value in found.fields}
                places.learn(said, frame)

    def _with_marks(self, text: str) -> str:
        """A text of the same length with marks for the words that mean a direction in this file."""
        if self._words_of_one_way is None:
            return text
        return self._words_of_one_way.sub(lambda word: SENT_MARK * len(word[0]), text)

    def settle(self) -> None:
        """Decide which places have names, by what was learned so far."""
        self._names.confirm([*self._stated, *self._announced, *self._serials])
        self._scores = {place: self._names.score(place) for place in self._names.known}
        self._by_shape.clear()
        self._by_word.clear()
        self._words.confirm(self._serials)
        tenants = (self._names.tenant_at(place) for place, score in self._scores.items() if score >= ENOUGH)
        self._lone_tenants = frozenset(filter(None, tenants))
        fields = [place for place in self._words.known if place.startswith(_FIELD)]
        writers = {place for place in fields if plain_name(place.removeprefix(_FIELD)) in WRITERS}
        self._other_writers = {place for place in writers if not self._words.has_given_names(place)}
        lone = [
            place
            for place in fields
            if self._words.has_lone_name(place) and (place not in writers or self._words.known[place].confirmed)
        ]
        self._lone_field = lone[0] if len(lone) == 1 else ""
        self._connecting = frozenset(
            place
            for place, known in self._connections.known.items()
            if known.answers_alike and known.answers_unlike == 0 and known.ids_of_messages * 4 <= known.seen
        )

    @property
    def knows_nobody(self) -> bool:
        """Whether nothing of what was learned so far names a charge point."""
        return not (
            self._chosen
            or self._stated
            or self._announced
            or any(score >= ENOUGH for score in self._scores.values())
            or any(map(self._words.varies, self._words.known))
        )

    def take_lone_number(self) -> None:
        """Take the only number that all lines have in front of them, or before the direction, for the charge point:
        that of a connection, where the file names nobody and has one charge point."""
        if len(self._keyed) != 1 and len(self._numbers) == 1 and self._numbers.total() == self._learned > 2:
            self._lone_number = next(iter(self._numbers))

    def look_at(self, found: FoundFrame) -> str:
        """Note ahead of time which name a line has: it may be the only one in the file, and so be that of the frames
        before. Returns the name."""
        return self._chosen or found.charge_point or self._named(found)[0]

    def of(self, found: FoundFrame, frame: Message | Malformed | None) -> tuple[str, str, bool]:
        """The charge point of a frame, what distinguishes its connection, and whether the charge point is a guess."""
        connection = found.connection or (self._connection_of(found) if self._connecting else "")
        if self._chosen:
            return self._chosen, connection, False
        if found.charge_point:
            name, guessed = found.charge_point, False
        else:
            name, guessed = self._named(found)
        if name:
            if connection and len(self._of_connection) < MOST_CALLS:
                self._of_connection[connection] = name
            return name, connection, guessed
        if connection in self._of_connection and connection:
            return self._of_connection[connection], connection, True
        name = self._only(connection) or self._keyed_alone(connection, found)
        return name, connection, bool(name)

    def _named(self, found: FoundFrame) -> tuple[str, bool]:
        spot = self._best(found.prefix, found.shape, "") if found.prefix else None
        if spot is not None and found.above and self._is_weak(spot, ""):
            above = self._best(found.above, without_digits(found.above), _ABOVE)
            if above is not None and self._words.interleaves(_ABOVE + above.place):
                return self._use(found.above, above, _ABOVE)
        if spot is not None and (spot.trust >= SURE or not found.announced):
            return self._use(found.prefix, spot)
        if found.announced and len(self._announced) == 1:
            return found.announced, False
        if spot is not None:
            return self._use(found.prefix, spot)
        if found.above:
            spot = self._best(found.above, without_digits(found.above), _ABOVE)
            if spot is not None:
                return self._use(found.above, spot, _ABOVE)
        for name, value in found.fields:
            place = f"{_FIELD}{name}"
            if place in self._other_writers:
                continue
            if place == self._lone_field or self._words.shows(place, value):
                return self._note(place, f"the name in the field {name}", value), True
        return "", False

    def _use(self, text: str, spot: Spot, where: str = "") -> tuple[str, bool]:
        """The charge point that a spot names, and whether that is a guess."""
        key = where, spot.place, spot.trust, text[spot.start : spot.end]
        known = self._by_word.get(key)
        if known is not None:  # as almost always
            return known
        is_phrase = self._words.has_phrases(where + spot.place)
        name = phrase_around(text, spot) if is_phrase else name_in(text, spot)
        if "%" in name and spot.kind is PlaceKind.IN_PATH:
            name = unquote(name)  # OCPP-J 1.6, section 3.1.1
        without = self._without_tenant(name) if _MAY_HAVE_TENANT.search(name) else name
        said = spot.words if spot.kind is PlaceKind.ONLY_NAME else f"the name {spot.words}"
        place = spot.place
        if without != name:
            said = place = f"{said}, without its tenant"
        is_guess = spot.trust < SURE or without != name or self._names.is_lone_word(where + spot.place, without)
        used = self._note(place, said, without), is_guess
        if not is_phrase:
            if len(self._by_word) >= MOST_LINES:
                self._by_word.clear()
            self._by_word[key] = used
        return used

    def _without_tenant(self, name: str) -> str:
        """A name without its tenant, `1:CP-77`, `acme/CP-77`, unless another tenant has a charge point of that name."""
        match = OF_TENANT.fullmatch(name)
        if match is None:
            return name
        if match["given"] and not looks_given(match["given"]) and match["word"] not in self._lone_tenants:
            return name
        own, tenant = match["name"] or match["given"], match["tenant"] or match["word"]
        if len(self._tenants) >= MOST_VALUES and own not in self._tenants:
            return name
        return own if self._tenants.setdefault(own, tenant) == tenant else name

    def _note(self, place: str, said: str, name: str) -> str:
        """Note that a name was found at a place, which `said` calls for the user; returns the name."""
        used = self._used.get(place)
        if used is None:
            used = self._used[place] = {}
            self._said[place] = said
        if name not in used and len(used) < MOST_VALUES:
            used[name] = None
        return name

    def _best(self, text: str, masked: str, where: str) -> Spot | None:
        """The spot of the name in a line; the same in all lines of its shape."""
        shape = where + masked
        try:
            return self._by_shape[shape]
        except KeyError:
            if len(self._by_shape) >= MOST_LINES:
                self._by_shape.clear()
            spot = self._by_shape[shape] = self._chosen_of(text, masked, where)
            return spot

    def _chosen_of(self, text: str, masked: str, where: str) -> Spot | None:
        """The spot of the name in the first line of a shape."""
        best: tuple[tuple[bool, int], Spot] | None = None
        spots = spots_in(self._with_marks(masked))
        for spot in spots:
            if not spot.likely:
                continue
            place = where + spot.place
            score = self._scores.get(place)
            if self._names.has_phrases(place):
                score = max(score or 0, self._scores.get(place + PHRASE, 0))
            if score is None:  # a line of a new kind, after the beginning of the file
                name = name_in(text, spot)
                score = spot.trust - (where == _ABOVE) + 2 * (looks_like_name(name) and not name.isdecimal())
            rank = spot.trust >= SURE, score
            if score >= ENOUGH and (best is None or rank > best[0]):
                best = rank, spot
        chosen = best[1] if best is not None else None
        if chosen is not None and chosen.kind is PlaceKind.IN_PATH and self._names.is_constant(where + chosen.place):
            others = [spot for spot in spots if not any(map(str.isspace, _between(masked, spot, chosen)))]
        else:
            others = list(spots) if chosen is None or self._is_weak(chosen, where) else []
        if others:
            shown = next((spot for spot in others if self._words.shows(where + spot.place, name_in(text, spot))), None)
            if shown is not None and (chosen is None or self._words.interleaves(where + shown.place)):
                chosen = shown
        return chosen

    def _is_weak(self, spot: Spot, where: str) -> bool:
        """Whether little says that a name is one: it is the same in all lines, and so may be that of the program."""
        place = where + spot.place
        place += PHRASE if self._names.has_phrases(place) else ""
        return spot.trust < SURE and self._names.is_constant(place)

    def _connection_of(self, found: FoundFrame) -> str:
        text = f"{found.above}\n{found.prefix}"
        for spot in connection_spots_in(without_digits(text)):
            if spot.likely and spot.place in self._connecting:
                return name_in(text, spot)
            if spot.likely and spot.place + PHRASE in self._connecting:
                phrase = phrase_around(text, spot)
                if phrase != name_in(text, spot):
                    return phrase
        return ""

    def _only(self, connection: str) -> str:
        """The charge point of a frame whose line names none, if the file has only one and nothing contradicts it."""
        names = {*self._stated, *(name for used in self._used.values() for name in used)}
        if not names and len(self._announced) == 1:
            names = set(self._announced)
        if not names and self._lone_number:
            names = {self._lone_number}
        if len(names) != 1 or (connection and self._of_connection and connection not in self._of_connection):
            return ""
        return next(iter(names))

    def _keyed_alone(self, connection: str, found: FoundFrame) -> str:
        """The only charge point that lines without a frame state, if no frame has another or is of a connection."""
        self._keyed.update(found.keyed)
        if len(self._keyed) != 1 or connection or self._stated or self._announced or self._used:
            return ""
        self._keyed_used = next(iter(self._keyed))
        return self._keyed_used

    @property
    def evidence(self) -> Iterator[str]:
        """How the charge points were found, one sentence for each place."""
        if self._chosen:
            yield f"The charge point is {self._chosen}, as the user says."
            return
        for place, used in self._used.items():
            names = ", ".join(islice(used, NAMED_IN_EVIDENCE))
            more = f" and {len(used) - NAMED_IN_EVIDENCE} more" if len(used) > NAMED_IN_EVIDENCE else ""
            yield f"The charge point is {self._said[place]}: {names}{more}."
        if self._keyed_used:
            yield f"The charge point is the only id that the lines without a frame state: {self._keyed_used}."
        elif len(self._keyed) > 1 and not self._used and not self._stated and not self._announced:
            yield "The lines without a frame state several ids, and no frame says to which it belongs."
        if self._lone_number and not self._used:
            yield f"The charge point is the number {self._lone_number}, which every line has and nothing else explains."
        if len(self._announced) > 1:
            yield f"The lines name {len(self._announced)} connections, and no frame says to which it belongs."


def _between(text: str, spot: Spot, other: Spot) -> str:
    """The text from one spot to another, in whatever order they are."""
    return text[min(spot.start, other.start) : max(spot.end, other.end)]


def _values(spots: Iterable[Spot], text: str, *, words: bool = False) -> dict[str, tuple[str, int]]:
    """The values at the spots of a text by their place, and with the words that may belong to them; of several at one
    place, that nearest to the frame. `words`: also of the spots that are unlikely to have a name."""
    found: dict[str, tuple[str, int]] = {}
    for spot in spots:
        if spot.likely or words:
            name, phrase = name_in(text, spot), phrase_around(text, spot)
            found.setdefault(spot.place, (name, spot.trust))
            if phrase != name:
                found.setdefault(spot.place + PHRASE, (phrase, spot.trust))
    return found
