"""What is wrapped within the values of a payload: certificates, signed meter values, messages of vendors, URLs."""
