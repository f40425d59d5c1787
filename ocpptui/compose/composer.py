"""Composing one message in a session: its draft and JSON kept in step, its violations, and sending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from ocpptui.compose.draft import Draft
from ocpptui.compose.filled_payload import filled_payload, has_placeholders, literal_payload, value_to_check
from ocpptui.compose.history import Composition, Compositions, MessageForm
from ocpptui.compose.known_values import FIRMWARE, UPLOADS, KnownValues
from ocpptui.compose.placeholders import literal
from ocpptui.compose.recipient import Recipient
from ocpptui.compose.sent_answer import SentAnswer, answer_to_sent
from ocpptui.compose.session_values import session_values
from ocpptui.jsontext.text import compact, indented
from ocpptui.jsontext.tree import JsonDefect, parse_tree, tree_of, tree_text
from ocpptui.network.problems import NotConnected
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.validation import Violation, violations
from ocpptui.ocpp.version import Role, Transport

if TYPE_CHECKING:
    from ocpptui.session.session import Session


class Purpose(StrEnum):
    """What the payload is for."""

    CALL = "call"
    RESULT = "result"
    ERROR = "error"
    CHANGE = "change"
    """A message that a proxy holds, to be passed on in another form."""


class Composer:
    """A message being composed for one connection. `text` is the JSON to send, `draft` the same as a form.

    `connection` is the number of a connection, open or not.
    """

    def __init__(
        self, session: Session, connection: int | None, memory: Compositions, role: Role | None = None
    ) -> None:
        """`role` is the side that we take in a connection that runs through us."""
        self.session = session
        self.memory = memory
        self.recipient = recipient = Recipient(session, connection, role)
        self.charge_point, self.version, self.role = recipient.charge_point, recipient.version, recipient.role
        self._upload_url = ""
        self.action = ""
        self._shown_id = str(uuid4())  # of a call in the envelope that is shown
        self.purpose = Purpose.CALL
        self.answers: int | None = None
        """Timeline index of the call being answered, or of the message being changed."""
        self.draft = Draft(None)
        self.text = "{}"
        self.defect: JsonDefect | None = None
        """Why `text` is not JSON; the draft is then that of the last text that was JSON."""
        self.violations: tuple[Violation, ...] = ()
        self.filled_problems: list[str] = []
        """The reasons against sending the payload as its placeholders were filled in last, as sentences."""
        self.changed = False
        """The user changed the message after it was opened or sent."""

    # -- what the payload is ------------------------------------------------------------------------------------

    @property
    def field(self) -> Field | None:
        """The field tree of the payload's schema; None if there is no schema."""
        if self.purpose is Purpose.ERROR:
            return _error_field(self.recipient.error_codes)
        if self.version is None:
            return None
        return field_tree(self.version, self.action, self._part)

    @property
    def _part(self) -> Part:
        if self.purpose is Purpose.CHANGE and self.answers is not None:
            return Part.REQUEST if self.session.timeline.kind(self.answers).is_call else Part.RESPONSE
        return Part.REQUEST if self.purpose is Purpose.CALL else Part.RESPONSE

    # -- opening ------------------------------------------------------------------------------------------------

    def open(self, action: str, now: int, payload: str | None = None) -> bool:
        """Start a call with `payload` (JSON text), or the draft kept for this action, or the required fields.

        Returns whether a kept draft was restored. `now` is in µs since 1970.
        """
        self.action, self.purpose, self.answers = action, Purpose.CALL, None
        kept = self.memory.kept(self.charge_point, action) if payload is None else None
        if kept is not None:
            payload = kept.text
        if payload is None:
            self.start_afresh(now)
        else:
            self.draft = Draft(self.field, suggestions=self._suggestions)
            self.edit_text(_pretty(payload))
        self.changed = kept is not None
        return kept is not None

    def start_afresh(self, now: int) -> None:
        """Discard what was typed and start with only the required fields, as for a new message."""
        if self.purpose is Purpose.CALL:
            self.memory.forget(self.charge_point, self.action)
        if self.purpose is Purpose.ERROR:
            self.edit_text(_pretty('{"errorCode":"NotSupported","errorDescription":"","errorDetails":{}}'))
        elif self.purpose is Purpose.CHANGE and self.answers is not None:
            held = self.session.timeline.frame(self.answers)
            self.edit_text(_pretty(literal_payload(held.payload_text if isinstance(held, Message) else "{}")))
        elif self.answers is not None:
            self.edit_text(_pretty(literal_payload(self.session.held.default_answer(self.answers))))
        else:
            self.draft = Draft.started(self.field, now, suggestions=self._suggestions)
            self.values.start(self.draft, now)
            self.edited()
        self.changed = False

    def open_answer(self, index: int, now: int, purpose: Purpose = Purpose.RESULT) -> None:
        """Start the answer to the waiting call at timeline index `index`. Raises NotConnected if it no longer waits."""
        self.action, self.purpose, self.answers = self.session.timeline.action(index), purpose, index
        self.start_afresh(now)

    def open_change(self, index: int, now: int) -> None:
        """Start with the message that a proxy holds at timeline index `index`, to pass on another one in its place."""
        self.action, self.purpose, self.answers = self.session.timeline.action(index), Purpose.CHANGE, index
        self.draft = Draft(self.field, suggestions=self._suggestions)
        self.start_afresh(now)

    # -- the two sides kept in step -----------------------------------------------------------------------------

    def edited(self) -> None:
        """Update the text after a change of the draft."""
        self.text = self.draft.to_json(pretty=True)
        self.defect = None
        self.changed = True
        self._validate()

    def edit_text(self, text: str) -> None:
        """Change the text, and the draft with it if the text is JSON."""
        self.text = text
        self.changed = True
        draft = Draft.from_json(self.field, text, suggestions=self._suggestions)
        if isinstance(draft, JsonDefect):
            self.defect = draft
            return
        draft.keep_folds_of(self.draft)
        self.draft, self.defect = draft, None
        self._validate()

    def _validate(self) -> None:
        """Check the payload; the values of placeholders are checked when they are known."""
        self.filled_problems = []
        if self.version is None or self.purpose is Purpose.ERROR:
            self.violations = ()
            return
        value, unknown = value_to_check(self.field, self.text) or (self.draft.value(), frozenset())
        found = violations(self.version, self.action, self._part, value)
        self.violations = tuple(one for one in found if one.path not in unknown) if unknown else found

    def _suggestions(self, name: str) -> list[str]:
        return list(map(literal, self.values.named(name)))

    @property
    def values(self) -> KnownValues:
        """What is known of the peer for the fields of this message."""
        session, name = self.session, self.charge_point
        firmware = session.files.firmware_for(name) if any(self.action == one for one, _ in FIRMWARE) else ()
        return KnownValues(
            self.version, self.role, self.action, lambda: session.knowledge.get(name), self._upload_url, firmware
        )

    async def await_urls(self, now: int) -> bool:
        """Have a new message that moves a file start with a URL of ours; whether it has started again with that."""
        action, files = self.action, self.session.files
        if self.role is not Role.CENTRAL_SYSTEM:
            return False
        if any(action == one for one, _ in UPLOADS):
            self._upload_url = await files.upload_url(self.charge_point)
            is_there = bool(self._upload_url)
        elif any(action == one for one, _ in FIRMWARE):
            is_there = bool(await files.prepare_firmware(self.charge_point))
        else:
            return False
        if not is_there or self.changed or self.action != action or self.answers is not None:
            return False
        self.start_afresh(now)
        return True

    @property
    def payload(self) -> str:
        """The JSON text to send: every token as typed, without the white space between tokens."""
        return self.text if self.defect is not None else compact(self.text)

    @property
    def problems(self) -> list[str]:
        """The reasons against sending, as sentences."""
        if self.defect is not None:
            return [f"not JSON: {self.defect}"]
        return [*_against(self.violations), *self.filled_problems]

    # -- placeholders -------------------------------------------------------------------------------------------

    @property
    def has_placeholders(self) -> bool:
        """Whether something has to be filled in before the message is sent."""
        return self.defect is None and has_placeholders(self.text)

    def fill(self, answers: Mapping[str, str], now: int) -> str:
        """The payload with its placeholders replaced; `filled_problems` says what is then against sending it.

        `answers` are those of the user by question, `now` is in µs since 1970. Raises WrongPlaceholder.
        """
        values = session_values(self.session, self.charge_point, now, self.memory.counters, answers)
        payload = filled_payload(self.field, self.payload, values)
        self.filled_problems = []
        if self.version is not None and self.purpose is not Purpose.ERROR:
            draft = Draft.from_json(self.field, payload)
            assert isinstance(draft, Draft)
            before = set(_against(self.violations))
            found = violations(self.version, self.action, self._part, draft.value())
            self.filled_problems = [one for one in _against(found) if one not in before]
        return payload

    # -- sending ------------------------------------------------------------------------------------------------

    def envelope(self) -> str:
        """The message as `send` would send it over SOAP, an element a line, with an id that stays; empty over JSON."""
        if not self.action or self.recipient.encoding.transport is Transport.JSON:
            return ""
        from ocpptui.ocpp.xml_elements import xml_indented

        return xml_indented(self.raw_text(self._shown_id))

    def raw_text(self, message_id: str = "") -> str:
        """The whole message that `send` would send, for the user to edit; a call has an id of its own, or this one."""
        if self.answers is not None:
            try:
                return self._raw_answer(self.answers, self.payload)
            except NotConnected:  # it waits no longer
                frame = self.session.timeline.frame(self.answers)
                return "" if frame is None else _as_text(frame.raw)
        message_id = message_id or str(uuid4())
        known = self.recipient.action(self.action)
        if known is not None and known.is_send:
            return self.recipient.encoding.send(message_id, self.action, self.payload)
        return self.recipient.encoding.call(message_id, self.action, self.payload)

    def _raw_answer(self, index: int, payload: str) -> str:
        frame = self.session.timeline.frame(index)
        if self.purpose is Purpose.CHANGE:
            if not isinstance(frame, Message) or not self.changed:
                return "" if frame is None else _as_text(frame.raw)
            return self.session.held.with_payload(index, payload)
        of = frame if isinstance(frame, Message) else ""
        if self.purpose is Purpose.RESULT:
            return self.recipient.encoding.result(of, payload)
        return self.recipient.encoding.error(of, *self._error_parts(payload))

    def _error_parts(self, payload: str) -> tuple[str, str, str]:
        """Code, description and details (JSON text) of the composed error."""
        draft = Draft.from_json(self.field, payload)
        value = self.draft.value() if isinstance(draft, JsonDefect) else draft.value()
        fields = value if isinstance(value, dict) else {}
        details = tree_text(tree_of(fields.get("errorDetails", {})))
        return str(fields.get("errorCode", "")), str(fields.get("errorDescription", "")), details

    async def send(self, payload: str | None = None) -> int:
        """Send the call or the answer and return its timeline index. Raises NotConnected.

        `payload` is what `fill` returned; without it, placeholders are sent as they are typed.
        """
        if payload is None:
            payload = self.payload
        if self.purpose is not Purpose.CALL:
            return await self._send_answer(payload)
        if self.defect is not None:
            return await self.send_raw(self.raw_text(), MessageForm.PAYLOAD)
        towards = None if self.role is None else self.role.sends
        index = await self.session.send_call(self.recipient.open_connection(), self.action, payload, towards=towards)
        self._remember(self.text, MessageForm.PAYLOAD, index)
        return index

    async def send_raw(self, text: str, form: MessageForm = MessageForm.RAW) -> int:
        """Send any text and return its timeline index. Raises NotConnected."""
        if self.purpose is Purpose.CHANGE and self.answers is not None:
            return self.session.held.change(self.answers, text)
        towards = None if self.role is None else self.role.sends
        index = await self.session.send_raw(self.recipient.open_connection(), text, towards=towards)
        self._remember(text if form is MessageForm.RAW else self.text, form, index)
        return index

    async def _send_answer(self, payload: str) -> int:
        assert self.answers is not None
        if self.purpose is Purpose.CHANGE:
            index = self.session.held.change(self.answers, self._raw_answer(self.answers, payload))
        elif self.purpose is Purpose.RESULT:
            index = await self.session.answer(self.answers, payload)
        else:
            index = await self.session.held.answer_error(self.answers, *self._error_parts(payload))
        self.changed = False
        return index

    async def answer_to(self, index: int) -> SentAnswer:
        """Wait for the answer to the message sent at `index`, as long as the session waits for answers."""
        return await answer_to_sent(self.session, index)

    def _remember(self, text: str, form: MessageForm, index: int) -> None:
        action = self.action if form is MessageForm.PAYLOAD else ""
        time = self.session.timeline.time(index)
        self.memory.remember(Composition(self.charge_point, action, text, form, index, time))
        self.changed = False

    @property
    def recalled(self) -> list[Composition]:
        """What was sent before, oldest first: in earlier sessions what this side can send, then in this session."""
        names = {action.name for action in self.recipient.actions()}

        def is_ours(name: str) -> bool:
            return self.recipient.action(name) is None or name in names

        return [*(one for one in self.memory.earlier if is_ours(one.action)), *self.memory.sent]

    def keep(self) -> None:
        """Keep an unsent message for the next time; answers are not kept."""
        if self.changed and self.action and self.purpose is Purpose.CALL:
            self.memory.keep(Composition(self.charge_point, self.action, self.text))


def _as_text(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "replace")


def _against(found: Sequence[Violation]) -> list[str]:
    """The violations that are reasons against sending."""
    return [str(one) for one in found if not one.advisory]


def _pretty(text: str) -> str:
    """JSON text indented with its tokens unchanged; text that already has several lines is unchanged."""
    return text if "\n" in text.strip() or isinstance(parse_tree(text), JsonDefect) else indented(text)


def _error_field(codes: tuple[str, ...]) -> Field:
    """The parts of a CALLERROR as a form."""
    return Field(
        "",
        "object",
        fields=(
            Field("errorCode", "string", True, "Why the call was not handled.", enum=codes),
            Field("errorDescription", "string", True, "An explanation in words; may be empty.", max_length=255),
            Field("errorDetails", "object", True, "Further details, as an object.", open=True),
        ),
    )
