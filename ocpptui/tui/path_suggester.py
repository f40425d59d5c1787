"""Completion of file paths while the user types."""

from __future__ import annotations

import asyncio
import os

from textual.suggester import Suggester

from ocpptui.runtime.portable_files import path_of_user


class PathSuggester(Suggester):
    """Suggests the first name in the folder that starts with the typed text; folders end with a slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value)


def completed(value: str) -> str | None:
    """The path with its last part completed; None if nothing fits or there is nothing to complete."""
    folder, _, begun = value.rpartition("/")
    if not begun:
        return None
    place = path_of_user(f"{folder}/") if "/" in value else "."
    try:
        with os.scandir(place) as entries:
            names = sorted(entry.name + "/" * entry.is_dir() for entry in entries if entry.name.startswith(begun))
    except OSError:
        return None
    return value + names[0][len(begun) :] if names else None
