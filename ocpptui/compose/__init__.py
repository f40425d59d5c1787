"""What a person is writing: draft, fields, history, assignments."""
