"""How hypothesis looks for examples: the same ones each time, however busy the machine is.

`--hypothesis-profile explore` looks for others, many more of them.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("same")
