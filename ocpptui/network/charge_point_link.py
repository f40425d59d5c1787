"""What every connection of a charge point has, whatever its transport: it is made, lost, and made again."""

from __future__ import annotations

import asyncio
import random as random_module
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from math import inf

from ocpptui.network.client_settings import ClientSettings, identity, requested_url
from ocpptui.network.connection import Connection, Observer
from ocpptui.network.connection_trials import ConnectionTrials, FailedTrial, Trial
from ocpptui.network.explain_close import GOING_AWAY, NORMAL
from ocpptui.network.problems import ConnectionFailed, NetworkProblem, ProblemCode, UnusableCertificate
from ocpptui.network.tls import client_context
from ocpptui.ocpp.encrypted_url import is_encrypted
from ocpptui.runtime.clock import Clock, now
from ocpptui.runtime.tasks import Tasks
from ocpptui.timeline.connection_detail import ConnectionDetail
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind


class ChargePointLink(ABC):
    """Connects to a central system, repeatedly if set; the results are records.

    Raises InvalidUrl.
    """

    def __init__(
        self,
        settings: ClientSettings,
        observer: Observer,
        clock: Clock = now,
        *,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._trials = ConnectionTrials(settings)
        self.charge_point = identity(settings)
        self.connection: Connection | None = None
        """The open connection."""
        self.lenient = settings.lenient
        """Whether the next attempt is lenient."""
        self.roots: tuple[str, ...] = ()
        """Root certificates in PEM that are trusted as well, from the next attempt on."""
        self._ping_interval = settings.ping_interval
        self._observer = observer
        self._clock = clock
        self._random = random
        self._waits = settings.backoff.waits(random)
        self._retry_in: float | None = None  # seconds until the next attempt, once the last one has failed
        self._away: float | None = None  # seconds to stay away after the connection that is being cut
        self._closing = asyncio.Event()
        self._woken = asyncio.Event()  # the time to the next attempt has changed
        self._ended = asyncio.Event()
        self._ended.set()
        self._use(settings)
        self._tasks = Tasks(f"client link to {self.url}")

    def _use(self, settings: ClientSettings) -> None:
        """Connect with these from now on. Raises InvalidUrl."""
        self.settings = settings
        self.url = requested_url(settings)
        """The URL that is requested."""
        self._credentials = settings.all_credentials

    async def _context(self) -> ssl.SSLContext | None:
        """What TLS needs; None without TLS. Raises UnusableCertificate."""
        if not is_encrypted(self.url):
            return None
        settings = self.settings
        return await asyncio.to_thread(
            client_context,
            settings.ca,
            settings.insecure,
            settings.certificate,
            settings.key,
            own_pair=settings.own_pair,
            roots=self.roots,
            terms=settings.tls_terms,
        )

    @property
    def base(self) -> ClientSettings:
        """The settings as the user has made them."""
        return self._trials.base

    @property
    def trial(self) -> int:
        """The number of the trial with which it is connected; 0 for the settings of the user."""
        return self._trials.current.number

    @property
    def ping_interval(self) -> float | None:
        """Seconds between the pings; None: it sends none."""
        return self._ping_interval

    async def run(self) -> None:
        """Connect, stay connected, reconnect; returns after `close`, or if it must not reconnect."""
        self._ended.clear()
        try:
            while not self._closing.is_set():
                attempt = self._tasks.start(self._attempt(), "attempt")
                await asyncio.wait([attempt])
                if not attempt.cancelled() and attempt.result() and self.connection is not None:
                    await self.connection.wait_closed()
                if self._retry_in is None:
                    return
                await self._pause()
        finally:
            try:
                await self._tasks.cancel()
                if self.connection is not None:
                    self.connection.abort()
                await self._stop()
            finally:
                self._ended.set()

    async def close(self, *, going_away: bool = False) -> None:
        """Close the connection, cancel an attempt, do not reconnect; returns when `run` has returned.

        The code of the Close frame is 1000, or 1001 if our program is `going_away` (RFC 6455 section 7.4.1).
        """
        self._closing.set()
        self._retry_in = None
        self._woken.set()
        if self.connection is not None:
            await self.connection.close(GOING_AWAY if going_away else NORMAL)
        await self._tasks.cancel()
        await self._ended.wait()

    def stay_away(self, seconds: float | None) -> None:
        """Cut the TCP connection without a Close frame; connect again after so many seconds or, with
        None, when `come_back` is called."""
        self._away = inf if seconds is None else seconds
        if self.connection is not None:
            self.connection.abort()
        elif self._retry_in is not None:
            self._retry_in, self._away = self._away, None
            self._woken.set()

    def come_back(self) -> None:
        """Connect now, if it is not connected and not connecting."""
        if self._retry_in is not None:
            self._retry_in = 0.0
            self._woken.set()

    def try_first(self, trials: tuple[Trial, ...]) -> None:
        """From the next attempt on, connect with these in turn; if none works, with what worked last.

        Their URLs have to be usable (`requested_url`), and mean the same charge point.
        """
        self._trials.try_first(trials)

    def take_failed(self) -> tuple[FailedTrial, ...]:
        """What has failed since this was asked last."""
        return self._trials.take_failed()

    def ping_every(self, seconds: float) -> None:
        """From now on, send a ping at this interval; 0 for none."""
        self._ping_interval = seconds or None
        if self.connection is not None:
            self.connection.ping_every(self._ping_interval)

    async def _pause(self) -> None:
        """Wait until the next attempt is due, or the link is closed."""
        while self._retry_in is not None:
            self._woken.clear()
            wait = self._retry_in
            try:
                async with asyncio.timeout(None if wait == inf else wait):
                    await self._woken.wait()
            except TimeoutError:
                return

    # -- one attempt --------------------------------------------------------------------------------------------

    @abstractmethod
    async def _open(self, number: int) -> None:
        """Connect once, and `_begin` the connection. Raises ConnectionFailed and UnusableCertificate."""

    @abstractmethod
    async def _clean_up(self) -> None:
        """Wait until a failed attempt has ended."""

    @abstractmethod
    async def _stop(self) -> None:
        """Give up what outlives a connection."""

    async def _attempt(self) -> bool:
        """True if it led to a connection."""
        number = self._observer.next_connection()
        self._retry_in = None
        self._use(self._trials.current.settings)
        try:
            await self._open(number)
            return True
        except UnusableCertificate as error:
            again = self._next_attempt() if self._trials.failed(error.problem) else {}
            self._record(number, ConnectionEvent.FAILED, {**error.problem.detail, **again})
            return False
        except ConnectionFailed as failed:
            event = ConnectionEvent.REFUSED if failed.refused else ConnectionEvent.FAILED
            if self._trials.failed(failed.problem):
                self._waits = self.settings.backoff.waits(self._random)
            self._record(number, event, {**failed.problem.detail, **failed.detail, **self._next_attempt()})
        except asyncio.CancelledError:
            self._record(number, ConnectionEvent.FAILED, NetworkProblem(ProblemCode.ATTEMPT_GIVEN_UP).detail)
            raise
        await self._clean_up()
        return False

    def _begin(self, connection: Connection, detail: ConnectionDetail) -> None:
        """The connection is open."""
        self.connection = connection
        self._trials.succeeded()
        connection.start(detail)
        if self._away is not None:
            connection.abort()

    def _works(self) -> None:
        """The central system has answered: the next attempt, should there be one, need not wait long."""
        self._waits = self.settings.backoff.waits(self._random)

    def _connection_ended(self, connection: Connection) -> ConnectionDetail:
        self.connection = None
        return self._next_attempt()

    def _next_attempt(self) -> ConnectionDetail:
        """Decide when to reconnect; return what the record says about it."""
        away, self._away = self._away, None
        if self._closing.is_set() or (away is None and not self.settings.reconnect):
            self._retry_in = None
            return {}
        if away is not None:
            self._retry_in = away
            return {} if away == inf else {"retryInSeconds": round(away, 3)}
        self._retry_in = next(self._waits)
        return {"retryInSeconds": round(self._retry_in, 3)}

    def _record(self, number: int, event: ConnectionEvent, detail: ConnectionDetail) -> None:
        whole: ConnectionDetail = {"event": event, "url": self.url, **detail}
        of = (number, RecordKind.CONNECTION, None, self.charge_point)
        record = Record(self._clock(), *of, detail=whole, transport=self.settings.transport)
        self._observer.observed(record, None)
