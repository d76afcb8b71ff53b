"""The benchmarks behind ``liftmark bench``."""
