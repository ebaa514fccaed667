"""Parallels (design rule 8): which offers do nearly the same for the same people, why, and what was decided."""
