"""What every picture is called: a layout's fields, and names that are safe and never shared."""
