"""How a central system answers what charge points ask about certificates of contracts, cars and their own for cars.

It asks the OCSP responders that are named, and answers when all have said something. No status is made up: what cannot
be verified is not Accepted. The stream of EXI between a car and a contract provider is measured, not read.

Source: OCPP 2.x Part 2 use cases C07, M01, M02, M06, and M07 of 2.1.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography import x509

from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.payload import Payload, object_at, objects_at, only, text_at, texts_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration_answers import status_info
from ocpptui.simulator.contract_chain import ContractFinding, contract_path
from ocpptui.simulator.effects import AddNote, AskResponder, Effect, ResponderOutcome, SendAnswer
from ocpptui.simulator.ocsp_answers import (
    OcspFinding,
    hash_data_of,
    ocsp_finding,
    ocsp_request,
    why_not_about,
)
from ocpptui.simulator.own_certificates import certificates_in, responder_of
from ocpptui.simulator.revocation_lists import list_finding

MOST_WAITING = 100
"""Calls of one charge point that wait for responders; while so many do, the next is answered without asking."""
_SCHEMAS = {"urn:iso:15118:2:": "ISO 15118-2", "urn:iso:std:iso:15118:-20:": "ISO 15118-20"}


class ResponderQuestion(NamedTuple):
    """One question to a responder."""

    url: str
    request: bytes
    """What it is about, as an OCSP request."""
    is_list: bool = False
    """Whether a revocation list is fetched instead."""


Finish = Callable[[list[ResponderOutcome], int], list[Effect]]
"""What follows when all questions have an outcome, in their order."""


@dataclass(slots=True)
class _Waiting:
    finish: Finish
    outcomes: dict[int, ResponderOutcome | None] = field(default_factory=dict)


class CertificateChecks:
    """The checks for one charge point."""

    def __init__(self, version: Version, authorities: str, exi_response: str, charge_point: str) -> None:
        """`authorities` are the certificates that contracts are verified with, in PEM; without any, none is."""
        self._version = version
        self._known = certificates_in(authorities)
        self._exi_response = exi_response
        self._charge_point = charge_point
        self._waiting: list[_Waiting] = []
        self._numbers = 0
        self._has_told = False

    def answer(self, call: Message, request: Payload, usual: Payload, now: int) -> list[Effect] | None:
        """The effects of a call; None if it gets its `usual` answer."""
        match call.action:
            case "Authorize" if "certificate" in request or "iso15118CertificateHashData" in request:
                return self._authorize(call, request, usual, now) if self._known else self._unverified(call, usual)
            case "GetCertificateStatus":
                return self._status(call, request, now)
            case "GetCertificateChainStatus" if objects_at(request, "certificateStatusRequests"):
                return self._chain_status(call, request, usual, now)
            case "Get15118EVCertificate":
                return self._contract_installation(call, request)
        return None

    def responded(self, outcome: ResponderOutcome, now: int) -> list[Effect]:
        """A responder has answered, or not."""
        for waiting in self._waiting:
            if outcome.number not in waiting.outcomes:
                continue
            waiting.outcomes[outcome.number] = outcome
            outcomes = [one for one in waiting.outcomes.values() if one is not None]
            if len(outcomes) < len(waiting.outcomes):
                return []
            self._waiting.remove(waiting)
            return waiting.finish(outcomes, now)
        return []

    def forget(self) -> None:
        """The connection is gone: nobody waits for the answers any more."""
        self._waiting.clear()

    def _ask(self, questions: Sequence[ResponderQuestion], finish: Finish, now: int) -> list[Effect]:
        if not questions:
            return finish([], now)
        waiting = _Waiting(finish)
        effects: list[Effect] = []
        for one in questions:
            self._numbers += 1
            waiting.outcomes[self._numbers] = None
            effects.append(AskResponder(self._numbers, one.url, b"" if one.is_list else one.request))
        if len(self._waiting) >= MOST_WAITING:
            busy = f"{MOST_WAITING} other calls wait for responders"
            return finish([ResponderOutcome(number, failure=busy) for number in waiting.outcomes], now)
        self._waiting.append(waiting)
        return effects

    # -- Authorize ----------------------------------------------------------------------------------------------

    def _authorize(self, call: Message, request: Payload, usual: Payload, now: int) -> list[Effect]:
        emaid = text_at(request, "idToken", "idToken") or ""
        chain = certificates_in(text_at(request, "certificate") or "")
        questions: list[ResponderQuestion] = []
        if "certificate" in request:
            path = contract_path(chain, emaid, self._known, now)
            if path.finding.status != "Accepted":
                return self._decided(call, usual, emaid, path.finding)
            for lower, upper in zip(path.certificates, path.certificates[1:], strict=False):
                if url := responder_of(lower):
                    questions.append(ResponderQuestion(url, ocsp_request(hash_data_of(lower, upper))))
        for number, hashes in enumerate(objects_at(request, "iso15118CertificateHashData"), 1):
            try:
                questions.append(ResponderQuestion(text_at(hashes, "responderURL") or "", ocsp_request(hashes)))
            except ValueError as error:
                broken = ContractFinding("CertChainError", f"certificate {number} is not named: {error}")
                return self._decided(call, usual, emaid, broken)
        candidates = [*chain, *self._known]

        def finish(outcomes: list[ResponderOutcome], now: int) -> list[Effect]:
            found = [_found(*pair, candidates, now) for pair in zip(questions, outcomes, strict=True)]
            return self._decided(call, usual, emaid, _worst(found))

        return self._ask(questions, finish, now)

    def _unverified(self, call: Message, usual: Payload) -> list[Effect] | None:
        """Without a CA, the token alone decides, which the log says once."""
        if self._has_told:
            return None
        self._has_told = True
        note = f"Contracts of {self._charge_point} are not verified, since no CA for them is given: the token decides."
        return [SendAnswer(call, usual), AddNote(note)]

    def _decided(self, call: Message, usual: Payload, emaid: str, finding: ContractFinding) -> list[Effect]:
        if finding.status == "Accepted":
            return [SendAnswer(call, usual)]  # whose certificateStatus follows the token
        status = "Expired" if finding.status == "CertificateExpired" else "Invalid"
        answer = {**usual, "certificateStatus": finding.status, "idTokenInfo": {"status": status}}
        note = f"Contract {emaid} of {self._charge_point}: {finding.status}, because {finding.reason}."
        return [SendAnswer(call, answer), AddNote(note)]

    # -- the status of certificates -----------------------------------------------------------------------------

    def _status(self, call: Message, request: Payload, now: int) -> list[Effect]:
        data = object_at(request, "ocspRequestData")
        try:
            question = ResponderQuestion(text_at(data, "responderURL") or "", ocsp_request(data))
        except ValueError as error:
            return self._failed(call, str(error))

        def finish(outcomes: list[ResponderOutcome], now: int) -> list[Effect]:
            [outcome] = outcomes
            if reason := outcome.failure or why_not_about(outcome.data, question.request):
                return self._failed(call, reason)
            answer = {"status": "Accepted", "ocspResult": base64.b64encode(outcome.data).decode()}
            if is_valid(self._version, "GetCertificateStatus", Part.RESPONSE, answer) is False:
                return self._failed(call, f"its {len(outcome.data):,} bytes do not fit into ocspResult")
            return [SendAnswer(call, answer)]

        return self._ask([question], finish, now)

    def _failed(self, call: Message, reason: str) -> list[Effect]:
        """No status: `reason` is a clause about the responder."""
        answer = {"status": "Failed", "statusInfo": status_info("NoStatus", reason)}
        note = f"No certificate status for {self._charge_point}: {reason}."
        return [SendAnswer(call, answer), AddNote(note)]

    def _chain_status(self, call: Message, request: Payload, usual: Payload, now: int) -> list[Effect]:
        items = objects_at(request, "certificateStatusRequests")
        asked: list[tuple[int, ResponderQuestion]] = []
        for number, item in enumerate(items):
            is_list = text_at(item, "source") == "CRL"
            try:
                about = ocsp_request(object_at(item, "certificateHashData"))
            except ValueError:
                continue
            asked += [(number, ResponderQuestion(url, about, is_list)) for url in texts_at(item, "urls")]

        def finish(outcomes: list[ResponderOutcome], now: int) -> list[Effect]:
            found: dict[int, OcspFinding] = {}
            for (number, question), outcome in zip(asked, outcomes, strict=True):
                one = _found(question, outcome, self._known, now)
                if number not in found or found[number].status == "Failed":
                    found[number] = one
            unnamed = OcspFinding("Failed", "its hashes name no certificate")
            results = [found.get(number, unnamed) for number in range(len(items))]
            status = [
                {
                    **only(item, "certificateHashData", "source"),
                    "status": one.status,
                    "nextUpdate": date_time(max(one.next_update or now, now)),
                }
                for item, one in zip(items, results, strict=True)
            ]
            notes = [
                AddNote(f"Certificate {number} of a chain of {self._charge_point}: {one.status}, because {one.reason}.")
                for number, one in enumerate(results, 1)
                if one.reason
            ]
            answer = {"certificateStatus": status}
            is_wrong = is_valid(self._version, call.action or "", Part.RESPONSE, answer) is False  # it repeats the call
            return [SendAnswer(call, usual if is_wrong else answer), *notes]

        return self._ask([question for _, question in asked], finish, now)

    # -- contracts for cars -------------------------------------------------------------------------------------

    def _contract_installation(self, call: Message, request: Payload) -> list[Effect]:
        """Answer with what the user has given, since only a contract provider can make it."""
        schema = text_at(request, "iso15118SchemaVersion") or ""
        part = next((words for urn, words in _SCHEMAS.items() if schema.startswith(urn)), schema or "no schema")
        try:
            size = len(base64.b64decode(text_at(request, "exiRequest") or "", validate=True))
            measured = f"EXI of {size:,} bytes"
        except (binascii.Error, ValueError):
            measured = "an exiRequest that is not base64"
        action = text_at(request, "action") or "no action"
        asked = f"Get15118EVCertificate of {self._charge_point}: {action}, {part}, {measured}"
        answer = {"status": "Accepted", "exiResponse": self._exi_response}
        why = "no answer of a contract provider is given"
        if self._exi_response and is_valid(self._version, "Get15118EVCertificate", Part.RESPONSE, answer) is False:
            why = f"the given answer has {len(self._exi_response):,} characters, too many for {self._version}"
        elif self._exi_response:
            return [SendAnswer(call, answer), AddNote(f"{asked}; answered from the given file.")]
        failed = {"status": "Failed", "exiResponse": "", "statusInfo": status_info("NoContract", why)}
        return [SendAnswer(call, failed), AddNote(f"{asked}; Failed, because {why}.")]


def _found(
    question: ResponderQuestion, outcome: ResponderOutcome, candidates: Sequence[x509.Certificate], now: int
) -> OcspFinding:
    if outcome.failure:
        return OcspFinding("Failed", f"the responder {question.url} gave no answer: {outcome.failure}")
    judge = list_finding if question.is_list else ocsp_finding
    return judge(outcome.data, question.request, candidates, now)


def _worst(found: Sequence[OcspFinding]) -> ContractFinding:
    """What the answers about the certificates of a chain mean for the contract (C07.FR.15 to FR.17)."""
    for number, one in enumerate(found, 1):
        if one.status == "Revoked":
            return ContractFinding("CertificateRevoked", f"certificate {number} was revoked")
    for number, one in enumerate(found, 1):
        if one.status != "Good":
            status = "SignatureError" if one.is_forged else "CertChainError"
            return ContractFinding(status, f"the status of certificate {number} is not known: {one.reason}")
    return ContractFinding("Accepted")
