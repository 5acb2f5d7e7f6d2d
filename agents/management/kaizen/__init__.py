"""Sub-commands of ``manage.py kaizen`` about agents, runs and tools."""
