"""Steering: where help is missing, what ends soon, what families look for in vain, and the report about it."""
