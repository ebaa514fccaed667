"""Who may open what: every address × role × method is declared in access.csv, and every declaration is true."""

import pytest

from tests.access import DOOR, METHODS, ROLES, World, addresses, is_writing, read_table, write_table

pytestmark = pytest.mark.django_db
ADDRESSES = addresses()


if is_writing():

    def test_write_the_table_anew() -> None:
        world = World.made()
        write_table(
            {
                (address.name, method): tuple(world.ask(address, role, method) for role in ROLES)
                for address in ADDRESSES
                for method in METHODS
            }
        )


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    declared = {name for name, _method in read_table()}
    names = {address.name for address in ADDRESSES}
    assert sorted(names - declared) == [], "say in tests/access.csv who may open it"
    assert sorted(declared - names) == []


# Nobody is shown anything there by what the test makes; each has tests of its own.
NOT_SHOWN = {
    "admin:/admin/(?P<url>.*)$", "admin:app_list", "admin:view_on_site",  # for what no other address takes
    "admin:offers_formatwords_undelete", "admin:offers_funding_undelete", "admin:offers_schedule_undelete",
    "admin:offers_searchsynonym_undelete", "admin:offers_textblock_undelete",  # of what was deleted
    "admin:drop_filter", "mfa_download_recovery_codes", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes",  # of what each person has for themselves
    "offers:chain_transition", "offers:offer_calendar", "offers:shortlist_calendar", "offers:shortlist_large_pdf",
    "offers:shortlist_pdf", "offers:wegweiser_pdf",  # of the pack's rows, of dates, of a list
}  # fmt: skip


def test_every_address_is_seen_by_somebody() -> None:
    """A row of 404 for everybody says nothing about who may open the page."""
    closed = {"404", "405", DOOR}
    shown = {name for (name, _method), cells in read_table().items() if set(cells) - closed}
    assert sorted({address.name for address in ADDRESSES} - shown - NOT_SHOWN) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_row_is_true(role: str) -> None:
    table, world = read_table(), World.made()
    wrong = []
    for address in ADDRESSES:
        for method in METHODS:
            said = table.get((address.name, method), [""] * len(ROLES))[ROLES.index(role)]
            found = world.ask(address, role, method)
            if found != said:
                wrong.append(f"{method} {address.name}: {found}, not {said}")
    assert wrong == []


def test_the_admin_is_closed_to_everybody_but_staff() -> None:
    for (name, method), cells in read_table().items():
        if name.startswith("admin:") and name not in {"admin:login", "admin:logout", "admin:jsi18n"}:
            by_role = dict(zip(ROLES, cells, strict=True))
            outside = {by_role[role] for role in ("Besuch", "Bearbeitung", "Verwaltung", "fremder Partner")}
            assert outside <= {DOOR, "404", "405"}, (name, method, outside)


def test_what_belongs_to_an_organisation_does_not_exist_for_another() -> None:
    for (name, method), cells in read_table().items():
        if name.startswith(("accounts:", "workspace:", "sheets:", "desk:")):
            by_role = dict(zip(ROLES, cells, strict=True))
            own, foreign = by_role["Verwaltung"], by_role["fremder Partner"]
            if name not in {"accounts:home", "accounts:mails", "accounts:invitation", "workspace:claim"}:
                assert foreign in {"404", "405"}, (name, method, foreign)
                assert own not in {"404", "403"}, (name, method, own)


def test_nothing_breaks_for_anybody() -> None:
    assert {cell for cells in read_table().values() for cell in cells if cell.startswith("5")} == set()
