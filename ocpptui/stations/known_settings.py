"""What is known of the settings of one charge point: the values now and before, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.runtime.bounded import put
from ocpptui.stations.setting_messages import Characteristics, SettingNews, refuses

MOST_SETTINGS = 10_000


@dataclass(slots=True)
class KnownSetting:
    """One setting. Times are in microseconds since 1970-01-01 UTC."""

    place: SettingPlace
    value: str | None = None
    """In force, as far as is known; None if it was never shown."""
    before: str | None = None
    """The last value that was different."""
    changed: int | None = None
    """When the value was first seen to be a different one."""
    access: Access | None = None
    characteristics: Characteristics = Characteristics()
    after_reboot: str | None = None
    """The value that the charge point took, but uses only after a reboot."""
    asked: str | None = None
    """The value of the last change that it answered."""
    status: str = ""
    """The answer to that change, for example Rejected."""
    is_known: bool = False
    """Whether the charge point has shown, reported or taken it; False if it only refused a change."""

    @property
    def is_refused(self) -> bool:
        """Whether the charge point refused the last change."""
        return refuses(self.status)

    def take(self, news: SettingNews, time: int) -> None:
        """Take in what a message at `time` says."""
        if news.status:
            self.asked, self.status = news.value, news.status
        if news.is_refused:
            return
        self.is_known = True
        if news.access is not None:
            self.access = news.access
        if news.characteristics is not None:
            self.characteristics = news.characteristics
        if news.status == "RebootRequired":
            self.after_reboot = news.value
        elif news.value is not None:
            if news.status == "Accepted":
                self.after_reboot = None
            self._set(news.value, time)

    def reboot(self, time: int) -> None:
        """The charge point has booted: what waited for that is in force."""
        if self.after_reboot is not None:
            self._set(self.after_reboot, time)
            self.after_reboot = None

    def _set(self, value: str, time: int) -> None:
        if self.value is not None and self.value != value:
            self.before, self.changed = self.value, time
        self.value = value


class KnownSettings:
    """The settings of one charge point, in the order in which they were first seen; the oldest are dropped first."""

    def __init__(self) -> None:
        self._by_place: dict[SettingPlace, KnownSetting] = {}
        self._pending: set[SettingPlace] = set()
        self.revision = 0
        """Grows with each change."""

    def __iter__(self) -> Iterator[KnownSetting]:
        return iter(self._by_place.values())

    def __len__(self) -> int:
        return len(self._by_place)

    def __repr__(self) -> str:
        return f"KnownSettings({list(self)!r})"

    @property
    def known(self) -> int:
        """How many the charge point has shown, reported or taken."""
        return sum(one.is_known for one in self)

    def get(self, place: SettingPlace) -> KnownSetting | None:
        """The setting at a place, whatever the case of the names."""
        return self._by_place.get(place.folded)

    def value(self, place: SettingPlace) -> str | None:
        """Its value; None if it is unknown."""
        found = self.get(place)
        return None if found is None else found.value

    def take(self, news: SettingNews, time: int) -> None:
        """Take in what a message at `time` says of one setting."""
        if not news.place.name:
            return
        place = news.place.folded
        known = self._by_place.get(place)
        if known is None:
            known = KnownSetting(news.place)
            put(self._by_place, place, known, MOST_SETTINGS)
        elif not known.is_known:
            known.place = news.place  # as the charge point writes it, rather than as somebody asked for it
        known.take(news, time)
        if known.after_reboot is not None:
            self._pending.add(place)
        self.revision += 1

    def reboot(self, time: int) -> None:
        """The charge point has booted."""
        for place in self._pending:
            if (known := self._by_place.get(place)) is not None:
                known.reboot(time)
                self.revision += 1
        self._pending.clear()

    def as_texts(self) -> dict[str, str]:
        """The actual values by name; "" for one that is not shown, the new value for one that waits for a reboot."""
        return {
            str(known.place): known.value if known.value is not None else known.after_reboot or ""
            for known in self
            if known.is_known and known.place.attribute == ACTUAL
        }
