"""Every test of the screen is the same on a busy machine, also one that drives an application of its own."""

from __future__ import annotations

import tests.kit.steady_screen  # noqa: F401  it replaces what Textual waits for
