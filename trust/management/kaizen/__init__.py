"""Sub-commands of ``manage.py kaizen`` about people, organizations and keys."""
