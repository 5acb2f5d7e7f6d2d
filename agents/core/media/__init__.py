"""Files as inputs of agents: which kinds there are, how big they may be, and how their bytes reach a model call."""
