"""What else may explain a change: recorded by the clinic, from the catalogue of kinds."""
