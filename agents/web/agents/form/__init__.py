"""An agent's draft as an HTML form and back. A control's name is the path of what it edits, as problems name it."""
