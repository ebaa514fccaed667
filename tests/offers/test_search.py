"""The layers of the search: what finds what, in which order, and what the page says about it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from offers.finder import Catalogue, Search, find
from offers.finder.keeper import keeper
from offers.finder.results import PER_PAGE
from offers.finder.texts import Texts, find_matches
from offers.models import FormatWords, Offer, SearchRow, SearchSynonym, SearchWord
from offers.search.layers import ENOUGH, Layer, Reading, read, widen
from offers.search.splitting import split_new_words
from offers.search.words import fold, question
from offers.synthetic.load import generate
from portal.management.commands.worker import run_worker
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import quarter

pytestmark = pytest.mark.django_db
ORDERED = (
    *("Beratung", "Hebamme", "Kinder", "Beratung Sterkrade", "Gruppe für Väter", "Deutsch lernen", "детский сад"),
    *("Krabelgruppe", "Mobbing in der Schule", "Sportverein Fußball", "City Knirpse", "Eltern Café Lirich"),
)


def found(text: str) -> list[str]:
    return [offer.title for offer in find(Search(q=text), Catalogue()).offers]


def reading(text: str) -> Reading:
    understood = find(Search(q=text), Catalogue()).search.reading
    assert understood is not None
    return understood


# Words


@pytest.mark.parametrize(
    ("text", "words", "weak"),
    [
        ("Wo kann mein Kind Sport machen?", ("sport",), ("kind",)),
        ("Trennung und Kinder", ("trennung",), ("kinder",)),
        ("Kinder", ("kinder",), ()),
        ("Where can I find a midwife?", ("midwife",), ()),
        ("Bücherei STERKRADE", ("buecherei", "sterkrade"), ()),
        ("Kita-Platz, Kita-Platz!", ("kita", "platz"), ()),
        ("und die? …", (), ()),
        ("", (), ()),
    ],
)
def test_a_question_is_the_words_it_asks_for(text: str, words: tuple[str, ...], weak: tuple[str, ...]) -> None:
    asked = question(text)
    if words == ("kita", "platz"):  # "Platz" alone says little
        assert set(asked.words) | set(asked.weak) == {"kita", "platz"}
    else:
        assert (asked.words, asked.weak) == (words, weak)


def test_a_place_only_sorts() -> None:
    assert question("Krabbelgruppe Osterfeld", {"osterfeld"}).words == ("krabbelgruppe",)
    assert question("Osterfeld", {"osterfeld"}).words == ("osterfeld",)


@given(st.text(alphabet=st.sampled_from("aäÄoöÖuüÜßSTéÉçşğıİłŁńśźżčďřšťžțășđ'’­/.@-_ xшЩёїґأإآىیکة‌9"), max_size=30))
def test_python_and_database_fold_alike(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_fold(%s)", [text])
        assert cursor.fetchone() == (fold(text),)


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("sport", "sprot", 1), ("kita", "kita", 0), ("kita", "kitas", 1), ("abc", "cab", 2)]
)
def test_swapped_neighbours_are_one_edit(one: str, other: str, edits: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_distance(%s, %s)", [one, other])
        assert cursor.fetchone() == (edits,)


# Layers


def test_weights_title_topic_provider_summary_text() -> None:
    OfferFactory.create(title="E", summary="", description="Es geht um Schulden.")
    OfferFactory.create(title="D", summary="Bei Schulden.", description="")
    OfferFactory.create(title="C", summary="", provider=PartnerFactory.create(name="Schulden e. V."))
    OfferFactory.create(title="B", summary="", topics=[TopicFactory.create(label="Schulden")])
    OfferFactory.create(title="A Schulden", summary="")

    assert found("schulden") == ["A Schulden", "B", "C", "D", "E"]


def test_an_offer_is_found_by_who_works_along_after_what_is_offered_under_that_name() -> None:
    family, centre = PartnerFactory.create(name="pro familia"), PartnerFactory.create(name="Zentrum")
    course = OfferFactory.create(title="A Kurs", summary="", provider=centre)
    course.cooperation.add(family)
    OfferFactory.create(title="B Beratung", summary="", provider=family)
    assert found("pro familia") == ["B Beratung", "A Kurs"]

    family.name = "Lotsenhaus"
    family.save()
    assert found("lotsenhaus") == ["B Beratung", "A Kurs"]

    course.cooperation.clear()
    assert found("lotsenhaus") == ["B Beratung"]


@pytest.mark.slow
def test_who_types_only_a_provider_gets_its_offers_first() -> None:
    office = PartnerFactory.create(name="Jugendamt der Stadt", short_name="Jugendamt")
    OfferFactory.create(title="C", summary="", provider=office)
    OfferFactory.create(title="A", summary="", topics=[TopicFactory.create(label="Schutz", synonyms=["Jugendamt"])])
    OfferFactory.create(title="Z Jugendamt", summary="")
    assert found("jugendamt") == ["Z Jugendamt", "C", "A"]

    falcons = PartnerFactory.create(name="SJD – Jugendverband", short_name="Die Falken")
    club = PartnerFactory.create(name="Jugendhaus", parent=falcons)
    OfferFactory.create(title="Billard", summary="Am Abend.", provider=club)
    assert found("Die Falken") == found("SJD") == ["Billard"]

    falcons.short_name = "Adler"
    falcons.save()
    assert found("adler") == ["Billard"]
    assert found("falken") == []

    club.parent = None
    club.save()
    assert found("adler") == []


@pytest.mark.slow
def test_compounds_are_found_by_their_parts_once_they_are_split() -> None:
    for title in ("Familienhebammen", "Hebammensprechstunde", "Schuldnerberatung", "Krabbelgruppe"):
        OfferFactory.create(title=title, summary="")
    assert found("Familienhebammen") == ["Familienhebammen"]  # whole words at once

    split_new_words()

    assert set(found("Hebamme")) == {"Familienhebammen", "Hebammensprechstunde"}
    assert found("Schuldner Beratung") == found("Schuldner-Beratung") == found("Schuldner") == ["Schuldnerberatung"]
    assert found("Gruppe zum Krabbeln") == ["Krabbelgruppe"]
    assert found("Hebammen Sprechstunde") == ["Hebammensprechstunde"]
    assert reading("Hebamme").layer is Layer.PARTS
    assert not SearchRow.objects.filter(pending=True).exists()


@pytest.mark.slow
def test_a_part_in_the_title_beats_the_whole_word_among_synonyms() -> None:
    topic = TopicFactory.create(label="Frühe Hilfen", synonyms=["Hebamme"])
    OfferFactory.create(title="Aaa", summary="", topics=[topic])
    OfferFactory.create(title="Hebammensprechstunde", summary="")
    OfferFactory.create(title="Hebamme", summary="")
    split_new_words()

    assert found("Hebamme") == ["Hebamme", "Hebammensprechstunde", "Aaa"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_worker_splits_what_a_transaction_brought() -> None:
    OfferFactory.create(title="Schuldnerberatung", summary="")
    assert found("Schuldner") == []

    run_worker(wait=False)

    assert found("Schuldner") == ["Schuldnerberatung"]


def test_words_written_apart_find_the_compound() -> None:
    OfferFactory.create(title="Cityknirpse", summary="")

    assert found("City Knirpse") == ["Cityknirpse"]


@pytest.mark.parametrize("asked", ["Bücherei", "Buecherei", "BÜCHEREI", "bücherei", "Bu\u0308cherei"])
@pytest.mark.parametrize("written", ["Bücherei", "Buecherei"])
def test_umlauts_and_capitals_meet(asked: str, written: str) -> None:
    OfferFactory.create(title=written)

    assert found(asked) == [written]


def test_staff_edit_words_with_effect_at_once() -> None:
    OfferFactory.create(title="Hebamme", summary="", format="kurs")
    assert found("ebe") == []

    entry = SearchSynonym.objects.create(word="Ebe", language="tr", means="Hebamme")
    assert found("ebe") == ["Hebamme"]
    assert reading("ebe").meant == ("Hebamme",)
    entry.means = "Nichtda"
    entry.save()
    assert found("ebe") == []

    words = FormatWords.objects.create(format="kurs", synonyms=["Seminar"])
    assert found("Seminar") == ["Hebamme"]
    words.delete()
    assert found("Seminar") == []


def test_a_phrase_of_another_language_counts_as_a_whole() -> None:
    OfferFactory.create(title="Kita", summary="")
    SearchSynonym.objects.create(word="детский сад", language="ru", means="Kita")

    assert found("детский сад") == ["Kita"]
    assert found("сад") == []


@pytest.mark.slow
def test_typing_errors_lead_to_the_nearest_word_and_are_said(client: Client) -> None:
    OfferFactory.create(title="Cityknirpse", summary="")
    split_new_words()

    assert found("citiknirpse") == found("Citykinrpse") == found("cytiknirpse") == ["Cityknirpse"]
    understood = reading("citiknirpse")
    assert (understood.layer, understood.instead) == (Layer.ALIKE, "cityknirpse")
    page = client.get("/angebote/?q=citiknirpse").content.decode()
    assert "Keine Treffer für „citiknirpse“." in page
    assert 'href="/angebote/?q=cityknirpse"' in page
    none = client.get("/angebote/?kostenlos=1&q=citiknirpse").content.decode()
    assert 'Meinten Sie <a href="/angebote/?kostenlos=1&amp;q=cityknirpse">„cityknirpse“</a>?' in none


@pytest.mark.slow
@pytest.mark.parametrize("short", ["Kiti", "Keta", "Kia"])
def test_short_words_are_not_guessed(short: str) -> None:
    OfferFactory.create(title="Kita", summary="")
    split_new_words()

    assert found(short) == []


@pytest.mark.slow
def test_suggestions_never_show_a_word_that_only_drafts_hold() -> None:
    OfferFactory.create(title="Geheimprojekt", summary="", status="draft")
    split_new_words()

    assert SearchWord.objects.filter(word="geheimprojekt").exists()
    assert found("Geheimprojeckt") == []
    assert reading("Geheimprojeckt").instead == ""


@pytest.mark.slow
def test_any_of_the_words_with_the_rarest_first() -> None:
    OfferFactory.create_batch(3, title="Schule", summary="")
    OfferFactory.create(title="Gegen Mobbing", summary="")
    split_new_words()

    assert found("Mobbing in der Schule")[0] == "Gegen Mobbing"
    assert reading("Mobbing in der Schule").layer is Layer.ANY


@pytest.mark.slow
def test_known_words_in_an_unknown_compound_are_found() -> None:
    OfferFactory.create(title="Fußball für alle", summary="")
    split_new_words()

    assert found("Fußballverein") == ["Fußball für alle"]


@pytest.mark.slow
def test_a_piece_may_have_an_umlaut_or_stand_in_the_list_in_its_plural() -> None:
    topic = TopicFactory.create(label="Ankommen", synonyms=["Flüchtlinge"])
    OfferFactory.create(title="Treff", summary="", topics=[topic])
    OfferFactory.create(title="Stelle", summary="Für Migranten.")
    OfferFactory.create(title="Beratung", summary="")
    SearchSynonym.objects.create(word="Aussiedler", means="Migranten")
    SearchSynonym.objects.create(word="Zuzüge", means="Migranten")
    split_new_words()

    assert found("Flüchtlingsberatung")[0] == "Treff"
    assert found("Aussiedlerberatung")[0] == "Stelle"
    assert found("Zuzügbüro") == ["Stelle"]


@pytest.mark.slow
def test_a_verb_finds_its_noun() -> None:
    OfferFactory.create(title="Die Impfung", summary="")
    split_new_words()

    assert found("impfen") == ["Die Impfung"]
    assert reading("impfen").instead == "impfung"


def test_sucht_asks_for_something_and_is_no_mere_verb() -> None:
    OfferFactory.create(title="Sucht: Hilfe", summary="")
    OfferFactory.create(title="Arbeit", summary="")

    assert found("Sucht") == ["Sucht: Hilfe"]
    assert found("Mein Sohn sucht Arbeit") == ["Arbeit"]


def test_a_place_in_the_text_does_not_hide_what_is_for_the_whole_city() -> None:
    quarter("Osterfeld")
    OfferFactory.create(title="Krabbelgruppe", summary="")
    OfferFactory.create(title="Treff Osterfeld", summary="Krabbelgruppe")

    assert set(found("Krabbelgruppe Osterfeld")) == {"Krabbelgruppe", "Treff Osterfeld"}


# A typing error never beats an exact hit


@settings(deadline=None, max_examples=25)
@given(
    word=st.sampled_from(["Krabbelgruppe", "Schuldnerberatung", "Bibliothek", "Sprachkurs"]), where=st.integers(0, 8)
)
@pytest.mark.slow
def test_a_typo_never_beats_an_exact_hit(word: str, where: int) -> None:
    wrong = word[:where] + word[where + 1 :]
    OfferFactory.create(title="Anderes", summary="", description=f"Auch {wrong} steht hier.")
    OfferFactory.create(title=word, summary="")
    split_known(word, wrong)

    assert found(wrong)[0] == "Anderes"
    assert word not in found(wrong)
    Offer.objects.all().delete()


def split_known(*words: str) -> None:
    """Make the words known without the library, which takes seconds."""
    for word in words:
        SearchWord.objects.get_or_create(word=word.lower(), folded=fold(word), stem=fold(word))


# The page


def test_a_text_takes_one_query_and_words_that_are_known_none() -> None:
    OfferFactory.create_batch(ENOUGH, title="Krabbelgruppe am Markt", summary="")
    catalogue, stock = Catalogue(), keeper.stock()
    texts = Texts()
    postings = texts.postings(stock)

    with CaptureQueriesContext(connection) as asked:
        widen(read("Krabbelgruppe Markt", catalogue.place_words), postings)
    assert len(asked) == 2  # the words, and what staff say they mean
    with CaptureQueriesContext(connection) as asked:
        found = widen(read("Markt"), postings)
        assert len(find_matches(found, postings).hits) == ENOUGH
    assert len(asked) == 0


def test_a_typing_error_takes_two_queries_more() -> None:
    OfferFactory.create_batch(3, title="Krabbelgruppe")
    split_known("Krabbelgruppe")
    postings = Texts().postings(keeper.stock())

    with CaptureQueriesContext(connection) as asked:
        found = widen(read("Krabelgruppe"), postings)
    assert found.instead == "krabbelgruppe"
    assert len(asked) == 4


def test_the_layer_does_not_depend_on_the_filters() -> None:
    OfferFactory.create(title="Cityknirpse", summary="", cost="fee")

    results = find(Search(q="Cityknirpse", kostenlos=True), Catalogue())

    assert (results.count, results.tally.facets["kostenlos"]) == (0, {})
    assert results.search.reading is not None
    assert not results.search.reading.instead


@pytest.mark.slow
def test_hits_and_order_are_those_of_the_database() -> None:
    call_command("load_pack", "portal/data/oberhausen", stdout=StringIO())
    generate(count=200, seed=3)
    split_new_words()
    catalogue = Catalogue()
    for text in ORDERED:
        search = find(Search(q=text), catalogue).search
        expected = list(search.in_order(search.offers()).values_list("pk", flat=True))
        pages = range(1, -(-len(expected) // PER_PAGE) + 1)
        listed = [hit.offer for number in pages for hit in find(search, catalogue, page=number).hits]
        assert expected, text
        assert listed == expected, text


@pytest.mark.slow
def test_the_pack_knows_midwives_in_every_language() -> None:
    call_command("load_pack", "portal/data/oberhausen", stdout=StringIO())
    spoken = set(SearchSynonym.objects.values_list("language", flat=True))
    assert spoken >= {"de", "tr", "ar", "uk", "ru", "pl", "ro", "bg", "en", "bs", "fa"}
    for language in spoken - {"de", "fr"}:
        words = SearchSynonym.objects.filter(language=language, means="Hebamme").values_list("word", flat=True)
        assert words
        for word in words:
            assert "Familienhebammen" in found(word)[0], (language, word)
