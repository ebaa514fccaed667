"""The portal as its web server runs it, for tests that kill it: files from where they lie, no limit on sendings."""

import os
from importlib import import_module

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

application = import_module("portal.wsgi").application  # only now: it reads the settings

vars(import_module("portal.rate")).update(SENDINGS_AN_HOUR=100_000, SENDINGS_OF_A_PAGE=100_000)
