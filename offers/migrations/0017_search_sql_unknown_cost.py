"""Offers whose cost nobody knows are counted beside those that are free; see `offers/search/install.py`."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0016_search_sql_rolls_dates")]

    operations = [install_search("b84f29ac0a66")]
