"""Declarations read back from Python source without running it: a small reader of our own words, nothing else."""
