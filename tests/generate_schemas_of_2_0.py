"""The JSON Schemas of OCPP 2.0, made from a release of the `ocpp` package that still has them.

    pip download --no-deps ocpp==0.26.0
    python -m tests.generate_schemas_of_2_0 ocpp-0.26.0-py3-none-any.whl

writes `ocpptui/ocpp/schemas_2.0/`: the schemas without what no validator reads. OCPP 2.0 was withdrawn by its makers,
and `ocpp` 1.0 dropped it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

FOLDER = Path(__file__).parent.parent / "ocpptui" / "ocpp" / "schemas_2.0"

_WITHIN = "ocpp/v20/schemas/"
_ENDING = "_v1p0.json"
_WITHOUT_EFFECT = ("comment", "javaType")


def main(wheel: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with ZipFile(wheel) as release:
        for name in release.namelist():
            if name.startswith(_WITHIN) and name.endswith(_ENDING):
                schema = json.loads(release.read(name).decode("utf-8-sig"))
                text = json.dumps(_bare(schema), separators=(",", ":")) + "\n"
                (FOLDER / f"{name[len(_WITHIN) : -len(_ENDING)]}.json").write_text(text, newline="\n")


def _bare(node: Any, *, are_names: bool = False) -> Any:
    """A schema without what has no effect. The keys below `properties` and `definitions` are names."""
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        # Some references of the files lack a slash, so that no validator can follow them.
        return node.replace("#definitions/", "#/definitions/") if isinstance(node, str) else node
    return {
        key: _bare(value, are_names=not are_names and key in ("properties", "definitions"))
        for key, value in node.items()
        if are_names or key not in _WITHOUT_EFFECT
    }


if __name__ == "__main__":
    main(sys.argv[1])
