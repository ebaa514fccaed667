"""Signing in, who works for which organisation, and the frame of „Mein Bereich“."""
