"""How a simulated charge point connects: its password, client certificate, security profile and network profiles.

What is changed over OCPP becomes a plan for the next connection. The session says which plan worked; the others are
forgotten, and what worked before counts again (1.6 security whitepaper A01, A05; 2.x A01, A02, A05, B09, B10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocpptui.ocpp.payload import Payload, integer_at, text_at
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Version
from ocpptui.simulator.configuration import Configuration, Place
from ocpptui.simulator.connection_plan import ConnectFailure, ConnectionFacts, ConnectionPlan, OwnPair
from ocpptui.simulator.effects import ConnectWith

PRIORITY = Place("OCPPCommCtrlr", "NetworkConfigurationPriority")
DOWNGRADE = Place("SecurityCtrlr", "AllowSecurityProfileDowngrade")
CENTRAL_SYSTEM_ROOTS = ("CentralSystemRootCertificate", "CSMSRootCertificate")
"""The kinds of root certificates that verify a central system, in 1.6 and 2.x."""
ATTEMPTS_OF_1X = 3
"""How often 1.6, which has no setting for it, tries another security profile before it falls back."""
DISCARDED = "DiscardedRenewedClientCertificate"
"""The security event of 2.x for a new certificate with which no connection was made (A02.FR.29)."""


class OwnConnection:
    """How one charge point connects, and what it tries to change about that."""

    def __init__(self, version: Version, configuration: Configuration) -> None:
        self.facts = ConnectionFacts()
        """How it is connected, or was last."""
        self.slots: dict[int, Payload] = {}
        """The network connection profiles that were set, by slot; slot 1 is the user's settings until it is set."""
        self.has_switched = False
        """Whether this connection uses another network connection profile than the last one."""
        self.events: list[str] = []
        """The security events since the last connection that are not reported yet."""
        self._version = version
        self._configuration = configuration
        self._plan = ConnectionPlan()  # what works
        self.base_profile = 0
        """The security profile of the user's settings."""
        self._tried: dict[int, ConnectionPlan] = {}  # what is or was tried along with it, by number
        self._is_waiting = False  # no connection was made since the last change
        self._count = 0

    # -- what can be said of it -------------------------------------------------------------------------------------

    @property
    def security_profile(self) -> int:
        """The one that is set: by the user, or over OCPP once a connection was made with it."""
        wanted = self._plan.security_profile
        return self.base_profile if wanted is None else wanted

    @property
    def _latest(self) -> ConnectionPlan:
        """What the next connection is to be, so that several changes before it add up."""
        return next(iter(self._tried.values())) if self._is_waiting else self._plan

    def _profile_of(self, slot: int) -> int:
        profile = self.slots.get(slot)
        return self.base_profile if profile is None else integer_at(profile, "securityProfile") or 0

    def lacks(self, profile: int, *, roots: Sequence[str], password: str | None = None) -> str:
        """What a security profile needs and this charge point does not have (A05); empty if it has everything."""
        if profile in (1, 2) and not (password or self._latest.password or self.facts.has_password):
            return "it has no password"
        if profile > 1 and not (roots or self.facts.has_root):
            return "no root certificate of the central system is installed"
        if profile == 3 and self._latest.pair is None and not self.facts.has_certificate:
            return "it has no certificate of its own"
        return ""

    def problem_of(self, slot: int, profile: Payload) -> tuple[str, str]:
        """Why a network connection profile cannot be set: reasonCode and the details (2.x B09); empty if it can."""
        own, wanted = self._configuration.by_place(PRIORITY), integer_at(profile, "securityProfile") or 0
        if own is None or str(slot) not in own.values:
            return "InvalidConfSlot", f"the slots are {', '.join(own.values if own is not None else ())}"
        if lower := self._lower(wanted):
            return "NoSecurityDowngrade", lower
        return "InvalidNetworkConf" if (wrong := self._wrong(profile, wanted)) else "", wrong

    def _wrong(self, profile: Payload, wanted: int) -> str:
        version, identity = text_at(profile, "ocppVersion"), text_at(profile, "identity")
        if self._version is Version.V201 and version != "OCPP20":  # 2.1 ignores it
            return "its only version is OCPP20"
        if text_at(profile, "ocppTransport") == "SOAP":
            return "it does not speak SOAP"
        if "vpn" in profile or "apn" in profile:
            return "it has neither VPN nor modem"
        if identity is not None and identity != self.facts.identity:
            return "its identity cannot be changed"
        if not 1 <= wanted <= 3:
            return "there are security profiles 1 to 3"
        if not is_url(text_at(profile, "ocppCsmsUrl") or "", "wss" if wanted > 1 else "ws"):
            return f"the URL is not one of {'wss' if wanted > 1 else 'ws'}://"
        return ""

    def _lower(self, wanted: int) -> str:
        """Why a security profile is too low (A05.FR.03, B09.FR.04, B09.FR.31); empty if it is not."""
        now, may = self.security_profile, self._configuration.by_place(DOWNGRADE)
        if wanted >= now:
            return ""
        allowed = may is not None and self._configuration.value(may).lower() == "true"
        return "" if allowed and wanted > 1 else f"the security profile is {now}"

    def problem_of_priority(self, slots: Sequence[str], *, roots: Sequence[str]) -> tuple[str, str]:
        """Why the network profiles cannot be used in this order: reasonCode and details (A05.FR.02, B09.FR.34)."""
        if not slots:
            return "InvalidNetworkConf", "at least one slot is needed"
        for name in slots:
            slot = int(name) if name.isdecimal() else 0
            profile, wanted = self.slots.get(slot, {}), self._profile_of(slot)
            if not profile and slot != 1:
                return "InvalidNetworkConf", f"slot {name} is not set"
            if lower := self._lower(wanted):
                return "NoSecurityDowngrade", lower
            if profile and (lack := self.lacks(wanted, roots=roots, password=text_at(profile, "basicAuthPassword"))):
                return "InvalidNetworkConf", lack
        return "", ""

    # -- what it is to become ---------------------------------------------------------------------------------------

    def with_password(self, password: str) -> ConnectWith:
        """Connect with another password (A01)."""
        is_1x = self._version.generation == 1
        return self._try(replace(self._latest, password=password, is_hexadecimal=is_1x))

    def with_certificate(self, pair: OwnPair) -> ConnectWith | None:
        """Connect with another client certificate (A02.FR.08); None if a certificate is of no use now."""
        if self.facts.is_encrypted or self._is_waiting:
            return self._try(replace(self._latest, pair=pair, attempts=max(2, self._latest.attempts)))
        self._plan = replace(self._plan, pair=pair)
        return None

    def with_security_profile(self, profile: int) -> ConnectWith:
        """Connect with a higher security profile (1.6 security whitepaper A05)."""
        return self._try(replace(self._latest, security_profile=profile, attempts=ATTEMPTS_OF_1X))

    def with_network_profiles(self) -> list[ConnectWith]:
        """Connect as the network profiles say, in their order (2.x B10.FR.03, B10.FR.04); nothing if none was set."""
        if not self.slots:
            return []
        attempts = max(1, self._configuration.number("OCPPCommCtrlr", "NetworkProfileConnectionAttempts"))
        slots = [int(name) for name in self._configuration.members(*PRIORITY[:2])]
        plans = [self._of_slot(slot, attempts) for slot in slots]
        return [self._try(*plans)] if plans else []

    def _of_slot(self, slot: int, attempts: int) -> ConnectionPlan:
        profile = self.slots.get(slot)
        if profile is None:
            return replace(self._latest, slot=slot, url=None, security_profile=None, attempts=attempts)
        return replace(
            self._latest,
            slot=slot,
            url=text_at(profile, "ocppCsmsUrl"),
            security_profile=integer_at(profile, "securityProfile"),
            password=text_at(profile, "basicAuthPassword") or self._latest.password,
            attempts=attempts,
        )

    def plans(self) -> list[ConnectionPlan]:
        """What the next process has to connect with, in turn; empty where the user's settings are right."""
        tried = list(self._tried.values()) if self._is_waiting else []
        return [*tried, *([] if self._plan == ConnectionPlan() else [self._plan])]

    def restore(self, base_profile: int, plans: Sequence[ConnectionPlan]) -> None:
        """Go on with the plans of an earlier process, with which this one connects."""
        self.base_profile = base_profile
        if plans:
            self._try(*plans)

    def _try(self, *plans: ConnectionPlan) -> ConnectWith:
        self._tried, self._is_waiting = {}, True
        for plan in plans:
            self._count += 1
            self._tried[self._count] = replace(plan, number=self._count)
        return ConnectWith(tuple(self._tried.values()))

    # -- what it has become -----------------------------------------------------------------------------------------

    def connected(self, facts: ConnectionFacts) -> None:
        """It is connected: what was tried has worked or not."""
        before, self.facts, self._is_waiting = self._plan, facts, False
        if facts.plan == 0 or facts.plan not in (*self._tried, before.number):
            self.base_profile = facts.security_profile
        for failed in facts.failed:
            self.events += self._events_of(self._tried.get(failed.number), failed.failure)
        self._plan = self._tried.get(facts.plan, before)
        self.has_switched = self._plan.slot != before.slot
        profile = self.slots.get(self._plan.slot, {})
        if "basicAuthPassword" in profile and not self.has_switched and self._plan.password != before.password:
            self.slots[self._plan.slot] = {**profile, "basicAuthPassword": self._plan.password}

    def _events_of(self, plan: ConnectionPlan | None, failure: ConnectFailure) -> list[str]:
        version = 0 if self._version.generation == 1 else 1
        found = [failure.value[version]]
        if plan is not None and plan.pair is not None and plan.pair != self._plan.pair:
            found.append(DISCARDED if version else ConnectFailure.REJECTED.value[version])
        return [event for event in dict.fromkeys(found) if event and event not in self.events]

    def take_events(self) -> list[str]:
        """The security events that are not reported yet."""
        events, self.events = self.events, []
        return events

    def drop_lower_profiles(self) -> list[ConnectWith]:
        """Once the security profile has risen, forget the network profiles below it (2.x A05.FR.06)."""
        own, slots = self._configuration.by_place(PRIORITY), self._configuration.members(*PRIORITY[:2])
        kept = [name for name in slots if not self._lower(self._profile_of(int(name)))]
        self.slots = {slot: one for slot, one in self.slots.items() if not self._lower(self._profile_of(slot))}
        if own is None or not kept or kept == slots:
            return []
        self._configuration.set(own, ",".join(kept))
        return self.with_network_profiles()


def is_url(text: str, scheme: str) -> bool:
    """Whether it is a URL of this scheme, with a host and without what would change the identity."""
    parts = url_parts(text)
    is_whole = bool(parts.hostname) and parts.port != 0 and not parts.fragment
    return parts.scheme.lower() == scheme and is_whole and not any(c.isspace() or ord(c) < 32 for c in text)
