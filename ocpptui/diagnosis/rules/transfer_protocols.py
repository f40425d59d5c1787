"""Files that are sent and fetched: whether the charge point has the protocol for it."""

from __future__ import annotations

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.file_protocols import PROTOCOL_SETTINGS, file_protocols, location_in
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.timeline.severity import Severity

_PROTOCOLS = """
10:00:00 < GetConfiguration {"key":["SupportedFileTransferProtocols"]}
10:00:00 > ok {"configurationKey":[{"key":"SupportedFileTransferProtocols","readonly":true,"value":"FTP, HTTP"}]}
"""
_UPDATE = """
10:00:00 < UpdateFirmware {"location":"https://example.com/f.bin","retrieveDate":"2026-01-01T10:00:00Z"}
10:00:01 > ok
"""
_DIAGNOSTICS = '10:00:00 < GetDiagnostics {"location":"ftp://example.com/"}'

OTHER_PROTOCOL = Rule(
    "firmware.protocol",
    Severity.WARNING,
    "The location needs a protocol that the charge point does not have by its configuration.",
    "OCPP 1.6, key SupportedFileTransferProtocols; OCPP 2.0.1 and 2.1 Part 2, OCPPCommCtrlr.FileTransferProtocols",
    says="The location begins with {scheme}:, but the charge point supports {supported}.",
    positive=(_PROTOCOLS + _UPDATE.replace("10:00:00 <", "* 10:00:00 <"),),
    negative=(_PROTOCOLS + _DIAGNOSTICS, _UPDATE),
)

RULES = (OTHER_PROTOCOL,)


class TransferProtocolChecker(Checker):
    """Compares the location of a file with the protocols that the charge point has."""

    @on_call("UpdateFirmware", "SignedUpdateFirmware", "GetDiagnostics", "GetLog", "PublishFirmware")
    def asked(self, call: Seen) -> None:
        location = location_in(call.payload)
        supported = self.known.setting(*PROTOCOL_SETTINGS)
        if not location or not supported:
            return
        scheme = url_parts(location).scheme
        if scheme and scheme.upper() not in file_protocols({PROTOCOL_SETTINGS[0]: supported}):
            self.found(OTHER_PROTOCOL, call, scheme=scheme, supported=supported)
