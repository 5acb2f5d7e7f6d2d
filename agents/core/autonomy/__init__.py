"""What keeps a person in control of a run: permissions, budgets, interrupts, hooks, questions. Links of the one chain."""
