"""The guard of public forms, and what each step accepts."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from offers.submission.draft import payload_from
from offers.submission.forms import STEPS, WhenForm, WhoForm, WhomForm
from portal.forms import GuardedForm, legible, new_stamp, stamp_age
from tests.offers import steps
from tests.offers.factories import TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city, quarter

ID = "0c6b8a1e-5f5e-4d7e-9c1c-2f7f3f0a8b11"


class Letter(GuardedForm):
    words = forms.CharField()


def query(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def letter(**values: Any) -> Letter:
    return Letter(query(**{"words": "Guten Tag", "stempel": steps.old_stamp(), "vorgang": ID, **values}))


def test_a_person_passes_the_guard() -> None:
    form = letter()
    assert form.is_valid(), form.errors
    assert str(form.submission_id) == ID


def test_a_stamp_never_gets_too_old() -> None:
    assert letter(stempel=steps.old_stamp(400 * 24 * 3600)).is_valid()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stempel": ""}, "noch nicht geklappt"),
        ({"stempel": "1:gefälscht"}, "noch nicht geklappt"),
        ({"stempel": "x" * 10_000}, "noch nicht geklappt"),
        ({"vorgang": "keine-nummer"}, "noch nicht geklappt"),
        ({"betreff": "Casino"}, "nur Programme sehen"),
    ],
)
def test_a_failed_guard_says_so_keeps_the_words_and_passes_the_second_time(given: dict[str, str], message: str) -> None:
    form = letter(**given)
    assert not form.is_valid()
    assert message in str(form.non_field_errors())
    assert form["words"].value() == "Guten Tag"
    assert form["betreff"].value() == ""
    age = stamp_age(form["stempel"].value())
    assert age is not None
    assert age < 100
    again = letter(stempel=steps.old_stamp(10), vorgang=form["vorgang"].value())
    assert again.is_valid(), again.errors


def test_too_fast_asks_to_send_again_with_the_same_stamp() -> None:
    stamp = new_stamp()
    form = letter(stempel=stamp)
    assert not form.is_valid()
    assert "sehr schnell" in str(form.non_field_errors())
    assert form["stempel"].value() == stamp


def test_a_fresh_form_carries_a_stamp_and_an_id() -> None:
    form = Letter()
    assert stamp_age(form["stempel"].value()) is not None
    assert form["vorgang"].value() != Letter()["vorgang"].value()


def test_control_characters_and_surrogates_are_taken_out() -> None:
    data = legible(query(words=["a\x00b", "c\ud800d\r\n\te"]))
    assert data.getlist("words") == ["ab", "cd\r\n\te"]


@pytest.fixture
def register(db: None) -> None:
    """What the steps choose from."""
    city()
    quarter("Borbeck")
    TopicFactory.create(label="Frühe Hilfen")


def all_values(**changed: Any) -> QueryDict:
    return query(**{name: value for step in steps.STEPS for name, value in step.items()} | changed)


@pytest.mark.usefixtures("register")
def test_an_empty_field_is_asked_for_in_short_words() -> None:
    errors = STEPS[0](query()).errors
    assert errors["title"] == ["Bitte füllen Sie dieses Feld aus."]
    assert errors["format"] == ["Bitte wählen Sie etwas aus."]
    assert errors["topics"] == ["Bitte wählen Sie mindestens ein Thema."]  # its own words stay
    assert letter(words="").errors["words"] == ["Bitte füllen Sie dieses Feld aus."]


@pytest.mark.usefixtures("register")
def test_all_steps_accept_a_full_offer() -> None:
    for step in STEPS:
        form = step(all_values())
        assert form.is_valid(), form.errors


def payload(**changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for step in STEPS:
        form = step(all_values(**changed))
        assert form.is_valid(), form.errors
        values |= form.cleaned_data
    return payload_from(values)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("given", "ages"),
    [
        ({}, {"from": 0, "until": 36}),
        ({"age_unit": "monate", "age_from": "3", "age_until": "18"}, {"from": 3, "until": 18}),
        ({"age_from": "6", "age_until": ""}, {"from": 72, "until": None}),
        ({"age_from": "", "age_until": "3"}, {"from": 0, "until": 36}),
        ({"age_from": "0", "age_until": "1", "pregnancy": "on"}, {"from": -9, "until": 12}),
        ({"age_from": "", "age_until": "", "pregnancy": "on"}, {"from": -9, "until": 0}),
        ({"for_whom": "alle"}, {"from": None, "until": None}),
        ({"for_whom": "fachkraefte"}, None),
    ],
)
def test_ages_become_whole_months_half_open(given: dict[str, str], ages: object) -> None:
    assert payload(**given)["ages"] == ages


@pytest.mark.usefixtures("register")
def test_professionals_are_an_audience() -> None:
    assert "fachkraefte" in payload(for_whom="fachkraefte")["audiences"]


@pytest.mark.usefixtures("register")
def test_the_whole_city_is_the_root_of_the_tree() -> None:
    assert payload(area="stadt", catchment=[])["catchment"] == ["musterstadt"]


@pytest.mark.usefixtures("register")
def test_a_secret_address_is_dropped_at_once() -> None:
    found = payload(is_confidential="on", place_name="Schutzwohnung")
    assert found["places"] == [{"name": "Schutzwohnung", "is_confidential": True}]
    assert "Beispielweg" not in str(found)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"age_from": "", "age_until": ""}, "age_from"),
        ({"age_from": "3", "age_until": "3"}, "age_until"),
        ({"age_from": "-1"}, "age_from"),
        ({"age_from": "1e9"}, "age_from"),
        ({"age_until": "200"}, "age_until"),
        ({"age_from": "drei"}, "age_from"),
        ({"area": "gebiete", "catchment": []}, "catchment"),
        ({"area": "stadt"}, "area"),
        ({"catchment": ["atlantis"]}, "catchment"),
        ({"access": []}, "access"),
        ({"place_name": "", "street": ""}, "place_name"),
        ({"postcode": "4611"}, "postcode"),
        ({"postcode": "٤٦١١٧"}, "postcode"),
        ({"quarter": "atlantis"}, "quarter"),
    ],
)
def test_step_two_says_at_the_field_what_is_wrong(given: dict[str, Any], field: str) -> None:
    assert field in WhomForm(all_values(**given)).errors


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"rhythm": "interval", "valid_from": "2027-01-08"}, "interval_weeks"),
        ({"rhythm": "interval", "interval_weeks": "2"}, "valid_from"),
        ({"rhythm": "monthly"}, "week_of_month"),
        ({"rhythm": "stündlich"}, "rhythm"),
        ({"end_time": "09:00"}, "end_time"),
        ({"start_time": "25:00"}, "start_time"),
        ({"valid_from": "2027-02-30"}, "valid_from"),
        ({"valid_from": "2027-02-01", "valid_until": "2027-01-01"}, "valid_until"),
        ({"cost": ""}, "cost"),
        ({"registration": ""}, "registration"),
        ({"phone": "bitte anrufen"}, "phone"),
        ({"email": "a@b.de\nBcc: alle@example.org"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://example.org"}, "website"),
        ({"languages": ["klingonisch"]}, "languages"),
        ({"lifecycle": "regel"}, "ends_on"),
    ],
)
def test_step_three_says_at_the_field_what_is_wrong(given: dict[str, Any], field: str) -> None:
    assert field in WhenForm(all_values(**given)).errors


@pytest.mark.usefixtures("register")
def test_a_known_organisation_needs_no_kind_and_a_new_one_does() -> None:
    partner = PartnerFactory.create(name="Haus der Familie e. V.", short_name="HdF")
    for name in ("haus der familie e. v.", "HdF", "  Haus der  Familie e. V. "):
        form = WhoForm(all_values(organisation=name, organisation_kind=""))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["partner"] == partner
    assert "organisation_kind" in WhoForm(all_values(organisation="Nie gehört", organisation_kind="")).errors


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("email", ["", "kein", "a@b.de\r\nBcc: x@y.de", "a@b.de,c@d.de", "x" * 300 + "@b.de"])
def test_the_senders_address_is_one_plain_address(email: str) -> None:
    assert "sender_email" in WhoForm(all_values(sender_email=email)).errors
