"""The version that explains the frames of a connection with the fewest faults.

A fault that only the form of a value makes (a word that is in no list) does not choose a more tolerant version: it is
shown. What a version does not have at all (an action, a field) chooses one that has it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import is_built_right, is_valid
from ocpptui.ocpp.version import Transport, Version

TRIED = 40
"""How many calls of a connection are validated against each version."""
_OFFERED = Version.offered(Transport.JSON)


def fits_in_any_version(action: str, payload: Any) -> bool:
    """Whether this can be the payload of a result of an action, in any version that is spoken over WebSockets."""
    return any(is_valid(version, action, Part.RESPONSE, payload) for version in _OFFERED)


class VersionTrial:
    """The calls of a connection, read as each version."""

    def __init__(self) -> None:
        self.tried = 0
        self.valid: Counter[Version] = Counter()
        self._calls: list[tuple[str, Any]] = []

    def try_call(self, action: str, payload: Any) -> None:
        """Read a call as each version that has its action."""
        versions = catalog.versions_of(action)
        if not versions or self.tried >= TRIED:
            return
        self.tried += 1
        self._calls.append((action, payload))
        for version in versions:
            if version in _OFFERED and is_valid(version, action, Part.REQUEST, payload):
                self.valid[version] += 1

    def best(self, usual: Counter[Version]) -> Version:
        """The version with the fewest faults; among equals the one of most of the file, then the oldest."""
        faults = {version: self.tried - self.valid[version] for version in _OFFERED}
        likely = min(_OFFERED, key=lambda version: (faults[version], -usual[version], _OFFERED.index(version)))
        more_tolerant = any(faults[one] > faults[likely] for one in _OFFERED if one.generation == likely.generation)
        if faults[likely] or more_tolerant:
            faults = {version: self._foreign_to(version) for version in _OFFERED}
            by_generation = {
                version.generation: max(self.valid[one] for one in _OFFERED if one.generation == version.generation)
                for version in _OFFERED
            }
            return min(
                _OFFERED,
                key=lambda version: (
                    faults[version],
                    -by_generation[version.generation],
                    -usual[version],
                    _OFFERED.index(version),
                ),
            )
        return likely

    @property
    def possible(self) -> list[Version]:
        """The versions that have all that the calls have, even if one of its values is in no list of theirs."""
        return [version for version in _OFFERED if not self._foreign_to(version)]

    def contradicts(self, action: str, payload: Any) -> bool:
        """Whether a call is of versions that explain the calls so far worse than another does."""
        its = [version for version in _OFFERED if _is_of(version, action, payload)]
        foreign = {version: self._foreign_to(version) for version in _OFFERED}
        return bool(its) and min(foreign[version] for version in its) > min(foreign.values())

    def _foreign_to(self, version: Version) -> int:
        """How many calls have an action or a field that a version does not have, or not the kind of value."""
        return sum(not _is_of(version, action, payload) for action, payload in self._calls)

    def words_for(self, version: Version) -> str:
        """In which versions the first calls are valid, and what chose this one of them where that does not show it."""
        if self.tried == 1:
            valid = " and ".join(version for version in _OFFERED if self.valid[version])
            if valid:
                return f"its first call is valid as {valid}"
            said = "its first call is valid in no version"
        else:
            said = f"valid among its first {self.tried} calls: " + ", ".join(
                f"{self.valid[version]} as {version}" for version in _OFFERED
            )
            if self.valid[version] and self.valid[version] == max(self.valid.values()):
                return said
        foreign = {one: self._foreign_to(one) for one in _OFFERED}
        rival = max(_OFFERED, key=lambda one: self.valid[one])
        if self.valid[rival] > self.valid[version] and foreign[rival] == foreign[version]:
            return f"{said}; a value that {version} does not list chooses no other"
        they = "it has" if self.tried == 1 else "they have"
        if foreign[version] < max(foreign.values()):
            return f"{said}; read as {version}, {they} the fewest faults"
        return f"{said}; read as another, {they} no fewer faults"


def _is_of(version: Version, action: str, payload: Any) -> bool:
    """Whether a version has an action with such a payload."""
    return version in catalog.versions_of(action) and is_built_right(version, action, Part.REQUEST, payload)
