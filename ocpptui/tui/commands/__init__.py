"""All named commands of the screen with their keys: `command_registry` joins tables, one for each group of places."""
