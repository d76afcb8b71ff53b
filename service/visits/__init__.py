"""Days on which photos were taken."""
