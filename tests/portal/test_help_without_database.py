"""Who needs help now gets the numbers, whatever else is broken."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

ASK = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
client.cookies["sessionid"] = "a" * 32
answer = client.get("/soforthilfe/")
print(answer.status_code, "tel:112" in answer.content.decode(), client.get("/readyz").status_code)
"""


def test_the_page_asks_the_database_nothing(client: Client) -> None:
    """This test may not touch the database: pytest-django refuses it."""
    page = client.get("/soforthilfe/").content.decode()

    for number in ("tel:112", "tel:110", "tel:116111", "tel:08001110550", "tel:116016", "tel:116117"):
        assert number in page


@pytest.mark.slow
def test_the_page_answers_while_the_database_is_down() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/gone",
        "VAR_DIR": str(settings.VAR_DIR),
        "PORTAL_DEBUG": "true",
    }
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert done.stdout.split() == ["200", "True", "503"], done.stderr[-2000:]
