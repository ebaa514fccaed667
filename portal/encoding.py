"""One way of reading what arrives: UTF-8, whatever the visitor's headers claim."""

import re
from collections.abc import Callable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def always_utf8(application: Application) -> Application:
    """Take the charset out of the Content-Type header before Django reads it.

    Django would read the query string in that charset while it builds the request: UTF-7 makes surrogates, which
    neither the database nor the page can hold, and "hex" or too many parameters raise where no error page is drawn yet.
    """

    def in_utf8(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        kind = environ.get("CONTENT_TYPE", "")
        if "charset" in kind.lower():
            environ = {**environ, "CONTENT_TYPE": re.sub(r";\s*charset[^;]*", "", kind, flags=re.IGNORECASE)}
        return application(environ, start_response)

    return in_utf8
