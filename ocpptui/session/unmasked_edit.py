"""The secrets of a message that the user has changed where they were masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ocpptui.jsontext.tokens import replaced, scalars
from ocpptui.ocpp.xml_elements import XmlElement, xml_elements


def with_secrets(edited: str, shown: str, original: str) -> str:
    """The edited text, JSON or an envelope, with the secrets of the original at those places where it still says what
    was shown for them."""
    if shown == original:
        return edited
    secrets = {path: original[start:end] for path, start, end in _values(original)}
    masks = {path: shown[start:end] for path, start, end in _values(shown) if shown[start:end] != secrets.get(path)}
    return replaced(
        edited,
        (
            (start, end, secrets[path])
            for path, start, end in _values(edited)
            if path in secrets and masks.get(path) == edited[start:end]
        ),
    )


def _values(text: str) -> Iterator[tuple[object, int, int]]:
    """The values of a text: where each is in its tree, and its characters."""
    if text.lstrip().startswith("<"):
        yield from _contents(xml_elements(text), ())
    else:
        yield from ((token.path, token.start, token.end) for token in scalars(text))


def _contents(elements: list[XmlElement], above: tuple[tuple[str, int], ...]) -> Iterator[tuple[object, int, int]]:
    """The contents of the elements that have no others in them."""
    seen: Counter[str] = Counter()
    for element in elements:
        path = (*above, (element.name, seen[element.name]))
        seen[element.name] += 1
        if element.children:
            yield from _contents(element.children, path)
        else:
            yield path, element.content, element.content_end
