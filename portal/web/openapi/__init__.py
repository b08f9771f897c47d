"""The description of the API: made of what is declared anyway, served from memory, readable at /api/docs."""
