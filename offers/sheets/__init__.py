"""Offers as a table: down to Excel, changed there, up again as proposals."""
