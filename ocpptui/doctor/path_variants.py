"""Other ways of writing the path and the id of a charge point, tried when the first is unknown to the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlunsplit

from ocpptui.ocpp.identity import path_segment
from ocpptui.ocpp.service_types import CENTRAL_SYSTEM
from ocpptui.ocpp.url_parts import url_parts

MOST = 8
"""How many are tried at most."""


class PathVariant(NamedTuple):
    """One other URL."""

    url: str
    what: str
    """What is different in it."""


def path_variants(url: str, charge_point: str) -> list[PathVariant]:
    """Other URLs for the same charge point, the likely ones first, without the one that was requested."""
    parts = url_parts(url)
    seen, found = {parts.path}, []
    for path, what in _paths(parts.path, charge_point):
        if path not in seen:
            seen.add(path)
            found.append(PathVariant(urlunsplit(parts._replace(path=path)), what))
    return found[:MOST]


def service_variants(url: str, charge_point: str) -> list[PathVariant]:
    """Other URLs for the service of OCPP-S, the likely ones first, without the one that was requested."""
    parts = url_parts(url)
    seen, found = {urlunsplit(parts)}, []
    for path, what in _service_paths(parts.path, parts.query, charge_point):
        other = urlunsplit(parts._replace(path=path, query=""))
        if other not in seen:
            seen.add(other)
            found.append(PathVariant(other, what))
    return found[:MOST]


def _service_paths(path: str, query: str, charge_point: str) -> Iterator[tuple[str, str]]:
    if query:
        yield path, "without the query"
    bare = path.rstrip("/")
    if path.endswith("/") and bare:
        yield bare, "without the slash at its end"
    if "//" in path:
        yield _SLASHES.sub("/", path), "with single slashes"
    base = bare.removesuffix(f"/{path_segment(charge_point)}")
    if base != bare:
        yield base or "/", "without the id, which is in the envelope"
    if not base.endswith(f"/{CENTRAL_SYSTEM}"):
        yield f"{base}/{CENTRAL_SYSTEM}", "with the name of the service at its end"
        yield f"{base}/services/{CENTRAL_SYSTEM}", "with the name of the service among services"
    yield f"{bare}/", "with a slash at its end"
    yield f"/{CENTRAL_SYSTEM}", "with the name of the service alone"


def _paths(path: str, charge_point: str) -> Iterator[tuple[str, str]]:
    encoded = path_segment(charge_point)
    bare = path.rstrip("/")
    if path.endswith("/"):
        yield bare, "without the slash at its end"
    if "//" in path:
        yield _SLASHES.sub("/", path), "with single slashes"
    base = bare.removesuffix(f"/{encoded}")
    if base != bare:
        if base.endswith(f"/{encoded}"):
            yield base, "with the id once"
        plain = quote(charge_point, safe="/:@!$&'()*+,;=~")
        if plain != encoded:
            yield f"{base}/{plain}", "with as little of the id percent-encoded as possible"
        yield f"{bare}/", "with a slash at its end"
        yield f"{bare}/{encoded}", "with the id twice"
        yield base or "/", "without the id"
        if "/" in base.strip("/"):
            yield f"{base.rpartition('/')[0]}/{encoded}", "without the segment before the id"
        if base:
            yield f"/{encoded}", "with the id alone"
        yield f"{base}//{encoded}", "with two slashes before the id"
    else:
        yield f"{bare}/{encoded}", "with the id at its end"
        yield f"{bare}/", "with a slash at its end"


_SLASHES = re.compile(r"/{2,}")
