"""A dataset's way to a picture."""
