"""Where generators leave their marks: one file a carrier, reading tags out of bytes."""
