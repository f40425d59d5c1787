"""What every package needs at run time: tasks that end with their owner, and the clock."""
