"""What meter values measure."""

from __future__ import annotations

MAX_EXPONENT = 30
"""Larger powers of ten than 10^30 are not measurements, and their product would overflow."""
LARGEST_WHOLE = 1e15
"""Up to it, a float keeps each whole number; a larger value is not translated as a number."""
ENERGY = "Energy.Active.Import.Register"
"""The default measurand of a sample (OCPP 1.6 section 7.46 SampledValue; 2.x Part 2 SampledValueType)."""
