"""`ocpptui send URL --sequence FILE`: each step in a line on standard output, up to the first surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.output import say, show

if TYPE_CHECKING:
    from ocpptui.compose.call_sequence import CallSequence
    from ocpptui.compose.sequence_run import SequenceOutcome
    from ocpptui.network.connection import Connection
    from ocpptui.session.session import Session


async def send_sequence(session: Session, connection: Connection, sequence: CallSequence) -> ExitCode:
    """Send all calls of a sequence; the exit code says how it ended."""
    from ocpptui.compose.sequence_run import SequenceRun
    from ocpptui.runtime.clock import now

    def tell(outcome: SequenceOutcome) -> None:
        if outcome.state.is_over:
            show(outcome.line)

    run = SequenceRun(session, connection.charge_point, sequence, now=now, tell=tell)
    state = await run.run()
    left = len(run.outcomes) - sum(one.state.is_over for one in run.outcomes)
    if left:
        say(f"stopped; {left:,} step{'s were' if left > 1 else ' was'} not sent")
    return SEQUENCE_CODES[state.value]


SEQUENCE_CODES = {
    "done": ExitCode.DONE,
    "surprise": ExitCode.FOUND,
    "wrong": ExitCode.USAGE,
    "not connected": ExitCode.NO_CONNECTION,
    "timed out": ExitCode.TIMED_OUT,
    "stopped": ExitCode.INTERRUPTED,
}
"""The exit code for the state in which a sequence ended."""
