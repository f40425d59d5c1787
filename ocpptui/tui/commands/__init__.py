"""All named commands of the screen and their keys: `command_registry` joins the tables, one for each group of places."""
