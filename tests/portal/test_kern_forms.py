"""The form template pack: what people read beside a field, and what a screen reader is told."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, ButtonHolder, Div, Field, Fieldset, Hidden, Layout, Row, Submit
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field, as_crispy_form
from crispy_forms.utils import render_crispy_form
from django import forms


class OfferForm(forms.Form):
    title = forms.CharField(label="Name des Angebots", help_text="Kurz und klar.")
    mail = forms.EmailField(label="E-Mail")
    site = forms.URLField(label="Internetseite", required=False, assume_scheme="https")
    phone = forms.CharField(label="Telefon", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    places = forms.IntegerField(label="Plätze", required=False)
    text = forms.CharField(label="Beschreibung", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Art", choices=[("", "Bitte wählen"), ("group", "Gruppe"), ("course", "Kurs")])
    topics = forms.MultipleChoiceField(
        label="Themen",
        choices=[("health", "Gesundheit"), ("language", "Sprache")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Mehrere möglich.",
    )
    cost = forms.ChoiceField(
        label="Kosten", choices=[("free", "kostenlos"), ("fee", "Beitrag")], widget=forms.RadioSelect
    )
    day = forms.DateField(label="Beginn", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    hour = forms.TimeField(label="Uhrzeit", required=False, widget=forms.TimeInput({"type": "time"}))
    meeting = forms.SplitDateTimeField(label="Termin", required=False)
    agreed = forms.BooleanField(label="Ich darf das melden.")
    step = forms.CharField(widget=forms.HiddenInput, initial="2")


class Tags(HTMLParser):
    """Start tags with their attributes, and the text of each labelled element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.tags if attrs.get("name") == name)

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


def draw(form: forms.Form, **options: Any) -> str:
    helper = FormHelper(form)
    for name, value in options.items():
        setattr(helper, name, value)
    return str(render_crispy_form(form, helper))


@pytest.fixture
def invalid() -> OfferForm:
    return OfferForm({"title": "", "mail": "keine-adresse", "topics": ["health"], "places": "drei", "kind": "course"})


def test_every_referenced_id_exists_once(invalid: OfferForm) -> None:
    found = Tags(draw(invalid))
    ids = found.ids()
    referenced = [part for _, attrs in found.tags for part in (attrs.get("aria-describedby") or "").split()]
    targets = [attrs["for"] for tag, attrs in found.tags if tag == "label"]
    links = [(attrs["href"] or "")[1:] for tag, attrs in found.tags if tag == "a"]

    assert {"id_title_helptext", "id_title_error", "id_mail_error", "id_topics_helptext", "id_cost_error"} <= set(
        referenced
    )
    assert set(referenced) <= set(ids)
    assert set(targets) <= set(ids)
    assert {"id_title", "id_mail", "id_places", "id_cost", "id_agreed"} == set(links)
    assert set(links) <= set(ids)
    assert len(ids) == len(set(ids))


def test_errors_stand_in_the_summary_and_beside_the_field(invalid: OfferForm) -> None:
    html = draw(invalid)
    message = str(invalid.errors["mail"][0])
    summary, fields = html.split("</ul>", 1)

    assert 'role="alert"' in summary
    assert f"E-Mail – {message}" in summary
    beside = re.search(r'id="id_mail_error".*?</div>', fields, re.DOTALL)
    assert beside
    assert message in beside.group()
    assert Tags(html).named("mail")["aria-invalid"] == "true"
    assert "aria-invalid" not in Tags(html).named("kind")


def test_keeps_what_was_typed(invalid: OfferForm) -> None:
    found = Tags(draw(invalid))

    assert found.named("mail")["value"] == "keine-adresse"
    assert found.named("places")["value"] == "drei"
    checked = {attrs["value"] for tag, attrs in found.tags if tag == "input" and "checked" in attrs}
    assert checked == {"health"}
    assert [attrs["value"] for tag, attrs in found.tags if tag == "option" and "selected" in attrs] == ["course"]


def test_a_fresh_form_has_no_errors_and_no_summary() -> None:
    html = draw(OfferForm())

    assert "error" not in html
    assert "aria-invalid" not in html


