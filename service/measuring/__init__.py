"""What every measuring job must know beyond pixels, and having things measured anew when that changes."""
