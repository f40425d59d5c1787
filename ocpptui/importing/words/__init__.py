"""What words in a file mean: parties, actions, versions, connections; and the shapes of texts."""
