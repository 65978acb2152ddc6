"""Runs work: in this process or in a pool of processes that may crash or hang."""
