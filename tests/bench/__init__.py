"""How many pages a second, with 1,000, 50,000 and 200,000 offers: `make bench` (about ten minutes)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
