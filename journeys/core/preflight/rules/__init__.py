"""The rules of preflight, one idea a file: each takes the scope and yields findings. They are named in the catalog."""
