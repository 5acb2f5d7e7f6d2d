"""How a new value of a context field joins the old one: the rules by name, one function each."""
