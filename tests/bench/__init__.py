"""How many pages a second, with 1,000 and 50,000 offers: `make bench`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
