"""Every rule. Rules are in the file of their topic in `diagnosis.rules`; a new file must be listed here.

It is loaded with the first record that checkers get. What the columns decide is in `column_rules`.
"""

from __future__ import annotations

from ocpptui.diagnosis import meter_checker
from ocpptui.diagnosis.checker import Checker
from ocpptui.diagnosis.column_rules import COLUMN_RULES
from ocpptui.diagnosis.rule import Rule
from ocpptui.diagnosis.rules import (
    authorization,
    availability,
    boot,
    boot_history,
    charging_profiles,
    charging_schedules,
    clocks,
    configuration_keys,
    device_model,
    faults,
    heartbeat,
    installed_profiles,
    meter_samples,
    reconnections,
    remote_starts,
    remote_stops,
    reports,
    reservations,
    resets,
    security,
    status,
    status_in_transactions,
    transaction_ends,
    transaction_metering,
    transaction_status,
    transaction_times,
    transaction_triggers,
    transactions_1,
    transactions_2,
    triggers,
    turns,
    updates_and_uploads,
)

RULES: tuple[Rule, ...] = (
    *COLUMN_RULES,
    *turns.RULES,
    *reconnections.RULES,
    *boot.RULES,
    *boot_history.RULES,
    *heartbeat.RULES,
    *clocks.RULES,
    *status.RULES,
    *faults.RULES,
    *status_in_transactions.RULES,
    *remote_starts.RULES,
    *remote_stops.RULES,
    *triggers.RULES,
    *resets.RULES,
    *availability.RULES,
    *authorization.RULES,
    *updates_and_uploads.RULES,
    *security.RULES,
    *transactions_1.RULES,
    *meter_samples.RULES,
    *transaction_metering.RULES,
    *charging_profiles.RULES,
    *charging_schedules.RULES,
    *installed_profiles.RULES,
    *reservations.RULES,
    *transactions_2.RULES,
    *transaction_ends.RULES,
    *transaction_status.RULES,
    *transaction_times.RULES,
    *transaction_triggers.RULES,
    *reports.RULES,
    *device_model.RULES,
    *configuration_keys.RULES,
)
"""In the order in which the findings of one record are reported."""

CHECKERS: tuple[type[Checker], ...] = (
    turns.TurnChecker,
    reconnections.ReconnectionChecker,
    boot.BootChecker,
    boot_history.BootHistoryChecker,
    heartbeat.HeartbeatChecker,
    clocks.ClockChecker,
    status.StatusChecker,
    faults.FaultChecker,
    status_in_transactions.StatusInTransactionChecker,
    remote_starts.RemoteStartChecker,
    remote_stops.RemoteStopChecker,
    triggers.TriggerChecker,
    resets.ResetChecker,
    availability.AvailabilityChecker,
    authorization.AuthorizationChecker,
    updates_and_uploads.FirmwareChecker,
    security.SecurityChecker,
    transactions_1.Transaction1Checker,
    meter_checker.MeterValueChecker,
    charging_profiles.ChargingProfileChecker,
    charging_schedules.ChargingScheduleChecker,
    installed_profiles.InstalledProfileChecker,
    reservations.ReservationChecker,
    transactions_2.Transaction2Checker,
    transaction_ends.TransactionEndChecker,
    transaction_status.TransactionStatusChecker,
    transaction_times.TransactionTimeChecker,
    transaction_triggers.TransactionTriggerChecker,
    reports.ReportChecker,
    device_model.DeviceModelChecker,
    configuration_keys.ConfigurationChecker,
)
"""The checkers of the rules that need a state, in the order in which they get a record."""

RULE_BY_ID = {rule.id: rule for rule in RULES}
