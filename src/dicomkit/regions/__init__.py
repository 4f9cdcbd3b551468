"""Regions of a patient: segmentations and structure sets, as masks on a picture or a grid."""
