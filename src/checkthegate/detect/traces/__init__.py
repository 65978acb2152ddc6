"""What each generator leaves: one file a generator family, tags in, evidence out. Pure."""
