"""How it is remembered."""
