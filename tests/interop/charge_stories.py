"""Complete charges, step by step: what people do, and every call that follows, in its order on the wire.

A step is one of

    driver: plug-in        somebody operates the charge point (`ocpptui.simulator.driver_side`)
    backend: start         the operator of the central system starts a charge, or stops the one that runs
    reading                the charge point sends a meter value of the running transaction
    offline reading        the same, measured while there was no connection
    delivered              nothing about the transaction waits any more
    anything else          a call, as `tests.kit.story` writes it; a call of the central system begins with <

With a bar, 1.6 has what is on its left, 2.x what is on its right; nothing there is nothing on the wire.
"""

from __future__ import annotations

from ocpptui.ocpp.version import Version

BOOTED = """
BootNotification | BootNotification PowerUp
StatusNotification Available |
"""
PLUGGED_IN = """
driver: plug-in
StatusNotification Preparing | StatusNotification Occupied
"""
CARD = """
driver: card
Authorize
StartTransaction | TransactionEvent Started Authorized
"""
CHARGES = """
StatusNotification Charging | TransactionEvent Updated ChargingStateChanged Charging
reading
"""
FINISHED = """
StatusNotification Finishing |
driver: unplug
StatusNotification Available
"""
CARD_STOPS = (
    """
driver: card
StopTransaction Local | TransactionEvent Ended StopAuthorized
"""
    + FINISHED
)
PULLED_OUT = """
driver: unplug
StopTransaction EVDisconnected | TransactionEvent Ended EVCommunicationLost
StatusNotification Available
"""
REMOTE_START = """
backend: start
< RemoteStartTransaction | < RequestStartTransaction
"""
REMOTE_STARTED = "StartTransaction | TransactionEvent Started RemoteStart"
REMOTE_STOP = (
    """
backend: stop
< RemoteStopTransaction | < RequestStopTransaction
StopTransaction Remote | TransactionEvent Ended RemoteStop
"""
    + FINISHED
)
OFFLINE = """
driver: offline
offline reading
driver: online
StatusNotification Available |
StatusNotification Charging |
delivered
"""
PLUG_AND_CHARGE = """
driver: plug-and-charge
StatusNotification Occupied
Authorize
TransactionEvent Started Authorized
"""

STORIES: dict[str, str] = {
    "boot": BOOTED + "StatusNotification Available\n",
    "card": PLUGGED_IN + CARD + CHARGES + CARD_STOPS,
    "card first": """
driver: card
| Authorize
| TransactionEvent Started Authorized
StatusNotification Preparing |
Authorize |
driver: plug-in
StartTransaction | StatusNotification Occupied
| TransactionEvent Updated CablePluggedIn
"""
    + CHARGES
    + CARD_STOPS,
    "remote start and stop": REMOTE_START
    + "StatusNotification Preparing | StatusNotification Occupied\n"
    + REMOTE_STARTED
    + CHARGES
    + REMOTE_STOP,
    "remote start of a car that is there": PLUGGED_IN + REMOTE_START + REMOTE_STARTED + CHARGES + REMOTE_STOP,
    "unplugging": PLUGGED_IN + CARD + CHARGES + PULLED_OUT,
    "fault": PLUGGED_IN
    + CARD
    + CHARGES
    + """
driver: fault GroundFailure
StatusNotification Faulted GroundFailure | StatusNotification Faulted
| NotifyEvent ElectricalFeed true
StopTransaction Other | TransactionEvent Ended AbnormalCondition
driver: repair
StatusNotification Finishing | StatusNotification Occupied
| NotifyEvent ElectricalFeed false
driver: unplug
StatusNotification Available
""",
    "full battery": """
driver: plug-in 99.998
StatusNotification Preparing | StatusNotification Occupied
"""
    + CARD
    + """
StatusNotification Charging | TransactionEvent Updated ChargingStateChanged Charging
StatusNotification SuspendedEV | TransactionEvent Updated ChargingStateChanged SuspendedEV
reading
"""
    + PULLED_OUT,
    "power loss": PLUGGED_IN
    + CARD
    + CHARGES
    + "driver: power-loss 0.1\n"
    + BOOTED
    + """
StatusNotification Preparing | StatusNotification Occupied
StopTransaction PowerLoss | TransactionEvent Ended AbnormalCondition
"""
    + CARD
    + CHARGES
    + CARD_STOPS,
    "offline": PLUGGED_IN + CARD + CHARGES + OFFLINE + CARD_STOPS,
    "offline in a remote charge": PLUGGED_IN + REMOTE_START + REMOTE_STARTED + CHARGES + OFFLINE + REMOTE_STOP,
}
"""In every version."""

CONTRACT_STORIES = {
    "plug and charge": PLUG_AND_CHARGE + CHARGES + PULLED_OUT,
    "plug and charge, remote stop": PLUG_AND_CHARGE + CHARGES + REMOTE_STOP,
    "plug and charge, offline": PLUG_AND_CHARGE + CHARGES + OFFLINE + PULLED_OUT,
}
"""With a contract in the car, which 1.6 does not have."""

_LOST = {"conn.abnormal-close", "conn.lost-in-transaction"}
FINDINGS = {
    "fault": {"status.fault", "status.fault-in-transaction"},
    "power loss": _LOST,
    "offline": _LOST,
    "offline in a remote charge": _LOST,
    "plug and charge, offline": _LOST,
}
"""What `ocpptui check` has to warn of, since it is what the story is about. It warns of nothing else."""


def steps_of(name: str, version: Version) -> list[str]:
    """The steps of a story in a version, after the boot."""
    lines = {**STORIES, **CONTRACT_STORIES}[name].strip().splitlines()
    chosen = [line.partition("|")[0 if version is Version.V16 else 2] if "|" in line else line for line in lines]
    return [step.strip() for step in chosen if step.strip()]


def stories(version: Version) -> list[str]:
    """The names of the stories that a version can tell."""
    return [*list(STORIES)[1:], *(CONTRACT_STORIES if version is not Version.V16 else ())]
