"""The rules of OCPP-J, pure: no input or output, no event loop, no clock."""
