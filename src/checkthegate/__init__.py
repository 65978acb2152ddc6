"""Check the Gate: know, declare and prove the use of generative AI in a production."""

__version__ = "0.1.0"
