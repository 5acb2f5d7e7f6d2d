"""Pages of agents: the list, building one, trying its draft, its versions and its end."""
