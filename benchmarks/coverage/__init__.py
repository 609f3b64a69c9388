"""Every model there is: opened, inspected, profiled, or the message; ``python -m benchmarks.coverage``."""
