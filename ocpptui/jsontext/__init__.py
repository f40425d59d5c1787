"""JSON as text: where each value stands, lossless, also where the text is only nearly JSON."""
