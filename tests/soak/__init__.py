"""Damages the sample delivery at random and shows that damage never makes a verdict better."""
