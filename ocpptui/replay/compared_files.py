"""Two files read and compared while the screen goes on with other things.

The timelines are read anew, so that the comparison shares nothing with the session that asks for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.recording.file_errors import RecordingError
from ocpptui.replay.plan import PlanError
from ocpptui.replay.recording_diff import Diff, Divergence, diff
from ocpptui.replay.side_by_side import Line, side_by_side
from ocpptui.session.file_session import FileSession

if TYPE_CHECKING:
    from ocpptui.importing.reader import ImportOptions

READ_AT_ONCE = 0.2
"""Seconds of reading between two looks whether the comparison is still wanted."""


class NotComparableError(ValueError):
    """The files cannot be compared; the message is a sentence."""


@dataclass(slots=True)
class ComparedFiles:
    """Both files and how the second differs. `close` it."""

    first: FileSession
    second: FileSession
    result: Diff

    @property
    def summary(self) -> list[str]:
        """How many differences there are, and which ids were taken for the same."""
        *ids, counted = self.result.to_text().splitlines()[-len(self.result.ids) - 1 :]
        return [counted, *ids]

    def lines(self, divergence: Divergence) -> list[Line]:
        """The two messages of a difference, side by side."""
        one = None if divergence.first is None else self.first.session.timeline.frame(divergence.first)
        other = None if divergence.second is None else self.second.session.timeline.frame(divergence.second)
        return side_by_side(one, other, divergence.differences)

    async def close(self) -> None:
        await self.first.close()
        await self.second.close()


def compared_files(
    first: Sequence[Path],
    choices: ImportOptions | None,
    second: Path,
    wanted: threading.Event,
    *,
    keep_secrets: bool = False,
) -> ComparedFiles | None:
    """Read and compare, in a thread without an event loop; None if `wanted` was cleared meanwhile.

    Raises NotComparableError.
    """
    openings: list[FileSession] = []
    compared: ComparedFiles | None = None
    try:
        for paths, options in ((first, choices), ((second,), None)):
            opening = FileSession(paths, options, keep_secrets=keep_secrets, diagnoses=False)
            openings.append(opening)
            while not opening.advance(READ_AT_ONCE):
                if not wanted.is_set():
                    return None
                if opening.idle:
                    break  # a file that still grows, as far as it has come
            while not opening.find_secrets(READ_AT_ONCE):
                if not wanted.is_set():
                    return None
            if opening.failures:
                raise NotComparableError(" ".join(f"{failure.rstrip('.')}." for failure in opening.failures))
        here, there = openings
        result = diff(here.session.timeline, there.session.timeline)
        compared = ComparedFiles(here, there, result) if wanted.is_set() else None
        return compared
    except (RecordingError, PlanError) as error:
        words = str(error)
        raise NotComparableError(f"{words[:1].upper()}{words[1:]}.") from None
    finally:
        if compared is None:
            for opening in openings:
                asyncio.run(opening.close())
