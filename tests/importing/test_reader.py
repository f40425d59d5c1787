"""What a user says about the opened files reaches the process that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.times.dates import DayOrder
from ocpptui.ocpp.version import Role, Version


@pytest.mark.parametrize(
    "options",
    [
        ImportOptions(),
        ImportOptions(version=Version.V201, utc_offset=-330, charge_point="Caf\u00e9 1", year=2024),
        ImportOptions(side=Role.CHARGE_POINT, dates=DayOrder.MONTH_FIRST, keep_copies=True, show_skipped=True),
    ],
)
def test_what_matters_for_a_log_reaches_another_process(options: ImportOptions) -> None:
    """A large log would be read otherwise than a small one."""
    assert ImportOptions.of_log(options.for_log()) == options


def test_what_does_not_matter_for_a_log_is_left_out() -> None:
    """A path of a key log or a shift of another file would keep the second process from starting."""
    options = ImportOptions(shifts={Path("a"): 5}, columns={"1": "raw"}, keylog=Path("keys"), year=2020)
    assert ImportOptions.of_log(options.for_log()) == ImportOptions(year=2020)
