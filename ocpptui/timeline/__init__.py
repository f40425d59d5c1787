"""What happened: records, their order, which answer belongs to which call, and the filter language."""
