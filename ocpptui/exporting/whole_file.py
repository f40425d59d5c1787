"""A file that appears when it is complete, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which only its owner can read; after an exception `path` is as it was. Raises OSError."""
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("wb") as out:
            yield out
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
