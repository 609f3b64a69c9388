"""The benchmarks, one file each, found by ``engine.registry.discover``."""
