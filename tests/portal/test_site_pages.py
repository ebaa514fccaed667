"""Site pages say what they must, operations answer, error pages stand on their own feet."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.city import city
from portal.views import server_error

OUTSIDE = {".venv", "node_modules", "var", "tests", "data"}


def page(client: Client, name: str) -> str:
    response = client.get(reverse(f"portal:{name}"))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize(
    "link",
    ["tel:112", "tel:110", "tel:116111", "tel:08001110550", "tel:116016", "tel:08001110111", "tel:116117"],
)
def test_help_page_links_every_number(client: Client, link: str) -> None:
    assert f'href="{link}"' in page(client, "help")


def test_about_tells_the_programme(client: Client) -> None:
    text = page(client, "about")

    for subject in ("Gleichstellung", "Integration", "Leben im Alter", "Familien", "Engagement", "Inklusion"):
        assert subject in text
    assert "direkt zum Oberbürgermeister" in text
    assert "7. Mai 2012" in text
    assert "einstimmig" in text
    for municipality in ("Arnsberg", "Kreis Düren", "Mönchengladbach", "Wuppertal"):
        assert f"<li>{municipality}</li>" in text
    assert "Familienhebamme" in text
    assert f'href="{reverse("offers:submit")}"' in text
    assert "chancengleichheit@oberhausen.de" in text


@pytest.mark.parametrize("name", ["about", "imprint", "privacy", "accessibility"])
def test_mail_addresses_are_function_mailboxes(client: Client, name: str) -> None:
    """First name, dot, surname before the @ would be a person's own address."""
    addresses = re.findall(r"[\w.+-]+@[\w-]+\.\w+", page(client, name))

    assert addresses
    assert [address for address in addresses if "." in address.split("@")[0]] == []


@pytest.mark.parametrize(
    "name", ["about", "help", "imprint", "privacy", "accessibility", "easy_language", "sign_language"]
)
def test_gaps_are_marked_and_every_page_leads_to_help(client: Client, name: str) -> None:
    text = page(client, name)

    assert 'class="gap"' in text
    assert f'href="{reverse("portal:help")}"' in text


def test_accessibility_names_the_law_the_way_to_report_and_the_ombudsperson(client: Client) -> None:
    text = page(client, "accessibility")

    assert "BITVNRW" in text
    assert "mailto:chancengleichheit@oberhausen.de?subject=" in text
    assert "https://lbbp.nrw.de/ombudsstelle" in text


def test_easy_language_has_short_sentences(client: Client) -> None:
    main = page(client, "easy_language").split("<main", 1)[1].split("</main>", 1)[0]
    lines = [re.sub(r"<[^>]+>", "", line).strip() for line in re.split(r"<br>|</p>|</li>|</h\d>", main)]
    sentences = [line for line in lines if line and "Prüf-Gruppe" not in line]

    too_long = [line for line in sentences if len(line.split()) > 10]
    assert too_long == []
    assert "Noch keine Prüf-Gruppe" in main


def test_health_asks_no_database(client: Client) -> None:
    response = client.get("/healthz")  # without the mark for database tests, any query would fail

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readiness_depends_on_the_database(client: Client) -> None:
    assert client.get("/readyz").status_code == 200

    def broken(*args: Any) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert b"gone" not in response.content


def test_robots_keeps_search_engines_out_of_staff_pages(client: Client) -> None:
    response = client.get("/robots.txt")

    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /admin/" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/portal.css", 200),
        ("/static/favicon.svg", 200),
        ("/robots.txt", 200),
        ("/nirgends/", 404),
        ("/partner", 301),
        ("/admin/", 302),
        ("/konto/anmelden/redaktion/", 200),
    ],
)
@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy(client: Client, path: str, status: int) -> None:
    response = client.get(path)
    response.close()  # a file of its own
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == status
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_unknown_address_is_a_branded_404(client: Client) -> None:
    response = client.get("/gibt-es-nicht/")

    assert response.status_code == 404
    assert "Diese Seite gibt es nicht" in response.content.decode()
    assert f'href="{reverse("offers:list")}"' in response.content.decode()


def test_500_needs_neither_database_nor_context_processors(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))  # no session, no user, no database mark

    text = response.content.decode()
    assert response.status_code == 500
    assert "etwas schiefgegangen" in text
    assert city()["office_phone"] in text
    assert "portal" in text


def test_own_styles_stay_small() -> None:
    assert (settings.BASE_DIR / "static" / "portal.css").stat().st_size <= 10_000


@pytest.mark.slow
def test_no_program_code_names_the_city() -> None:
    name = city()["name"].lower()
    files = [
        file
        for file in Path(settings.BASE_DIR).rglob("*.py")
        if not OUTSIDE & set(file.relative_to(settings.BASE_DIR).parts)
    ]
    naming = [str(file.relative_to(settings.BASE_DIR)) for file in files if name in file.read_text().lower()]

    assert len(files) > 20
    assert naming == []
