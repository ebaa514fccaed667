"""Bring the functions and triggers of the search rows into the database; see `offers/search/install.py`."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0014_search_row_of_facts"),
        ("networks", "0002_touch_by_clock"),
        ("portal", "0004_public_changes"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [install_search("a2a6e8add6d3")]
