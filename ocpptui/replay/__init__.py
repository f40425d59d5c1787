"""Replay: a recording becomes a plan of steps, which is run against a live peer."""
