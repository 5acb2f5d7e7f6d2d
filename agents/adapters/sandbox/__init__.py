"""Running foreign programs where they can do no harm: bubblewrap, our own system call filter, and limits."""
