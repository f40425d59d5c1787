"""What logs and tables call a charge point and a central system: parts of expressions that ignore case.

The words of a noun may have a space, a hyphen or an underscore between them, or nothing. `cs` means either; who asks
decides what it means.
"""

from __future__ import annotations

CHARGE_POINT = r"(?:charg(?:e|ing)[ _-]?(?:point|station|box)|charger|wallbox|station|cp)"
"""A charge point by a word for nothing else."""
STATION = rf"(?:{CHARGE_POINT}|evse|client|device)"
"""The same, also by what it is to the central system."""
CENTRAL_SYSTEM = (
    r"(?:csms|central[ _-]?(?:system|server)|charging[ _-]?station[ _-]?management[ _-]?system|server|backend|cloud"
    r"|cms|cpo|platform)"
)
"""A central system."""
SERVER = rf"(?:[\w.-]{{0,40}}?{CENTRAL_SYSTEM}(?:[-_]?\d{{1,3}}|\.[a-z][a-z.-]{{0,40}})?)"
"""The same by a name that ends so, or with its number or host."""
