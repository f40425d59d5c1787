"""What the fields around a frame in JSON say about it: its time, direction, charge point and version."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from ocpptui.importing.fields.field_directions import DirectionClue, direction_of, of_ends
from ocpptui.importing.fields.field_values import moment_of
from ocpptui.importing.fields.field_vocabulary import (
    ORIGINS,
    REMARKS,
    TARGETS,
    FieldMeaning,
    is_path_field,
    meanings,
    plain_name,
)
from ocpptui.importing.fields.listed_fields import fields_in_turn, fields_listed, tags_in
from ocpptui.importing.fields.unknown_fields import unknown_fields
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.objects.json_shapes import decoded_json, plain_fields
from ocpptui.importing.packets.packet_fields import packet_ends
from ocpptui.importing.prefixes.log_prefix import read_prefix
from ocpptui.importing.prefixes.prefix_names import may_be_name, sure_name
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.importing.times.timestamps import Moment
from ocpptui.importing.words.name_forms import looks_given, looks_like_name, path_name, without_kind
from ocpptui.importing.words.stated_versions import version_of
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import SECOND
from ocpptui.ocpp.version import Version

LEAST_MILLISECONDS = 10**12
"""Smaller numbers may be anything, not only a time in milliseconds since 1970."""
LONGEST_REMARK = 300
"""The most characters of a text beside a frame that may state its direction."""
DEEPEST_ABOUT = 4
"""How many objects within each other describe a frame."""
MOST_UNKNOWN = 12
"""How many fields are kept whose meaning is not known."""
LONGEST_NAME = 100
"""The most characters of the identity of a charge point."""
_NOT_HEARD = 1000
"""Behind the rank of every name, wherever its object is."""
ABOUT = frozenset((
    "metadata", "meta", "context", "attributes", "fields", "session", "info", "tags", "labels", "extra", "properties",
    "source", "mdc", "frame", "bindings", "scopes", "evse", "header", "headers", "stream", "resource", "kubernetes",
    "ocpp", "messageattributes",
))  # fmt: skip
"""Objects that describe the fields beside them."""
_DOTTED = frozenset(("routingkey", "routingkeys", "subject"))
"""Those whose segments are between dots: of AMQP and NATS."""
_SEPARATORS = lazily(r"[/.:]")
_REQUEST_LINE = lazily(r"(?:GET|POST|PUT) (?P<path>/\S*) HTTP/")
_DONE = ("action", "eventaction")
"""Names of fields that say what was done with the frame, as the Elastic Common Schema has them."""


@dataclass(slots=True)
class Said:
    """What a part of a value says about its frames."""

    moment: Moment | None = None
    way: DirectionClue = DirectionClue()
    charge_point: str = ""
    version: Version | None = None
    connection: str = ""
    path: str = ""
    """A topic, path or URL, which may have the charge point in it."""
    fields: tuple[tuple[str, str], ...] = ()
    """The names and values of fields whose meaning is not known: the file as a whole may show it."""


class Level:
    """An object, or a list with words in it, around a frame; its content is read only when a frame is found."""

    __slots__ = ("_around", "_in_list", "_said", "fields")

    def __init__(self, fields: dict[str, Any] | None, around: Level | None = None, *, in_list: bool = False) -> None:
        """`in_list`: whether it is one of several things in a list."""
        self.fields = fields
        self._in_list = in_list
        self._around = around
        self._said: Said | None = None

    @property
    def said(self) -> Said:
        if self._said is None:
            around = Said() if self._around is None else self._around.said
            own = Said() if self.fields is None else said_by(self.fields)
            self._said = Said(
                own.moment or (None if self._in_list else around.moment),
                own.way or around.way,
                own.charge_point or around.charge_point,
                own.version or around.version,
                own.connection or around.connection,
                own.path or around.path,
                (own.fields + around.fields)[:MOST_UNKNOWN],
            )
        return self._said


def _scopes(values: list[Any]) -> dict[str, Any] | None:
    """The fields of all objects in a short list of them, as .NET writes the scopes of a line; None if it is not one."""
    if not values or len(values) > MOST_UNKNOWN or not all(type(value) is dict for value in values):
        return None
    if any(type(one) in (dict, list) for value in values for one in value.values()):
        return None
    return {name: one for value in values for name, one in value.items() if plain_name(name) not in REMARKS}


def said_by(fields: dict[str, Any]) -> Said:
    """What the fields of an object say, and those of the objects in it that describe it."""
    hearing = _Hearing(fields)
    for name, value in fields.items():
        value = _opened(name, value)
        if type(value) is str:
            hearing.text(name, value)
        elif type(value) is dict:
            hearing.object(name, value)
    return hearing.outcome()


def _opened(name: str, value: Any) -> Any:
    """The text or the fields that a list or a text of JSON is; any other value as it is."""
    if type(value) is list:
        if len(value) == 1 and type(value[0]) is str and is_path_field(name):
            return value[0]
        return fields_listed(value) or tags_in(value) or fields_in_turn(value) or _scopes(value)
    return _object_in(value) if type(value) is str and value[:1] == "{" and value[-1:] == "}" else value


class _Hearing:
    """Gathers what the fields of an object say, one after the other."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields
        self._said = Said()
        self._ranks = dict[FieldMeaning, int]()  # of what was heard so far; the lowest counts
        self._described = [fields]
        """The objects whose fields describe the frame, though nothing says so."""
        self._way = DirectionClue()
        """Of a path or of what was done, which counts less than a field for it."""
        self._hear(fields, 0)
        self._hear_ends()

    def text(self, name: str, value: str) -> None:
        """A field with a text: a path, or what was done with the frame."""
        said, is_path = self._said, is_path_field(name)
        if (request := _REQUEST_LINE.match(value)) is not None:
            said.path = said.path or request["path"][:LONGEST_REMARK]
        elif is_path:
            if "/" in value[:LONGEST_REMARK]:
                said.path = said.path or value[:LONGEST_REMARK]
            elif plain_name(name) in _DOTTED:
                said.path = said.path or value[:LONGEST_REMARK].replace(".", "/")
            self._way = self._way or _way_of_path(value)
        elif plain_name(name) in _DONE:
            self._way = self._way or direction_of(name, value)

    def object(self, name: str, value: dict[str, Any]) -> None:
        """A field with an object, which may describe the fields beside it."""
        said, plain, value = self._said, plain_name(name), plain_fields(value)
        paths = (one for key, one in value.items() if is_path_field(key) and type(one) is str and "/" in one)
        said.path = said.path or next(paths, "")[:LONGEST_REMARK]
        if plain in ABOUT:
            self._hear(_flattened(value), 50)
        elif plain == "event":
            done = (direction_of(key, one) for key, one in value.items() if plain_name(key) in _DONE)
            self._way = self._way or next(filter(None, done), DirectionClue())
        elif _may_describe(name, value):
            self._hear(value, 70)
            self._described.append(value)
        if any(meaning.field is FieldMeaning.CHARGE_POINT for meaning in meanings(name)) and not said.charge_point:
            said.charge_point = next((str(value[key]) for key in ("id", "identity", "name") if value.get(key)), "")

    def outcome(self) -> Said:
        """What all of them say together, once every field was heard."""
        said = self._said
        if not said.way or (said.way.direction is None and self._way.direction is not None):
            said.way = self._way
        if said.path and any(map(_is_client_of_broker, self._fields)):
            said.charge_point = self._name_in_topic() or said.charge_point
        self._hear_packet()
        said.charge_point = said.charge_point or _name_in_envelope(self._fields)
        if not said.way or not said.charge_point:
            _hear_remarks(said, self._fields)
            said.fields = tuple(one for part in self._described for one in unknown_fields(part))
        if said.moment is None:
            values = (value for part in self._described for value in part.values())
            said.moment = next(filter(None, map(_stated_moment, values)), None)
        said.charge_point = said.charge_point[:LONGEST_NAME]
        return said

    def _hear(self, fields: dict[str, Any], behind: int) -> None:
        """Fields whose names have a meaning; those of an object further away rank `behind` others."""
        for name, value in fields.items():
            if value is None:
                continue
            if type(value) is list and len(value) == 1:
                (value,) = value  # as in the `fields` of Elasticsearch
            for field, rank in meanings(name):
                if rank + behind < self._ranks.get(field, _NOT_HEARD) and _take(self._said, field, name, value):
                    self._ranks[field] = rank + behind

    def _name_in_topic(self) -> str:
        """The charge point in the topic of a message, where the client of the broker is another: it may be a bridge for
        all charge points, or the central system. Empty if nothing says so."""
        said = self._said
        span = path_name(said.path)
        name = "" if span is None else said.path[slice(*span)]
        if not looks_like_name(said.charge_point):
            return name if looks_like_name(name) else ""
        is_of_client = self._ranks.get(FieldMeaning.CHARGE_POINT) == meanings("clientid")[0].rank
        return name if is_of_client and looks_given(name) and said.charge_point not in said.path.split("/") else ""

    def _hear_ends(self) -> None:
        """What an object says that names both ends of a frame: `"from": "CP-77", "to": "csms"`."""
        texts = [(plain_name(name), value) for name, value in self._fields.items() if type(value) is str]
        ends = [next((value for name, value in texts if name in names), "") for names in (ORIGINS, TARGETS)]
        way, name = of_ends(*ends) if all(ends) else (DirectionClue(), "")
        if way:
            self._said.way, self._said.charge_point = way, self._said.charge_point or name

    def _hear_packet(self) -> None:
        """What the layers of a packet say of the ends of its connection."""
        said = self._said
        direction, ends = packet_ends((self._fields, *(one for one in self._fields.values() if type(one) is dict)))
        if not said.way and (direction is not None or ends is not None):
            said.way = DirectionClue(direction, ends.flow if direction is None and ends is not None else None)
        if ends is not None:
            said.connection = said.connection or ends.connection


