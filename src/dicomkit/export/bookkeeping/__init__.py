"""What became of everything: the manifest on disk and the report in memory."""
