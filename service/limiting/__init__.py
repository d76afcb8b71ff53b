"""How much of the service one clinic may take, so that another one does not notice."""
