"""Line-based logs: frames anywhere in a line, after any prefix."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from itertools import islice
from threading import Thread

from ocpptui.importing.files.text_stream import LineSplitter
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import FrameFinder
from ocpptui.importing.lines.partial_lines import PartialLines
from ocpptui.importing.reader import ImportOptions, Material, Pause, ReaderStep, grown_blocks
from ocpptui.importing.row_order import log_oldest_first
from ocpptui.importing.texts.terminal_colours import ColouredBlocks
from ocpptui.ocpp.version import Transport

LONG = 2**18
"""Characters of a line; a longer one takes so long that a thread reads it."""
PORTION = 100
"""How many lines are read before the caller can look at the clock."""


class LogLines:
    """The reader for logs of lines, and for every file that is of no other format."""

    name = "log"
    grows = True

    def detects(self, head: bytes, name: str) -> bool:
        return True

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[ReaderStep]:
        steps = self._steps(material, tally, options)
        has_end = (material.path is not None or material.in_archive) and not options.follow
        return log_oldest_first(steps, tally) if has_end else steps

    def _steps(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[ReaderStep]:
        blocks, is_anew = grown_blocks(material, options), True
        while is_anew:
            is_anew = False
            finder, splitter, pieces = FrameFinder(tally, finds_events=True), LineSplitter(), PartialLines(tally)
            finder.may_be_coloured, colours = False, ColouredBlocks()
            for block in blocks:
                if block is Pause.ANEW:
                    is_anew = True
                    break
                if isinstance(block, Pause):
                    yield block
                else:
                    lines = splitter.take(block)
                    if pieces.concerns(block):
                        lines = pieces.take(lines)
                        finder.may_be_coloured = True  # two pieces may make one
                    elif not finder.may_be_coloured:
                        finder.may_be_coloured = colours.concern(block)
                    yield from _frames(finder, lines)
            yield from _frames(finder, pieces.take(splitter.finish()))
            yield from _frames(finder, pieces.finish())
            yield list(finder.finish())


def _frames(finder: FrameFinder, lines: Iterator[tuple[int, str]]) -> Iterator[ReaderStep]:
    """The frames in some lines, in portions that take some milliseconds."""
    while portion := list(islice(lines, PORTION)):
        found = list[FoundFrame]()
        for number, line in portion:
            if len(line) > LONG:
                yield found
                found = []
                yield from _aside(finder, number, line)
            else:
                found += finder.take(number, line)
        yield found


def _aside(finder: FrameFinder, number: int, line: str) -> Iterator[ReaderStep]:
    """The frames in a long line, which a thread reads while the caller goes on."""
    found: Future[list[FoundFrame]] = Future()

    def read() -> None:
        try:
            found.set_result(_read_frames(finder, number, line))
        except BaseException as error:
            found.set_exception(error)

    Thread(target=read, name=f"line {number}", daemon=True).start()  # whose end nobody has to await
    while not found.done():
        with suppress(TimeoutError):
            found.exception(0.01)
        yield Pause.WAITING
    yield found.result()


def _read_frames(finder: FrameFinder, number: int, line: str) -> list[FoundFrame]:
    """The frames that end in a long line, read already."""
    found = list(finder.take(number, line))
    for one in found:
        if one.transport is Transport.JSON:  # the id of an envelope may be found later
            one.frame = one.read()
    return found
