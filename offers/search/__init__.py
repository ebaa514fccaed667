"""Search that understands: compounds, synonyms, other languages, typing errors and whole questions.

`words` takes a question apart, `layers` finds the narrowest layer that answers it, `compounds` and `splitting` prepare
the index. What is read stands in `offers.models.search`.
"""