def _may_describe(name: str, value: dict[str, Any]) -> bool:
    """Whether the fields of an object may describe a frame beside it: few and plain, under a name without meaning."""
    if len(value) > MOST_UNKNOWN or any(type(one) in (dict, list) for one in value.values()):
        return False
    meant = {meaning.field for meaning in meanings(name)}  # `details` are those of an error only in one
    return meant <= {FieldMeaning.ERROR_DETAILS} or (plain_name(name) == "data" and _says_whose(value))


def _flattened(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object and of the objects in it, by their paths: `ocpp.station.id`."""
    if not any(type(value) is dict for value in fields.values()):
        return fields
    flat, level = dict[str, Any](), fields
    for _ in range(DEEPEST_ABOUT):
        flat.update({name: value for name, value in level.items() if type(value) is not dict})
        inner = [(name, value) for name, value in level.items() if type(value) is dict]
        level = {f"{name}.{key}": one for name, value in inner for key, one in islice(value.items(), MOST_UNKNOWN)}
    return flat


def _says_whose(fields: dict[str, Any]) -> bool:
    """Whether an object says both whose a frame is and which direction it went, as the data of a breadcrumb does."""
    of_station = any(meaning.field is FieldMeaning.CHARGE_POINT for name in fields for meaning in meanings(name))
    if of_station and len(fields) == 1:
        return True
    return of_station and any(
        meaning.field is FieldMeaning.DIRECTION and direction_of(name, value)
        for name, value in fields.items()
        for meaning in meanings(name)
    )


def _is_client_of_broker(name: str) -> bool:
    return plain_name(name) in ("clientid", "mqttclientid")


def _object_in(text: str) -> Any:
    """The object that a text is, unless it has a frame in it; else the text itself."""
    value = decoded_json(text) if START.search(text) is None else None
    return value if type(value) is dict else text


def _stated_moment(value: Any) -> Moment | None:
    """The date and time of day that a value is, whatever its field is called."""
    if type(value) is str:
        moment = moment_of(value) if 12 < len(value) < 48 and (":" in value or value[-2:] == "-0") else None
    else:
        moment = moment_of(value) if type(value) is int and value >= LEAST_MILLISECONDS else None
    return moment if moment is not None and moment.dated else None


def _name_in_envelope(fields: dict[str, Any]) -> str:
    """The charge point in the field that a Kafka record or a CloudEvent has for what it is about."""
    is_kafka, is_event = "partition" in fields and "offset" in fields, "specversion" in fields
    name = fields.get("key") if is_kafka else fields.get("subject") if is_event else None
    return name if type(name) is str and may_be_name(name) and looks_like_name(name) else ""


def _way_of_path(path: str) -> DirectionClue:
    """The direction that a part of a topic states: `ocpp/CP7/up`; unset if none does, or two do."""
    ways = {way for piece in _SEPARATORS.split(path[:LONGEST_REMARK]) if (way := direction_of("topic", piece))}
    return ways.pop() if len(ways) == 1 else DirectionClue()


def _hear_remarks(said: Said, fields: dict[str, Any]) -> None:
    """What a text beside the frame says: "msg": "received from CP7"."""
    for name, value in fields.items():
        if type(value) is str and len(value) <= LONGEST_REMARK and plain_name(name) in REMARKS and "[" not in value:
            remark = read_prefix(value)
            if not said.way:
                said.way = DirectionClue(remark.direction, remark.flow)
            said.charge_point = said.charge_point or sure_name(value)
            said.version = said.version or remark.version


def _take(said: Said, field: FieldMeaning, name: str, value: Any) -> bool:
    """Put what a field says into `said`; False if it says nothing."""
    if field is FieldMeaning.TIME:
        moment = moment_of(value)
        if moment is not None:
            said.moment = moment
            return True
    elif field is FieldMeaning.DIRECTION:
        which = direction_of(name, value)
        if which:
            said.way = which
            return True
    elif field is FieldMeaning.VERSION:
        version = version_of(value)
        if version is not None:
            said.version = version
            return True
    elif type(value) in (str, int) and value != "" and len(str(value)[: LONGEST_NAME + 1]) <= LONGEST_NAME:
        if field is FieldMeaning.CHARGE_POINT:
            said.charge_point = without_kind(str(value))
            return True
        if field is FieldMeaning.CONNECTION:
            said.connection = str(value)
            return True
    return False


def described(found: FoundFrame, fields: dict[str, Any]) -> None:
    """Complete a frame by what an object beside it says."""
    said = said_by(fields)
    if found.direction is None and found.flow is None:
        found.direction, found.flow = said.way
    found.charge_point = found.charge_point or said.charge_point
    found.version = found.version or said.version
    found.connection = found.connection or said.connection
    if found.time is None and said.moment is not None:
        found.at(said.moment)


def _is_more_exact(moment: Moment, time: int) -> bool:
    """Whether a time is that of the line in a field, and no later one, when a collector took the line."""
    return moment.zoned and abs(moment.time - time) < SECOND


def with_said(found: FoundFrame, said: Said) -> FoundFrame:
    """A frame with what is said around it; its own text may state the direction more precisely."""
    moment = said.moment
    if moment is not None and (found.time is None or not found.zoned or _is_more_exact(moment, found.time)):
        found.at(moment)
    if found.direction is None:
        found.direction = said.way.direction
        if found.flow is None and found.direction is None:
            found.flow = said.way.flow
    found.charge_point = said.charge_point or found.charge_point
    if found.charge_point:
        found.prefix = found.above = ""
    elif said.path:
        found.prefix = f"{said.path} {found.prefix}".rstrip()
    if not found.charge_point or (found.direction is None and found.flow is None):
        found.fields = said.fields
    found.version = found.version or said.version
    found.connection = found.connection or said.connection
    return found
