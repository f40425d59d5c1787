from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.payload_times import Witness
from ocpptui.importing.zones import Zone
from ocpptui.ocpp.date_times import HOUR, SECOND, micros_of

TIMES = st.datetimes(datetime(1971, 1, 2), datetime(2037, 12, 30))


@given(st.lists(TIMES, max_size=6), st.timedeltas(timedelta(0), timedelta(minutes=2)))
def test_a_time_of_this_machine_is_the_same_after_any_other(times: list[datetime], apart: timedelta) -> None:
    """The offset of a minute is remembered; the clocks may have been changed in the next one."""
    zone = Zone()
    for time in [one + shift for one in times for shift in (timedelta(0), apart)]:
        universal = time.astimezone()
        shown = micros_of(time.replace(tzinfo=universal.tzinfo)) + (universal.utcoffset() or timedelta()) // timedelta(
            microseconds=1
        )
        assert zone.to_utc(shown) == micros_of(universal)


def test_clocks_that_differ_by_minutes_show_the_zone_if_nothing_else_does() -> None:
    """The log of a charge point whose clock is wrong would be hours away from its payloads."""
    zone = Zone()
    zone.learn(5 * HOUR + 27 * 60 * SECOND, Witness(0, False))
    assert "UTC+05:30" in zone.decide()
    zone.learn(2 * HOUR, Witness(0, True))
    assert "UTC+02:00" in zone.decide()
