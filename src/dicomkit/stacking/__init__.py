"""Which slices make up a volume: from what headers say to stacks with one grid each."""
