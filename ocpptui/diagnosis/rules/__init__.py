"""The rules, one file a theme. A new rule goes into the file of its theme, a new theme into `diagnosis.registry`."""
