"""How a charge point and a central system answer and act by themselves: pure state machines."""
