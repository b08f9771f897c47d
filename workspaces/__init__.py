"""Where vendor and client work together."""
