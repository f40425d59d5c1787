"""JSON as text: the position of each value, lossless, even if the text is only nearly JSON."""
