"""What a series' page, PDF and table tell, in words and drawings, before any of them is laid out."""
