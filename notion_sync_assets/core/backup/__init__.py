"""One file that holds all of an export that cannot be made again, and the way back from it."""
