"""What a message of one version would be in another, and what gets lost: pure, and never on the wire by itself."""
