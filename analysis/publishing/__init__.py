"""Pictures for publishing: both photos moved, scaled and cropped alike, and how fair the pair is."""
