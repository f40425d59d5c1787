"""A JSON file that is part of a package."""

from __future__ import annotations

from typing import Any


def packaged_json(package: str, name: str) -> Any:
    """What the file says. `importlib.resources` is avoided: it takes longer to load than ten schemas."""
    import json
    from pkgutil import get_data

    data = get_data(package, name)
    assert data is not None
    return json.loads(data)
