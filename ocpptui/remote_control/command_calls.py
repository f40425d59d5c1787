"""The call that an everyday command makes, for each version."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import breaches, violations
from ocpptui.remote_control import charging_calls as charging
from ocpptui.remote_control import root_calls as certificate
from ocpptui.remote_control import station_calls as station
from ocpptui.remote_control.asker import Asker, RemoteCall
from ocpptui.remote_control.circumstances import Circumstances
from ocpptui.remote_control.question import NotAnswered, Question
from ocpptui.translation.common_reading import commonly_written

ANSWER_NAMES = frozenset(
    ["certificate", "connector", "data", "firmware", "kind", "limit", "message", "reservation", "root", "text", "token",
     "transaction", "upload", "what", "which"]
)  # fmt: skip
"""The names of all questions."""


def planned_call(command: str, case: Circumstances) -> RemoteCall | Question:
    """The call for the command of this name, or what has to be answered first.

    An answer with which the payload would break its schema, or what the version demands beyond it, is asked for again,
    and begins with what was answered.
    """
    made = _made(command, case)
    if isinstance(made, Question) and made.problem:
        return made._replace(start=case.given.get(made.name, made.start))
    return made


def _made(command: str, case: Circumstances) -> RemoteCall | Question:
    asked: list[Question] = []
    try:
        call = _CALLS[command](Asker(case, asked))
    except NotAnswered as missing:
        return missing.question
    said = commonly_written(case.version, call.action, call.payload)
    if said is None and asked:
        return asked[-1]._replace(problem=f"OCPP {case.version} has no call for that")
    if said is not None:
        call = RemoteCall(*said, call.about)
    request = case.version, call.action, Part.REQUEST, call.payload
    found = [*violations(*request), *breaches(*request)]
    if found and asked:
        return asked[-1]._replace(problem=str(found[0]))
    return call


_CALLS: Mapping[str, Callable[[Asker], RemoteCall]] = {
    "start": charging.remote_start_call,
    "stop": charging.remote_stop_call,
    "unlock": charging.unlock_call,
    "limit": charging.limit_call,
    "unlimit": charging.unlimit_call,
    "schedule": charging.schedule_call,
    "profiles": charging.profiles_call,
    "reset": station.reset_call,
    "availability": station.availability_call,
    "trigger": station.trigger_call,
    "diagnostics": station.diagnostics_call,
    "firmware": station.firmware_call,
    "clear-cache": station.clear_cache_call,
    "local-list": station.local_list_call,
    "reserve": station.reserve_call,
    "cancel": station.cancel_call,
    "data-transfer": station.data_transfer_call,
    "certificates": certificate.certificates_call,
    "install-root": certificate.install_root_call,
    "delete-certificate": certificate.delete_certificate_call,
    "renew-certificate": certificate.renew_certificate_call,
    "transaction": charging.transaction_state_call,
    "display": station.display_call,
}
