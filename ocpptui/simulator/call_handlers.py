"""Which part of the simulated charge point handles which call. Calls that are not listed get their default answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocpptui.simulator import certificate_calls as certificates
from ocpptui.simulator import connection_calls as connection
from ocpptui.simulator import der_calls as der
from ocpptui.simulator import device_model_calls as inventory
from ocpptui.simulator import display_messages as display
from ocpptui.simulator import firmware, smart_charging, tariffs, uploads
from ocpptui.simulator import monitor_calls as monitors
from ocpptui.simulator import remote_control as remote
from ocpptui.simulator.battery_swaps import request_swap
from ocpptui.simulator.device import Device, Reply
from ocpptui.simulator.wrapped_reactions import data_transfer

Reaction = Callable[[Device, dict[str, Any], int], Reply]
"""Takes a valid request and the time; returns the answer and what follows it."""


def _refuse(device: Device, request: dict[str, Any], now: int) -> Reply:
    """What this charge point has no hardware or no implementation for."""
    return Reply({"status": "Rejected"})


REACTIONS: dict[str, Reaction] = {
    "AFRRSignal": _refuse,
    "AdjustPeriodicEventStream": monitors.adjust_stream,
    "CancelReservation": remote.cancel_reservation,
    "ChangeAvailability": remote.change_availability,
    "ChangeConfiguration": inventory.change,
    "CertificateSigned": certificates.certificate_signed,
    "ChangeTransactionTariff": tariffs.change_transaction_tariff,
    "ClearCache": inventory.clear_cache,
    "ClearChargingProfile": smart_charging.clear_profiles,
    "ClearDERControl": der.clear_controls,
    "ClearDisplayMessage": display.clear_message,
    "ClearTariffs": tariffs.clear_tariffs,
    "ClearVariableMonitoring": monitors.clear_monitors,
    "CustomerInformation": display.customer_information,
    "DataTransfer": data_transfer,
    "DeleteCertificate": certificates.delete_certificate,
    "ExtendedTriggerMessage": remote.extended_trigger,
    "GetBaseReport": inventory.base_report,
    "GetChargingProfiles": smart_charging.get_profiles,
    "GetCompositeSchedule": smart_charging.composite,
    "GetConfiguration": inventory.configuration,
    "GetDERControl": der.get_controls,
    "GetDiagnostics": uploads.diagnostics,
    "GetDisplayMessages": display.get_messages,
    "GetInstalledCertificateIds": certificates.installed_certificates,
    "GetLocalListVersion": inventory.local_list_version,
    "GetLog": uploads.log,
    "GetMonitoringReport": monitors.monitoring_report,
    "GetPeriodicEventStream": monitors.get_streams,
    "GetReport": inventory.report,
    "GetTariffs": tariffs.get_tariffs,
    "GetTransactionStatus": remote.transaction_status,
    "GetVariables": inventory.variables,
    "InstallCertificate": certificates.install_certificate,
    "NotifyAllowedEnergyTransfer": _refuse,
    "RemoteStartTransaction": remote.start,
    "RemoteStopTransaction": remote.stop,
    "RequestBatterySwap": request_swap,
    "RequestStartTransaction": remote.start,
    "RequestStopTransaction": remote.stop,
    "ReserveNow": remote.reserve,
    "Reset": remote.reset,
    "SendLocalList": inventory.send_local_list,
    "SetChargingProfile": smart_charging.set_profile,
    "SetDERControl": der.set_control,
    "SetDefaultTariff": tariffs.set_tariff,
    "SetDisplayMessage": display.set_message,
    "SetMonitoringBase": monitors.monitoring_base,
    "SetMonitoringLevel": monitors.monitoring_level,
    "SetNetworkProfile": connection.set_network_profile,
    "SetVariableMonitoring": monitors.set_monitors,
    "SetVariables": inventory.change_variables,
    "SignedUpdateFirmware": firmware.update_signed,
    "TriggerMessage": remote.trigger,
    "UnlockConnector": remote.unlock,
    "UpdateDynamicSchedule": smart_charging.update_dynamic,
    "UpdateFirmware": firmware.update,
    "UsePriorityCharging": smart_charging.use_priority,
}
