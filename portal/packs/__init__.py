"""Reading a city's pack of CSV files into the database; each app says in its `pack.py` which files it takes."""
