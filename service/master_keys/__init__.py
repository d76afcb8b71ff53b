"""What hangs on the master key beside the subjects' own keys, and how it is replaced by another one."""
