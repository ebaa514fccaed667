"""Nonsense in every field of the submission: never a 5xx."""

import uuid
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from offers.submission.forms import STEPS as FORMS
from tests.offers import steps
from tests.offers.factories import OfferFactory, TopicFactory
from tests.offers.steps import URL
from tests.portal.factories import city, quarter

pytestmark = pytest.mark.slow
ROWS = [name for form in FORMS for rows in form.repeated for name in rows.later_fields() if name[-1] in "23"]
FIELDS = [*(name for form in FORMS for name in form.base_fields), *ROWS]
CONTROL = ["schritt", "aktion", "besucht", "stempel", "vorgang", "betreff", f"parallel-{uuid.UUID(int=1).hex}"]
NASTY = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        [
            "", "\x00", "a\x00b", "\ud800", "x" * 10_000, "-1", "1e9", "9" * 400, "2027-02-30", "0001-01-01",
            "9999-12-31", "25:61", "<script>alert(1)</script>", "{{ 7|add:7 }}", "javascript:alert(1)",
            "dates", "1.1.1", "31.12.9999 " * 70, "zeit-dazu", "ort-weg-2",
            "https://[", "http://" + "a" * 300, "a@b.de\r\nBcc: c@d.de", "senden", "vorschau", "schritt-9", "99",
        ]
    ),
)  # fmt: skip


class BadInput(TestCase):
    """Each field of a complete submission gets nonsense, also repeated and tampered: never a 5xx."""

    @classmethod
    def setUpTestData(cls) -> None:
        city()
        quarter("Borbeck")
        TopicFactory.create(label="Frühe Hilfen")

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.dictionaries(
            st.sampled_from(FIELDS + CONTROL), st.lists(NASTY, min_size=1, max_size=3), min_size=1, max_size=4
        )
    )
    def test_never_breaks(self, nonsense: dict[str, list[str]]) -> None:
        values = {name: value for step in steps.STEPS for name, value in step.items()}
        guard = {"stempel": steps.old_stamp(), "vorgang": str(uuid.uuid4()), "schritt": "5", "aktion": "senden"}
        clean = {
            name: [entry.encode("utf-8", "replace").decode() for entry in entries] for name, entries in nonsense.items()
        }
        rows = {"orte": "1 2 3", "zeiten": "1 2 3"}
        answer = self.client.post(URL, {**values, **rows, **guard, "besucht": ["1", "2", "3", "4"], **clean})
        assert answer.status_code in {200, 302}
        if answer.status_code == 200:
            assert "<h1" in answer.content.decode()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=200))
    def test_raw_bytes_never_break(self, body: bytes) -> None:
        answer = self.client.post(URL, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 400}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=30))
    def test_links_never_break(self, piece: str) -> None:
        for path in ("bestaetigen", "danke"):
            assert self.client.get(f"{URL}{path}/{quote(piece, safe='', errors='replace')}/").status_code == 404

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(["message", "reply_email", *CONTROL]), st.lists(NASTY, max_size=3)))
    def test_error_reports_never_break(self, nonsense: dict[str, list[str]]) -> None:
        guard = {"stempel": steps.old_stamp(), "vorgang": str(uuid.uuid4()), "message": "Falsch."}
        clean = {
            name: [entry.encode("utf-8", "replace").decode() for entry in entries] for name, entries in nonsense.items()
        }
        path = f"/angebote/{OfferFactory.create().slug}/fehler-melden/"
        assert self.client.post(path, {**guard, **clean}).status_code in {200, 302}
