"""The parts of the compose screen."""
