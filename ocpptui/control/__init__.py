"""What a script asks of a running session, over a socket of its user."""
