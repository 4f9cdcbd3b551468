"""Compressed frames: bytes in, arrays out. Nothing here has seen a dataset or a tag."""
