"""The pack files of the ground floor."""

from portal.packs.columns import Kept, PackFile, Reference, References, Value

FILES = [
    PackFile(
        name="districts.csv",
        model="portal.District",
        key=("slug",),
        natural=("slug",),
        content=(
            Value("slug"),
            Reference("parent", "portal.District"),
            Value("kind"),
            Value("name"),
            Value("latitude", within=(-90, 90)),
            Value("longitude", within=(-180, 180)),
            Value("hex_q"),
            Value("hex_r"),
            Kept("source"),
            Kept("source_year"),
            Value("note"),
        ),
    ),
    PackFile(
        name="postcodes.csv",
        model="portal.Postcode",
        key=("code",),
        natural=("code",),
        content=(
            Value("code"),
            Value("latitude", within=(-90, 90)),
            Value("longitude", within=(-180, 180)),
            References("quarters", "portal.District", "districts"),
        ),
    ),
    PackFile(
        name="school_holidays.csv",
        model="portal.SchoolHoliday",
        key=("name", "first_day"),
        natural=("name", "first_day"),
        content=(Value("name"), Value("first_day"), Value("last_day"), Value("source")),
    ),
]
