"""Whether the start and the end of a transaction have the meter values that the configuration asks for."""

from __future__ import annotations

from typing import Any

from ocpptui.diagnosis.checker import Checker, on_call
from ocpptui.diagnosis.meter_traces import meter_value_at, reads_settings, start_call, stop_call, transaction_data
from ocpptui.diagnosis.rule import Phrase, Rule
from ocpptui.diagnosis.seen import Seen
from ocpptui.ocpp.payload import samples_in
from ocpptui.ocpp.version import SINCE_1_6
from ocpptui.timeline.severity import Severity


def _event(kind: str, number: int, trigger: str, info: str = "", more: str = "") -> str:
    at = f"10:0{number}:00"
    return (
        f'{at} > TransactionEvent {{"eventType":"{kind}","timestamp":"2026-01-01T{at}Z","triggerReason":"{trigger}",'
        f'"seqNo":{number},"transactionInfo":{{"transactionId":"t1"{info}}}{more}}}\n{at} < ok\n'
    )


_EVSE = ',"evse":{"id":1,"connectorId":1}'
_METER = ',"meterValue":[{"timestamp":"2026-01-01T10:00:00Z","sampledValue":[{"value":1000}]}]'
_SIGNED = _METER.replace(
    '"value":1000',
    '"value":1000,"signedMeterValue":{"signedMeterData":"T0NNRnx7fXx7fQ==","signingMethod":"","encodingMethod":"OCMF",'
    '"publicKey":""}',
)
_STOP_SAMPLED = reads_settings(
    ("StopTxnSampledData", "Energy.Active.Import.Register"), ("MeterValueSampleInterval", "60")
)


def _configured(variable: str, value: str = "Energy.Active.Import.Register") -> str:
    place = f'"component":{{"name":"SampledDataCtrlr"}},"variable":{{"name":"{variable}"}}'
    return (
        f'2.0.1\n09:00:00 < GetVariables {{"getVariableData":[{{{place}}}]}}\n09:00:01 > ok {{"getVariableResult":'
        f'[{{"attributeStatus":"Accepted","attributeValue":"{value}",{place}}}]}}\n'
    )


DATA_MISSING = Rule(
    "tx.data-missing",
    Severity.WARNING,
    "The start or the end of a transaction lacks meter values that the configuration asks for.",
    "OCPP 1.6 sections 3.16.1 and 9.1.27; errata sheet 3.14; "
    "OCPP 2.0.1 and 2.1 Part 2 E02.FR.09, E05.FR.06 and E06.FR.11",
    versions=SINCE_1_6,
    says="{message} of transaction {transaction} has no {what}, but {setting} is {value}.",
    remedy="The CSMS cannot compute the energy of the transaction.",
    positive=(
        f"{_configured('TxStartedMeasurands')}* {_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"{_configured('TxEndedMeasurands')}* {_event('Ended', 1, 'EVDeparted')}",
        f"{_configured('SignReadings', 'true')}* {_event('Ended', 1, 'EVDeparted', more=_METER)}",
        f"{_STOP_SAMPLED}{start_call()}* {stop_call(2000)}",
        f"{reads_settings(('StopTxnSampledData', 'Energy.Active.Import.Register'))}{start_call()}* {stop_call(2000)}",
    ),
    negative=(
        f"{_configured('TxStartedMeasurands')}{_event('Started', 0, 'CablePluggedIn', more=_EVSE + _METER)}",
        f"{_configured('TxStartedMeasurands')}{_event('Started', 0, 'Authorized')}",  # the EVSE is not known yet
        f"{_configured('TxStartedMeasurands', '')}{_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"2.0.1\n{_event('Started', 0, 'CablePluggedIn', more=_EVSE)}",
        f"{_configured('SignReadings', 'true')}{_event('Ended', 1, 'EVDeparted', more=_SIGNED)}",
        _STOP_SAMPLED
        + start_call()
        + stop_call(
            2000,
            more=transaction_data(
                meter_value_at(1000, "10:00:00", "Transaction.Begin"),
                meter_value_at(2000, "11:00:00", "Transaction.End"),
            ),
        ),
        f"{_STOP_SAMPLED}{stop_call(2000)}",
        f"{_STOP_SAMPLED}{start_call()}{stop_call(2000, '10:00:30')}",
        f"{_STOP_SAMPLED.replace('60', '0')}{start_call()}{stop_call(2000)}",
        f"{start_call()}{stop_call(2000)}",
    ),
)

RULES = (DATA_MISSING,)

_MEASURANDS = {"Started": "SampledDataCtrlr.TxStartedMeasurands", "Ended": "SampledDataCtrlr.TxEndedMeasurands"}


class TransactionDataChecker(Checker):
    """Looks for the values in the events of 2.x; `MeterValueChecker` does so in StopTransaction."""

    @on_call("TransactionEvent")
    def event(self, call: Seen) -> None:
        transaction, kind = call.text("transactionInfo", "transactionId"), call.text("eventType")
        if transaction and kind in _MEASURANDS:
            self.look_for_meter(call, transaction, kind)

    def look_for_meter(self, call: Seen, transaction: str, kind: str) -> None:
        setting, what = _MEASURANDS[kind], Phrase("meter values")
        if kind == "Started" and call.integer("evse", "id") is None:
            return
        if values := call.objects("meterValue"):
            setting, what = "SampledDataCtrlr.SignReadings", Phrase("signed meter values")
            is_missing = kind == "Ended" and self.known.switch(setting) is True and not _has_signed(values)
        else:
            value = self.known.setting(setting)
            is_missing = bool(value and value.strip()) and self.known.switch("SampledDataCtrlr.Enabled") is not False
        if is_missing:
            name, shown = setting.rpartition(".")[2], (self.known.setting(setting) or "")[:80]
            told: dict[str, Any] = {"message": Phrase(f"The event {kind}"), "what": what, "value": shown}
            self.found(DATA_MISSING, call, transaction=transaction, setting=name, **told)


def _has_signed(values: list[dict[str, Any]]) -> bool:
    return any("signedMeterValue" in one for value in values for one in samples_in(value) if isinstance(one, dict))
