"""What we do to a photo: pure functions, arrays and records in, records out."""
