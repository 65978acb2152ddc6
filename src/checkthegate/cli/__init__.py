"""One file a command: parse, call app, print."""
