"""What every room needs at run time: tasks that end with their owner, and the clock."""