def test_each_widget_is_drawn_with_its_type_and_class() -> None:
    found = Tags(draw(OfferForm()))
    kinds = {attrs["name"]: attrs.get("type") for tag, attrs in found.tags if tag == "input" and attrs.get("name")}

    assert kinds["mail"] == "email"
    assert kinds["site"] == "url"
    assert kinds["phone"] == "tel"
    assert kinds["places"] == "number"
    assert kinds["day"] == "date"
    assert kinds["hour"] == "time"
    assert kinds["topics"] == "checkbox"
    assert kinds["cost"] == "radio"
    assert kinds["step"] == "hidden"
    assert found.named("text")["class"] == "kern-form-input__input"
    assert found.named("kind")["class"] == "kern-form-input__select"
    assert found.named("topics")["class"] == "kern-form-check__checkbox"
    assert found.named("cost")["class"] == "kern-form-check__radio"
    assert found.named("agreed")["class"] == "kern-form-check__checkbox"


def test_every_visible_control_has_a_name() -> None:
    found = Tags(draw(OfferForm()))
    labelled = {attrs["for"] for tag, attrs in found.tags if tag == "label"}
    controls = [
        attrs for tag, attrs in found.tags if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden"
    ]

    nameless = [attrs["name"] for attrs in controls if attrs["id"] not in labelled and "aria-label" not in attrs]
    assert nameless == []
    assert found.named("meeting_0")["aria-label"] == "Datum"
    assert found.named("meeting_1")["aria-label"] == "Uhrzeit"


def test_groups_are_fieldsets_with_a_legend() -> None:
    html = draw(OfferForm())
    group = re.search(r'<fieldset[^>]*id="id_topics".*?</fieldset>', html, re.DOTALL)

    assert group
    assert re.search(r"<legend[^>]*>\s*Themen\s*</legend>", group.group())
    assert 'aria-describedby="id_topics_helptext"' in group.group()


def test_optional_fields_say_so_unless_all_are_optional() -> None:
    assert draw(OfferForm()).count("(freiwillig)") == 7
    assert "(freiwillig)" not in draw(OfferForm(), mark_optional=False)


def test_layout_objects_wrap_their_fields() -> None:
    layout = Layout(
        Hidden("wizard", "offer"),
        Fieldset("Worum es geht", "title", Row("mail", Field("site", wrapper_class="wide")), css_id="about"),
        Div("text", css_class="no-print"),
        HTML("<p>Noch ein Satz.</p>"),
        ButtonHolder(
            Submit("next", "Weiter"), Button("back", "Zurück"), Submit("save", "Sichern", css_class="secondary")
        ),
    )
    html = draw(OfferForm(), layout=layout)

    assert re.search(r'<fieldset[^>]*id="about".*<legend[^>]*>Worum es geht</legend>.*name="title"', html, re.DOTALL)
    assert re.search(r'class="field-row">.*name="mail".*wide.*name="site"', html, re.DOTALL)
    assert re.search(r'class="no-print">.*name="text"', html, re.DOTALL)
    assert "<p>Noch ein Satz.</p>" in html
    buttons = {name: css for css, name in re.findall(r'<button[^>]*class="kern-btn (\S+)" name="(\w+)"', html)}
    assert buttons == {"next": "kern-btn--primary", "back": "kern-btn--secondary", "save": "kern-btn--secondary"}
    assert '<input type="hidden" name="wizard" value="offer"' in html
    assert 'name="kind"' not in html


def test_form_tag_method_and_token() -> None:
    form = OfferForm()
    helper = FormHelper(form)
    helper.add_input(Submit("send", "Senden"))
    context = {"csrf_token": "TOKEN"}

    assert 'value="TOKEN"' in render_crispy_form(form, helper, context)
    helper.disable_csrf = True
    html = render_crispy_form(form, helper, context)
    assert "TOKEN" not in html
    assert re.search(r'<form\s[^>]*method="post"[^>]*novalidate>', html)
    helper.form_tag = False
    assert "<form" not in render_crispy_form(form, helper, context)


def test_text_of_people_is_escaped() -> None:
    form = OfferForm({"title": '"><script>alert(1)</script>', "kind": "<b>"})
    html = draw(form)

    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_filters_draw_a_form_and_one_field(invalid: OfferForm) -> None:
    assert "error-summary" in as_crispy_form(invalid)
    one = as_crispy_field(invalid["mail"])
    assert 'id="id_mail_error"' in one
    assert 'name="title"' not in one


def test_formset_has_its_management_form_and_every_row() -> None:
    rows = forms.formset_factory(OfferForm, extra=2)()
    html = str(render_crispy_form(rows, FormHelper()))

    assert 'name="form-TOTAL_FORMS" value="2"' in html
    assert 'id="id_form-0-title"' in html
    assert 'id="id_form-1-title"' in html


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(Exception, match="nonsense"):
        draw(OfferForm(), layout=Layout("nonsense"))
