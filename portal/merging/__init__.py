"""Several rows for one and the same thing become one; everything that pointed to the others points to it."""
