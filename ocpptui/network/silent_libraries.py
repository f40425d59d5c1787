"""Keeps libraries from writing to the terminal: what matters becomes a record."""

from __future__ import annotations

import logging  # noqa: TID251 - to silence it


def silent_logger(name: str) -> logging.Logger:
    """The logger of this name, which writes nothing."""
    logger = logging.getLogger(name)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)
    return logger
