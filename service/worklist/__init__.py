"""What there is to do today: photos to take again, photos being analysed, visits that are due."""
