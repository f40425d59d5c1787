"""ocpptui: the debugger for OCPP in the terminal."""

__version__ = "0.1.0"
