"""WSGI entry for the production server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal.encoding import always_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# No visitor may keep the database busy for longer; commands and jobs have no such limit.
settings.DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=10s"

application = always_utf8(get_wsgi_application())
