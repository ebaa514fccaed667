"""Suggestions while somebody types: topics, offers, partners, places."""
