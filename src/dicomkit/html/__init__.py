"""The pieces that values show themselves with in a notebook."""
