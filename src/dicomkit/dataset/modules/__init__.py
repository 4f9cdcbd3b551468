"""What a picture depends on: one of the standard's modules and macros a file."""
