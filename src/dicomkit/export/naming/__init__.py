"""What every picture is called: fields, safe names, and the whole exam on paper."""
