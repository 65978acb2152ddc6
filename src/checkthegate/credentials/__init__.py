"""C2PA credentials: read as evidence, and signed. The only importer of the C2PA library."""
