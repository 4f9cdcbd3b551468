"""What every picture is called: the fields of a layout, and names that are safe and never shared."""
