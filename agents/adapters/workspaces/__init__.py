"""The folders of runs: what is reachable in them, how much fits, and how they are copied and removed."""
