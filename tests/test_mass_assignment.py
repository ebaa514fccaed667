"""No form takes more than it asks for: all fields of all models and random names are sent along and change nothing.

The forms are found: on every page of the URL configuration, for the first role that may open it. Whatever takes a POST
is sent to, every form class of the project must have been sent in full, and every form must have had its effect.
"""

import random
import re
import string
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files import File
from django.db import transaction
from django.forms.forms import BaseForm
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from networks.models import Meeting
from offers.models import Offer, UploadedSheet
from offers.proposals import snapshot
from offers.submission.draft import KNOWN
from tests.access import World
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import quarter
from tests.posting import Case, browser, forms_in, sendings
from tests.rows import Rows

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOSTILE = {
    "status": "published", "role": "verwaltung", "is_superuser": "on", "is_staff": "on", "email": "a@example.org",
}  # fmt: skip
ALSO: dict[str, set[str]] = {  # what the form asks for in another state
    "offers:submit": KNOWN,
    "admin:offers_errorreport_change": {"reason", "block"},  # with an address to write to
}
WITHOUT_EFFECT = {
    "admin:logout",  # sessions are not compared
    "mfa_add_webauthn",  # needs a device: tests/browser/test_workspace.py
    "mfa_deactivate_totp",  # the last second factor stays
}
HALFWAY = {  # need a device, or a sign-in that has begun; they store nothing that is typed but a name
    "AddPasskeyForm", "MailCodeForm", "RenamePasskeyForm", "SecondFactorForm", "SetUpAppForm",
}  # fmt: skip
OURS = ("portal.", "partners.", "networks.", "offers.")


def junk(names: set[str]) -> dict[str, str]:
    """Every field of every model and 50 random names, also as rows inside the form, but those the form itself has."""
    dice = random.Random(7)
    fields = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    columns = {f"{name}_id" for name in fields}
    chance = {"".join(dice.choices(string.ascii_lowercase + "_-[]0123456789", k=9)) for _unused in range(50)}
    rows = [found[1] for name in names if (found := re.fullmatch(r"(.+)-TOTAL_FORMS", name))]
    inside = {f"{prefix}-0-{name}" for prefix in rows for name in fields | columns}
    wanted = (fields | columns | chance | inside | HOSTILE.keys()) - names
    return {name: HOSTILE.get(name.rpartition("-")[2], "1") for name in sorted(wanted)}


class Sender:
    """Sends each case twice, with and without what nobody asked for, and takes everything back."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.rows = world, Rows()
        self.whole: set[type[Any]] = set()  # form classes that were sent in full
        self.without_effect: dict[str, str] = {}  # what its forms complained of; "" when one had its effect
        self.errors: dict[str, Any] = {}
        self.complaints: list[str] = []
        clean = BaseForm.full_clean

        def noted(form: Any) -> None:
            clean(form)
            if form.is_bound and not form.errors:
                self.whole.update(type(form).__mro__)
            elif form.is_bound:
                self.errors = {type(form).__name__: form.errors.get_json_data()}

        monkeypatch.setattr(BaseForm, "full_clean", noted)

    def send(self, case: Case) -> list[Case]:
        """Returns the forms that stand in the answer: a second step, perhaps."""
        self.errors = {}
        values = case.values()
        names = {*(case.form.names if case.form else ()), *values}
        names |= ALSO.get(case.address, set())
        extra = junk(names)
        assert len(extra) > 200
        answer, *plain = self._after(case, values)
        _answer, *more = self._after(case, {**extra, **case.values()})  # a file is read once only
        if case.form and plain[0] == 200 and not plain[1] and not case.address.endswith("_changelist"):
            self.without_effect.setdefault(case.address, f"{self.errors}")
        else:
            self.without_effect[case.address] = ""
        if more != plain:
            lost, new = sorted(plain[1] - more[1]), sorted(more[1] - plain[1])
            self.complaints.append(f"{case.address} {case.button}: {plain[0]} {more[0]} without {lost} with {new}")
        return list(forms_in(answer, case.role, case.path))

    def _after(self, case: Case, values: dict[str, Any]) -> tuple[Any, int, Any]:
        cache.clear()
        with transaction.atomic():
            writes = self.rows.writes()
            answer = posted(browser(self.world, case.role), case.path, values)
            changed = self.rows.changed(writes)
            transaction.set_rollback(True)
        return answer, answer.status_code, changed


def posted(client: Client, path: str, values: dict[str, Any]) -> Any:
    """As a browser sends it; what has no file goes in one line, which is read much faster."""
    if any(isinstance(value, File) for value in values.values()):
        return client.post(path, values)
    return client.post(path, urlencode(values, doseq=True), content_type="application/x-www-form-urlencoded")


def own_forms(base: type[Any] = BaseForm) -> Iterator[type[Any]]:
    """All form classes written in the project, not those a program makes of them."""
    for found in base.__subclasses__():
        if found.__module__.startswith(OURS):
            yield found
        yield from own_forms(found)


def test_no_form_takes_what_it_does_not_ask_for(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None
    TopicFactory.create(label="Frühe Hilfen", slug="fruehe-hilfen")
    quarter("Borbeck")
    world = World.made()
    Meeting.objects.update(held_on=timezone.localdate())  # then it is counted who came
    offer = Offer.objects.get(title="Krabbelgruppe")
    change = {
        "line": 2, "title": offer.title, "offer": offer.pk, "version": offer.version, "payload": {"phone": "0208 1"},
        "base": snapshot(offer), "errors": [], "conflicts": [], "moved": [], "waiting": "", "similar": [],
    }  # fmt: skip
    UploadedSheet.objects.update(result={"rows": [change], "problem": "", "hints": [], "same": 0, "absent": 0})
    sender, seen = Sender(world, monkeypatch), set[tuple[str | int, ...]]()
    todo = deque(sendings(world))
    while todo:
        case = todo.popleft()
        if case.key not in seen:
            seen.add(case.key)
            todo += sender.send(case)
    assert sender.complaints == []
    vain = {name: words for name, words in sender.without_effect.items() if words}
    assert vain.keys() - WITHOUT_EFFECT == set(), vain
    assert sorted(form.__qualname__ for form in set(own_forms()) - sender.whole) == sorted(HALFWAY)


def test_every_column_is_looked_at() -> None:
    """Whose it is, when, and what hangs on it count as much as a text."""
    offer, other = OfferFactory.create(), PartnerFactory.create()
    rows = Rows()
    writes = rows.writes()
    assert rows.changed(writes) == Counter()
    for change in (
        lambda: Offer.objects.update(provider=other),
        lambda: Offer.objects.update(verified_at=timezone.now()),
        lambda: offer.topics.add(TopicFactory.create()),
        lambda: User.objects.create(username="neu", is_superuser=True),
    ):
        with transaction.atomic():
            change()
            assert rows.changed(writes)
            transaction.set_rollback(True)
