"""The details of packets in XML (PDML), as `tshark -T pdml` and Wireshark's export write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from ocpptui.importing.files.text_stream import text_lines
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.lines.frame_finder import frames_in_text
from ocpptui.importing.objects.json_frames import frames_in
from ocpptui.importing.packets.packet_fields import WEBSOCKET
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.jsontext.lazy_pattern import lazily

LONGEST_PACKET = 64 * 2**20
"""Characters after which an unfinished packet is used as it is."""
_HEAD = lazily(rb"<pdml\b")
_TAG = lazily(r"<(?:(?P<layer>proto)|field)\s(?P<attributes>[^<>]*)>")
_ATTRIBUTE = lazily(r"\b(?P<key>name|show)=(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL)


class PacketDetails:
    """The reader for PDML."""

    name = "pdml"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return _HEAD.search(head) is not None and b"<packet" in head

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        for number, text in _packets(text_lines(material.stream)):
            found = list(frames_in(_layers(text), frames_in_text))
            for one in found:
                one.line = number
                yield one
            if found:
                tally.with_frame += 1
            else:
                tally.skip(number, "a packet")


def _packets(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The text of each packet, numbered from 1; also of one that the end of the file cuts."""
    pieces, size, number, inside = list[str](), 0, 0, False
    for _, line in lines:
        if "<packet>" in line:
            pieces, size, number, inside = [], 0, number + 1, True
        if inside:
            pieces.append(line)
            size += len(line)
        if inside and ("</packet>" in line or size > LONGEST_PACKET):
            yield number, "\n".join(pieces)
            pieces, inside = [], False
    if inside:
        yield number, "\n".join(pieces)


def _layers(text: str) -> dict[str, Any]:
    """The layers of a packet as its JSON has them."""
    layers: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for tag in _TAG.finditer(text):
        said = {match["key"]: unescape(match["value"]) for match in _ATTRIBUTE.finditer(tag["attributes"])}
        name, show = said.get("name", ""), said.get("show", "")
        if tag["layer"]:
            fields = {}
            known = layers.setdefault(name, fields)
            if known is not fields and name == WEBSOCKET:
                layers[name] = [*known, fields] if type(known) is list else [known, fields]
        elif name:
            fields.setdefault(name, show)
        elif show:
            fields[show.strip()] = ""
    return layers
