"""DataTransfer: extensions that the other side does not know."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_exchange
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.timeline.severity import Severity

_CALL = '10:00:00 > DataTransfer {"vendorId":"com.example","messageId":"Tariff"}\n'

UNKNOWN_EXTENSION = Rule(
    "cmd.data-transfer",
    Severity.INFO,
    "The other side does not know the extension of a DataTransfer.",
    "OCPP 1.6 section 4.3; OCPP 2.0.1 and 2.1 Part 2 use cases P01 and P02",
    says="The other side does not know {what} {vendor}: {status}.",
    remedy="Both sides must have agreed on an extension before it is used.",
    positive=(
        f'{_CALL}* 10:00:01 < ok {{"status":"UnknownVendorId"}}',
        f'2.0.1\n{_CALL}* 10:00:01 < ok {{"status":"UnknownMessageId"}}',
        '10:00:00 < DataTransfer {"vendorId":"com.example"}\n* 10:00:01 > ok {"status":"UnknownVendorId"}',
    ),
    negative=(
        f'{_CALL}10:00:01 < ok {{"status":"Accepted"}}',
        f'{_CALL}10:00:01 < ok {{"status":"Rejected"}}',
        _CALL,
    ),
)

RULES = (UNKNOWN_EXTENSION,)


class DataTransferChecker(Checker):
    """Looks at the answers to extensions."""

    @on_exchange("DataTransfer")
    def answered(self, call: Seen, answer: Seen) -> None:
        status = answer.text("status")
        if status in ("UnknownVendorId", "UnknownMessageId"):
            what = Phrase("the vendor" if status == "UnknownVendorId" else "this message of")
            vendor = call.text("vendorId") or Phrase("without a name")
            self.found(UNKNOWN_EXTENSION, answer, (call,), what=what, vendor=vendor, status=status)
