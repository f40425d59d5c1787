"""What happened: records, their order, and which answer belongs to which call."""
