"""Models that run in this process from weights on disk: a small chat model and sentence embeddings."""
