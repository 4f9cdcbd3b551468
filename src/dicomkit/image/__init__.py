"""An opened image: its description, its frames, what the file says of each, its values."""
