"""From bytes to a dataset: a file's front, its elements, and what stays in the file."""
