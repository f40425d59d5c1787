"""Notes in the timeline and the recording: comments of the user, and what a session itself has to say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ocpptui.runtime.clock import Clock
from ocpptui.timeline.record import Origin, Record, RecordKind

if TYPE_CHECKING:
    from ocpptui.network.connection import Connection
    from ocpptui.network.tls_terms import TlsTerms


class SessionNotes:
    """Writes notes through `append`, which returns the timeline index of a record."""

    def __init__(self, append: Callable[[Record], int], clock: Clock) -> None:
        self._append = append
        self._clock = clock
        self._warned_of: set[str] = set()
        self.is_closed = False
        """Nothing more is recorded; a note of our own is left out then."""

    def by_user(self, text: str) -> int:
        """The user's comment; its index."""
        return self._append(Record(self._clock(), 0, RecordKind.NOTE, origin=Origin.MANUAL, detail={"text": text}))

    def tell(self, text: str, detail: Mapping[str, Any] | None = None) -> None:
        """A note of our own."""
        if not self.is_closed:
            whole = {"text": text, **(detail or {})}
            self._append(Record(self._clock(), 0, RecordKind.NOTE, origin=Origin.BEHAVIOUR, detail=whole))

    def tell_weakened(self, terms: TlsTerms) -> None:
        """What weakens the encryption from now on, each once in a session: old versions, keys in a file."""
        warnings = {
            f"TLS {terms.oldest} is accepted; OCPP allows it only for old charge points of 1.6.": terms.is_old,
            f"All traffic can be decrypted with the file {terms.key_log}, to which the TLS sessions are logged.": (
                terms.key_log is not None
            ),
        }
        for text, applies in warnings.items():
            if applies and text not in self._warned_of:
                self._warned_of.add(text)
                self.tell(text)

    async def tell_out_of_date(self, certificates: Iterable[str | None]) -> None:
        """Which of our own certificates the other side will refuse for its dates."""
        from ocpptui.network.tls import why_out_of_date

        for path in filter(None, certificates):
            if why := await asyncio.to_thread(why_out_of_date, path, self._clock()):
                self.tell(f"Our certificate {path} {why}: the other side will refuse it.")

    def tell_on(self, connection: Connection, text: str, detail: Mapping[str, Any]) -> int:
        """A note of our own about a connection; its index."""
        of = (connection.number, RecordKind.NOTE, None, connection.charge_point, connection.version)
        whole = {"text": text, **detail}
        return self._append(Record(self._clock(), *of, origin=Origin.BEHAVIOUR, detail=whole))

    def tell_of(self, connection: Connection | None, text: str, detail: Mapping[str, Any]) -> None:
        """A note of our own, of a connection if there is one."""
        if connection is None:
            self.tell(text, detail)
        elif not self.is_closed:
            self.tell_on(connection, text, detail)

    def tell_failure(self, failure: str | None) -> None:
        """Note that records do not reach the recording or, with None, that they do again."""
        again = "Records reach the recording again."
        self.tell(again if failure is None else f"Records do not reach the recording: {failure}")
