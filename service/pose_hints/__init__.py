"""What to change before a photo is taken, told while the camera still looks."""
