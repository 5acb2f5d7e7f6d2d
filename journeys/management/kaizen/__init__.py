"""Sub-commands of ``manage.py kaizen`` that belong to journeys."""
