"""Plausible made-up offers, for tests of scale; marked so that nobody takes them for facts."""
