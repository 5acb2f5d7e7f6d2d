"""MCP: connections to servers of others, and our own tools served to others. The SDK is loaded with the first connection."""
