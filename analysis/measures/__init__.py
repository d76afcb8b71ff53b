"""One module a family of measures; none knows of another."""
