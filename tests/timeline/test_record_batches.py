from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.timeline.bulk_append import BulkAppender
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Record
from ocpptui.timeline.record_batches import RecordBatches
from ocpptui.timeline.record_store import MemoryStore
from tests.timeline.alike import assert_same, diagnosed, live
from tests.timeline.traffic import TRAFFIC


@given(TRAFFIC, st.integers(1, 7))
def test_batches_show_what_the_records_show_one_by_one(records: list[Record], size: int) -> None:
    """An imported file shows the same exchanges, verdicts and findings as the session in which its frames happened."""
    timeline, store = diagnosed(), MemoryStore()
    batches = RecordBatches(store.keep, Masking(keeps_secrets=True))
    feed = BulkAppender(timeline, store, lambda key: key.connection)
    for start in range(0, len(records), size):
        feed.take(batches.batch(records[start : start + size]))
    assert_same(timeline, live(records))
