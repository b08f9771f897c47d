"""Who they are and what we have with them."""
