"""The rules, one file per theme. A new rule goes into the file of its theme, a new theme into `diagnosis.registry`."""
