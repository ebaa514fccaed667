"""Wegweiser: for each Sozialraum a booklet of all public offers, made by a job and kept as a PDF."""
