"""What a central system asks of a charge point by everyday names, and the calls that this makes in each version."""
