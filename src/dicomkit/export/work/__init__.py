"""What is to be done for one instance, wherever it is done."""
