"""A recording as a plan of steps, run against a live peer."""
