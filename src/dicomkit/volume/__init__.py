"""Stacks and volumes: many frames with one geometry."""
