"""What staff read is German, also where a library brings its own pages."""

import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(
    r"\b(procrastinate|[Aa]ccess (?:log|attempt)s?|Access Log for|job|jobs|worker|args|history|Geschichte)\b"
)


def words_of(html: str) -> str:
    main = html.split("<body", 1)[1].split(">", 1)[1]
    return re.sub(r"<script.*?</script>|<[^>]+>", " ", main, flags=re.DOTALL)


@pytest.fixture
def boss() -> Client:
    return signed_in(staff(superuser=True, name="chefin"))


def test_every_model_in_the_admin_has_a_german_name() -> None:
    names = [
        f"{part}"
        for model in admin.site._registry
        for part in (
            model._meta.verbose_name,
            model._meta.verbose_name_plural,
            apps.get_app_config(model._meta.app_label).verbose_name,
        )
    ]

    assert [name for name in names if ENGLISH.search(name)] == []


def test_sign_ins_have_german_names(boss: Client) -> None:
    log = AccessLog.objects.create(username="chefin", attempt_time=timezone.now(), path_info="/konto/")
    AccessAttempt.objects.create(
        username="chefin", attempt_time=timezone.now(), path_info="/konto/", failures_since_start=1
    )

    for address in (
        reverse("admin:index"),
        reverse("admin:axes_accesslog_changelist"),
        reverse("admin:axes_accesslog_change", args=[log.pk]),
        reverse("admin:axes_accessattempt_changelist"),
    ):
        assert ENGLISH.findall(words_of(boss.get(address).content.decode())) == [], address
