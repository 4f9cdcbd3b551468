"""The only floor that writes: one image, or a whole exam."""
