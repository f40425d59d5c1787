"""The state of each charge point, derived from the records."""
