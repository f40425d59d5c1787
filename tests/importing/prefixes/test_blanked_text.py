"""What is never the name of a charge point must not be offered as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.prefixes.blanked_text import BLANK, blanked
from ocpptui.importing.words.line_shapes import without_digits

TIMES = [
    "2026-03-14T09:30:00.123Z", "2026-03-14 09:30:00,123 +0100", "14.03.2026 09:30:00", "03/14/26, 09:30:00 AM",
    "Mar 14 09:30:00", "14/Mar/2026:09:30:00 +0000", "Sat, 14 Mar 2026 09:30:00 GMT", "20260314T093000Z",
    "Mar-14 09:30:00", "Mar/14/2026:09:30:00", "14-Mär-2026 09:30:00", "2026-Mar-14 09:30:00", "Mai 14 09:30:00",
    "14-Mar 09:30:00", "Sat Mar 14 09:30:00 CET 2026", "[1773480600123]", "HTTP/1.1",
]  # fmt: skip


@pytest.mark.parametrize("time", TIMES)
def test_no_time_is_left(time: str) -> None:
    """The clock of the log would be a charge point with a new name for each line."""
    text = blanked(without_digits(f"{time} CP-77 received "))
    assert not any(map(str.isdigit, text.replace("CP-00", "")))
    assert "CP-00 received" in text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mar 14 09:30:00 gw-1 ocppd[411]: CP-77 received ", "CP-00 received"),
        ("ocpp-server-1  | 2026-03-14 09:30:00 CP-77 received ", "CP-00 received"),
        ("I (41234) ocpp_task: received ", "received"),
        ("AB 01 02 03 04 CP-77 received ", "CP-00 received"),
    ],
)
def test_no_host_service_or_task_is_left(text: str, left: str) -> None:
    """All frames would be of one charge point, called by the machine that wrote the log."""
    rest = blanked(without_digits(text))
    for word in ("gw-", "ocppd", "ocpp-server", "ocpp_task", "AB"):
        assert word not in rest
    assert left in rest


def test_a_service_called_by_a_charge_point_stays() -> None:
    """Each charge point may write its own lines, into one file."""
    assert "SIM-CP-00" in blanked(without_digits("SIM-CP-77  | received "))


@pytest.mark.parametrize(
    "name", ["Garage-12", "North/04", "EVB-Mitte-04", "01-Box-0012", "0012-Hall-01", "Mar-12", "Box 7"]
)
@pytest.mark.parametrize("around", ["{}: received ", "[{}] received ", "from {}, received ", "09:30:00 {} received "])
def test_a_word_and_a_number_are_a_date_only_by_the_name_of_a_month_and_a_time(name: str, around: str) -> None:
    """A charge point called `Garage-12` would have no name, and its frames would be mixed with those of all others."""
    text = without_digits(around.format(name))
    assert without_digits(name) in blanked(text)


def test_a_short_secret_is_not_looked_for_in_names() -> None:
    """The name of each charge point with these letters in it would be taken apart."""
    assert blanked("-u x:box box-00 received ").endswith("box-00 received ")
    assert "cafe-box" not in blanked("-u x:cafe-box cafe-box received ")


@given(st.text(alphabet="0 :-./TZ|[]#=aAMr\n", max_size=60))
def test_all_that_is_left_is_where_it_was(text: str) -> None:
    """Names are cut out of the line by their places in this text."""
    rest = blanked(text)
    assert len(rest) == len(text)
    assert all(sign in (was, BLANK) for sign, was in zip(rest, text, strict=True))
