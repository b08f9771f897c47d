"""What a brief is made of, section by section. Each question has its limit; none looks at more for a longer history than it shows."""
