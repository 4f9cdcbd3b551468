"""Walking a File-set: a DICOMDIR or a plain folder."""
