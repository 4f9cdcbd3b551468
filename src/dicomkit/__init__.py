"""DICOM from disk to numbers and to pictures."""
