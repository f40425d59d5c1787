"""Frames in a text of any kind: where each begins and ends, escaped, printed, damaged or over several lines."""
