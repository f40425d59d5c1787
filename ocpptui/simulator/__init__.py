"""What a charge point and a central system answer and do by themselves: pure state machines."""
