"""The automatic central system: registers charge points, judges tokens, numbers transactions, signs, answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.message import Malformed, Message, MessageKind
from ocpptui.ocpp.payload import Payload, integer_at, object_at, only, text_at
from ocpptui.ocpp.refusal import content
from ocpptui.ocpp.refused_request import refused_with
from ocpptui.ocpp.version import Role, Version
from ocpptui.ocpp.wrapped_messages import WrappedCall, call_within
from ocpptui.simulator.asked_messages import asked_messages
from ocpptui.simulator.behaviour_settings import CentralSystemSettings
from ocpptui.simulator.central_system_memory import CentralSystemMemory
from ocpptui.simulator.central_transactions import transaction_place
from ocpptui.simulator.configuration_answers import status_info
from ocpptui.simulator.default_answers import answer_to
from ocpptui.simulator.effects import AddNote, Effect, ResponderOutcome, SendAnswer, SendCall, SendError
from ocpptui.simulator.error_answers import refusal, result_refusal
from ocpptui.simulator.probe import Probe
from ocpptui.simulator.token_table import PresentedToken, presented_token
from ocpptui.simulator.wrapped_calls import WrappedCalls, is_wrapped

if TYPE_CHECKING:  # they take long to import
    from ocpptui.simulator.certificate_authority import CertificateAuthority
    from ocpptui.simulator.certificate_checks import CertificateChecks

ABOUT_CERTIFICATES = frozenset(
    {"Authorize", "Get15118EVCertificate", "GetCertificateChainStatus", "GetCertificateStatus"}
)
"""What may need a look at certificates."""


class CentralSystemBehaviour:
    """A `Behaviour` that plays the central system for one charge point.

    It answers every call; in 1.6 this includes a StartTransaction, StopTransaction or MeterValues that makes no sense
    (sections 4.7, 4.8, 4.10). Unasked, it sends only a certificate that it has signed and, if that is wanted, the
    questions of a `Probe`. The charge points of a session share `memory`.
    """

    def __init__(
        self,
        version: Version,
        settings: CentralSystemSettings | None = None,
        *,
        memory: CentralSystemMemory | None = None,
        charge_point: str = "",
    ) -> None:
        self.version = version
        self.settings = settings or CentralSystemSettings()
        self.memory = memory or CentralSystemMemory(self.settings)
        """What is known of this and all other charge points."""
        self._charge_point = charge_point
        self.certificate_names: tuple[str, ...] = ()
        """The common names in the certificate with which the charge point is connected."""
        self._asked: set[str] = set()  # what it may send although it is not accepted
        self._probe = Probe(version) if self.settings.probe else None
        self._checks: CertificateChecks | None = None
        self._wrapped: WrappedCalls | None = None

    @property
    def registration(self) -> str:
        """What the last BootNotification was answered; empty if there was none."""
        return self.memory.registrations.status(self._charge_point)

    # -- the interface of a behaviour ---------------------------------------------------------------------------

    def opened(self, now: int) -> list[Effect]:
        """Wait for the calls of the charge point that has connected."""
        if self._probe is not None:
            self._probe.opened(now)
        return []

    def received(self, frame: Message | Malformed, action: str, now: int) -> list[Effect]:
        """Answer a call."""
        wrong = refusal(self.version, Role.CENTRAL_SYSTEM, frame, self.settings)
        if wrong is not None or not isinstance(frame, Message):
            return wrong or []
        if frame.kind is not MessageKind.CALL:
            return []
        payload = content(frame)
        request: Payload = payload if isinstance(payload, dict) else {}
        if frame.action == "BootNotification":
            return self._register(frame, request, now)
        if not self._may_send(frame.action or ""):
            return [SendError(frame, "SecurityError", "the registration is not accepted")]
        if frame.action == "SignCertificate" and (authority := self._authority(request)) is not None:
            return self._sign(authority, frame, request, now)
        if self.version.generation == 1 and (wrapped := self._within(frame, request)) is not None:
            return self._for_wrapped().received(frame, wrapped, now)
        usual = self._answer(frame, request, now)
        effects: list[Effect] = [SendAnswer(frame, usual)]
        if frame.action in ABOUT_CERTIFICATES and (done := self._about(frame, request, usual, now)) is not None:
            effects = done
        if self._probe is not None:
            effects += self._probe.heard(frame.action or "", request, self.registration, now)
        return effects

    def answered(self, action: str, sent: dict[str, Any], answer: Message | None, now: int) -> list[Effect]:
        """Refuse an invalid answer in 2.1, and ask the next question."""
        effects = [] if answer is None else result_refusal(self.version, action, answer, self.settings)
        if answer is not None and answer.kind is MessageKind.CALLRESULT and not refused_with(answer.payload):
            self._asked.update(asked_messages(action, sent))
        if self.version.generation == 1 and is_wrapped(action, sent):
            effects += self._for_wrapped().answered(sent, answer, now)
        if self._probe is not None:
            effects += self._probe.answered(action, sent, answer, self.registration, now)
        return effects

    def responded(self, outcome: ResponderOutcome, now: int) -> list[Effect]:
        """A question about a certificate was answered, or not."""
        if self._wrapped is not None:
            return self._wrapped.responded(outcome, now)
        return [] if self._checks is None else self._checks.responded(outcome, now)

    def tick(self, now: int) -> list[Effect]:
        """Ask what is due."""
        return [] if self._probe is None else self._probe.tick(self.registration, now)

    def wakeup(self) -> int | None:
        """When a question is due."""
        return None if self._probe is None else self._probe.due

    def closed(self, now: int) -> None:
        """Keep the registration: a charge point that only reconnects does not send BootNotification again."""
        if self._checks is not None:
            self._checks.forget()
        if self._wrapped is not None:
            self._wrapped.closed(now)
        if self._probe is not None:
            self._probe.closed()

    def clock_set(self, by: int) -> None:
        """Move what is planned."""
        if self._probe is not None:
            self._probe.clock_set(by)

    def set_strict(self, strict: bool) -> None:
        self.settings = replace(self.settings, strict=strict)
        if self._wrapped is not None:
            self._wrapped.set_strict(strict)

    # -- registration -------------------------------------------------------------------------------------------

    def registration_changed(self) -> list[Effect]:
        """The plan has changed: have a charge point that is Pending boot now; one that is Rejected is sent nothing."""
        if self.registration != "Pending":
            return []
        return [SendCall("TriggerMessage", {"requestedMessage": "BootNotification"})]

    def _register(self, call: Message, request: Payload, now: int) -> list[Effect]:
        status = self.memory.registrations.booted(self._charge_point)
        self.memory.note_serial(self._charge_point, request)
        self._asked.clear()
        interval, before = self.settings.interval, self.settings.boot_interval
        if status != "Accepted" and before is not None:
            interval = before
        answer = answer_to(self.version, Role.CENTRAL_SYSTEM, call, now, interval=interval)
        effects: list[Effect] = [SendAnswer(call, {**answer, "status": status}), *self._misnamed(request)]
        if self._probe is not None:
            effects += self._probe.booted(status, now)
        return effects

    def _misnamed(self, boot: Payload) -> list[Effect]:
        """2.x B01.FR.11, B01.FR.12: a central system compares the serial number with the certificate, and disconnects.

        The log only says so: on a bench, the common name of most certificates is the id.
        """
        serial = text_at(object_at(boot, "chargingStation"), "serialNumber")
        if not serial or not self.certificate_names or serial in self.certificate_names:
            return []
        names = " and ".join(map(repr, self.certificate_names))
        text = f"The certificate of {self._charge_point} names {names}, but its serial number is {serial!r}"
        return [AddNote(f"{text}. Other central systems may disconnect it (B01.FR.12).")]

    def _may_send(self, action: str) -> bool:
        """Whether the charge point may send this call now (2.x B01.FR.10, B02.FR.09, B03.FR.07; 1.6 errata 3.10)."""
        status = self.registration
        if status == "Accepted" or action in self._asked:
            return True
        return not self.settings.require_boot and (not status or not self.settings.strict)

    # -- answers ------------------------------------------------------------------------------------------------

    def _answer(self, call: Message, request: Payload, now: int) -> Payload:
        transactions, name, number = self.memory.transactions, self._charge_point, 0
        is_start = self.version.generation == 1 and call.action == "StartTransaction"
        if is_start:
            number = transactions.number(name, request)
        token, place = presented_token(request), self._place(call.action or "", request, number)
        info = None if token is None else self._info(token, place, now)
        answer = answer_to(
            self.version,
            Role.CENTRAL_SYSTEM,
            call,
            now,
            interval=self.settings.interval,
            transaction_id=number,
            token_info=info,
        )
        if place is not None and token is not None and info is not None and info["status"] == "Accepted":
            transactions.begin(name, place[0], token.text, place[1])
        self._follow(call.action or "", request)
        return answer

    def _place(self, action: str, request: Payload, number: int) -> tuple[str, int] | None:
        """The transaction, and its connector or EVSE, that a call begins or goes on with; None for all others."""
        if number:
            return str(number), integer_at(request, "connectorId") or 0
        if action == "TransactionEvent" and text_at(request, "eventType") != "Ended":
            return transaction_place(request)
        return None

    def _info(self, token: PresentedToken, place: tuple[str, int] | None, now: int) -> Payload:
        is_in_use = (
            place is not None
            and not self.memory.tokens.may_be_concurrent(token)  # who asks looks at all that run
            and self.memory.transactions.uses(token.text, besides=(self._charge_point, place[0]))
        )
        return self.memory.tokens.info(self.version, token, now, is_in_use=is_in_use)

    def _follow(self, action: str, request: Payload) -> None:
        """Note the end of a transaction."""
        transactions, name = self.memory.transactions, self._charge_point
        if action == "StopTransaction":
            transactions.end(name, str(integer_at(request, "transactionId")))
        elif action == "TransactionEvent" and text_at(request, "eventType") == "Ended":
            transactions.end(name, transaction_place(request)[0])
        elif action == "StatusNotification":
            status = text_at(request, "status") or text_at(request, "connectorStatus")
            connector = integer_at(request, "evseId") or integer_at(request, "connectorId")
            if status == "Available" and connector:
                transactions.is_free(name, connector)

    def _within(self, call: Message, request: Payload) -> WrappedCall | None:
        return call_within(request) if call.action == "DataTransfer" else None

    def _for_wrapped(self) -> WrappedCalls:
        """The central system of 2.0.1 that answers what DataTransfer carries for plug and charge."""
        if self._wrapped is None:
            inner = CentralSystemBehaviour(
                Version.V201, replace(self.settings, probe=False), memory=self.memory, charge_point=self._charge_point
            )
            self._wrapped = WrappedCalls(inner)
        return self._wrapped

    def _about(self, call: Message, request: Payload, usual: Payload, now: int) -> list[Effect] | None:
        """What is done about certificates; None if the usual answer does."""
        if self._checks is None:
            from ocpptui.simulator.certificate_checks import CertificateChecks  # with `cryptography`, which takes long

            given = self.settings
            self._checks = CertificateChecks(
                self.version, given.contract_authorities, given.exi_response, self._charge_point
            )
        return self._checks.answer(call, request, usual, now)

    def _authority(self, request: Payload) -> CertificateAuthority | None:
        """The CA that signs a request: for a certificate that cars verify, the one that they trust."""
        is_v2g = (text_at(request, "certificateType") or "").startswith("V2G")
        for_cars = self.settings.vehicle_authority if is_v2g else None
        return for_cars or self.settings.authority

    def _sign(self, authority: CertificateAuthority, call: Message, request: Payload, now: int) -> list[Effect]:
        """Sign a CSR, and send the certificate after the answer (A02)."""
        names, kind = self.memory.names_of(self._charge_point), text_at(request, "certificateType") or ""
        try:
            chain = authority.sign(text_at(request, "csr") or "", names, kind, now)
        except ValueError as error:
            info = {"statusInfo": status_info("InvalidCSR", str(error))} if self.version.generation > 1 else {}
            note = AddNote(f"The certificate for {self._charge_point} is not signed: {error}.")
            return [SendAnswer(call, {"status": "Rejected", **info}), note]
        same = only(request, "certificateType", "requestId")
        return [
            SendAnswer(call, {"status": "Accepted"}),
            SendCall("CertificateSigned", {"certificateChain": chain, **same}),
        ]
