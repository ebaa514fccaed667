"""The pack files of the partners' floor."""

from portal.packs.columns import Kept, PackFile, Reference, Value

SOURCE = (Value("source"), Value("source_year", within=(1900, 2100)))

FILES = [
    PackFile(
        name="partners.csv",
        model="partners.Partner",
        key=("slug",),
        natural=("slug",),
        content=(
            Value("slug"),
            Value("name"),
            Value("short_name"),
            Value("kind"),
            Reference("parent", "partners.Partner"),
            Value("description"),
            Value("website"),
            Value("email"),
            Value("phone"),
            *SOURCE,
            Kept("confidence"),
            Value("note"),
            Kept("fact_ids"),
        ),
    ),
    PackFile(
        name="places.csv",
        model="partners.Place",
        key=("key",),
        content=(
            Kept("key"),
            Reference("partner", "partners.Partner"),
            Value("name"),
            Value("street"),
            Value("postcode"),
            Value("city"),
            Reference("district", "portal.District"),
            Value("is_confidential"),
            *SOURCE,
            Value("note"),
        ),
    ),
]
