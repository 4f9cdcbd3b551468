"""A dataset for people to look through: rows, columns, a tree."""
