"""What agents remember between runs. Owns the port to conversations and the one in memory."""
