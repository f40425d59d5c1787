"""The secrets of a message that the user has changed where they were masked."""

from __future__ import annotations

from ocpptui.jsontext.tokens import replaced, scalars


def with_secrets(edited: str, shown: str, original: str) -> str:
    """The edited text, with the secrets of the original at those places where it still says what was shown for them."""
    if shown == original:
        return edited
    secrets = {token.path: original[token.start : token.end] for token in scalars(original)}
    masks = {
        token.path: shown[token.start : token.end]
        for token in scalars(shown)
        if shown[token.start : token.end] != secrets.get(token.path)
    }
    return replaced(
        edited,
        (
            (token.start, token.end, secrets[token.path])
            for token in scalars(edited)
            if token.path in secrets and masks.get(token.path) == edited[token.start : token.end]
        ),
    )
