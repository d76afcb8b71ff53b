"""Photos: received, kept, analysed, given back."""
