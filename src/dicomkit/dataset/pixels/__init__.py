"""From pixel data elements to stored values."""
