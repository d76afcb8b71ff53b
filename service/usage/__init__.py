"""What a clinic uses, and what it may."""
