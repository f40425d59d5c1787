"""Reading a timeline for the limit at a record. If these fail, the pane is slow, or shows another charge point's."""

from __future__ import annotations

from ocpptui.stations.limit_reader import METERED, STEP, LimitReader, limit_records
from ocpptui.stations.meter_values import MeterKey
from tests.diagnosis.charge_talk import ChargeTalk


def test_it_reads_up_to_its_record_and_one_charge_point_only() -> None:
    talk = ChargeTalk()
    first = talk.set(1)
    talk.set(2, level=1)
    assert [one.id for one in talk.reader(first).history.installed] == [1]
    assert [one.id for one in talk.reader(first - 1).history.installed] == []
    talk.charge_point = "CP002"
    talk.set(3)
    assert [one.id for one in talk.reader().history.installed] == [3]
    assert [one.id for one in talk.reader(len(talk.timeline) - 3).history.installed] == [1, 2]


def test_it_works_in_slices() -> None:
    """Nothing may hold up the screen while a large file is read."""
    talk = ChargeTalk()
    talk.set(1)
    for _ in range(STEP * 4):
        talk.call("Heartbeat", {}, {})
    reader = LimitReader(talk.timeline, len(talk.timeline) - 1)
    progress = [reader.progress]
    while not reader.advance(0.0):
        progress.append(reader.progress)
    assert len(progress) > 4
    assert progress == sorted(progress)
    assert (progress[0], reader.progress) == (0.0, 1.0)
    assert [one.id for one in reader.history.installed] == [1]


def test_of_many_meter_values_the_latest_are_read() -> None:
    talk = ChargeTalk()
    for value in range(METERED + 3 * STEP):
        talk.meter(float(value), after=0)
    reader = talk.reader()
    series = reader.known.meters[MeterKey(0, 1, "Current.Import", "L1")]
    assert series.last == METERED + 3 * STEP - 1
    assert reader.history.running[1].record > 0  # the earlier ones were not read


def test_the_records_of_many_charge_points_are_found_at_once() -> None:
    """A log of a thousand charge points would be gone through a thousand times."""
    talk = ChargeTalk()
    for number in range(STEP):
        talk.charge_point = f"CP{number % 3}"
        talk.call("Heartbeat", {}, {})
        talk.set(number, level=number)
    found = limit_records(talk.timeline, len(talk.timeline))
    assert list(found) == ["CP0", "CP1", "CP2"]
    for name, (last, relevant) in found.items():
        assert talk.timeline.charge_point(last) == name
        one, other = LimitReader(talk.timeline, last, relevant), LimitReader(talk.timeline, last)
        assert one.advance(60)
        assert other.advance(60)
        assert one.history == other.history
        assert len(one.history.installed.profiles) > 80
    assert limit_records(talk.timeline, 0) == {}
