"""The file with the tokens of the central system."""

from __future__ import annotations

from pathlib import Path

from ocpptui.simulator.token_table import TokenTable, WrongTokens, token_table


def read_tokens(path: Path) -> TokenTable:
    """The tokens in a file in TOML. Raises WrongTokens, which names the file."""
    try:
        return token_table(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongTokens(f"{path} cannot be read: {error}") from None
    except WrongTokens as error:
        raise WrongTokens(f"{path}: {error}") from None
