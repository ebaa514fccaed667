"""WSGI entry for the production server."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from portal.encoding import always_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# No visitor may keep the database busy for longer; commands and jobs have no such limit.
settings.DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=10s"

application = always_utf8(get_wsgi_application())
resolve("/")  # brings in all views
gc.collect()
gc.freeze()  # what is loaded by now stays; looking through it again and again makes single requests slow
