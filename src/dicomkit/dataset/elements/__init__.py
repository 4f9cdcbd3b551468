"""Typed access to single elements."""
