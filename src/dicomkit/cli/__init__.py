"""What the commands need: words parsed, pictures for a terminal, results as documents."""
