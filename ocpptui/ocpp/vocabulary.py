"""The words of OCPP itself: they are in every log, and none of them identifies anyone or is worth hiding."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version


def is_word_of_ocpp(word: str) -> bool:
    """Whether a word is an action, the name of a field or one of its values in any version; case makes no difference.

    The first question takes some tenths of a second, since it reads all schemas.
    """
    return word.casefold() in _words()


@cache
def _words() -> frozenset[str]:
    found: set[str] = set()
    for version in Version:
        for action in actions(version):
            found.add(action.name.casefold())
            for part in Part:
                tree = field_tree(version, action.name, part)
                if tree is not None:
                    found.update(word.casefold() for word in _words_of(tree))
    return frozenset(found)


def _words_of(field: Field) -> Iterator[str]:
    yield from field.enum or ()
    for inner in (*field.fields, *([field.item] if field.item is not None else ())):
        yield inner.name
        yield from _words_of(inner)
