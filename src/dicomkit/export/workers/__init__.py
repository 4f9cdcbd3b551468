"""Who does it: this process, worker processes, an executor."""
