"""What a dataset says: reading, typed attributes, frames."""
