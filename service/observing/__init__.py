"""What an operator sees of the service: figures and log lines, in which nobody can be found."""
