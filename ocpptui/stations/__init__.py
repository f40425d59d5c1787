"""What the records say of each charge point."""
