"""What is wrong with a record, and why: the only place that decides it."""
