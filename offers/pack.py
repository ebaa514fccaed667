"""The pack files of the offers' floor."""

from offers.enums import Lifecycle, Status
from portal.packs.columns import Ages, Cells, Kept, PackFile, Reference, References, Value


def usual_rhythm(cells: Cells) -> int:
    """Months between reviews when the pack names none: projects 6, everything else 12 (design rule 4)."""
    return 6 if cells["lifecycle"] in {Lifecycle.PROJECT, Lifecycle.EXTENDED} else 12


FILES = [
    PackFile(
        name="life_phases.csv",
        model="offers.LifePhase",
        key=("slug",),
        natural=("slug",),
        content=(Value("slug"), Value("label"), Ages(), Value("audience"), Value("chain_step"), Value("position")),
    ),
    PackFile(
        name="topics.csv",
        model="offers.Topic",
        key=("slug",),
        natural=("slug",),
        content=(
            Value("slug"),
            Value("label"),
            Value("description"),
            Value("synonyms", separator="|"),
            Value("position"),
        ),
    ),
    PackFile(
        name="offers.csv",
        model="offers.Offer",
        key=("slug",),
        natural=("slug",),
        fixed={"status": Status.PUBLISHED},
        content=(
            Value("slug"),
            Value("title"),
            Value("summary"),
            Value("description"),
            Reference("provider", "partners.Partner"),
            References("partners", "partners.Partner", "cooperation"),
            Ages(everyone="all_ages"),
            Value("audiences"),
            References("topics", "offers.Topic"),
            References("catchment", "portal.District"),
            References("places", "partners.Place"),
            Value("format"),
            Value("access"),
            Value("level"),
            Value("when_note"),
            Value("cost"),
            Value("cost_note"),
            Value("registration"),
            Value("registration_note"),
            Value("languages"),
            Value("interpreting"),
            Value("lifecycle"),
            Value("starts_on"),
            Value("ends_on"),
            Value("review_months", otherwise=usual_rhythm),
            Value("phone"),
            Value("email"),
            Value("website"),
            Value("source"),
            Value("source_year", within=(1900, 2100)),
            Value("note"),
            Kept("fact_ids"),
        ),
    ),
    PackFile(
        name="schedules.csv",
        model="offers.Schedule",
        key=("key",),
        content=(
            Kept("key"),
            Reference("offer", "offers.Offer"),
            Value("kind"),
            Value("weekdays"),
            Value("interval_weeks"),
            Value("week_of_month"),
            Value("dates"),
            Value("start_time"),
            Value("end_time"),
            Value("valid_from"),
            Value("valid_until"),
            Value("pauses_in_school_holidays"),
            Value("note"),
            Kept("source"),
            Kept("source_year"),
        ),
    ),
    PackFile(
        name="fundings.csv",
        model="offers.Funding",
        key=("offer", "source"),
        natural=("offer", "source"),
        content=(
            Reference("offer", "offers.Offer"),
            Value("source"),
            Value("label"),
            Value("starts_on"),
            Value("ends_on"),
            Kept("note"),
        ),
    ),
]
