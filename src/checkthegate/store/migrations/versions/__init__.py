"""One file for each version, oldest first; none is ever changed once released."""
