"""The one way to stop with a sentence instead of a traceback."""

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path


class Refusal(Exception):  # noqa: N818 the portal refuses to start; nothing in the code is in error
    """Something outside the code is wrong; the text is one German sentence that says what and what to do."""


def refusal_from_os_error(error: OSError) -> Refusal | None:
    """The sentence for a full disk, missing rights or an impossible folder; None for every other error."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(f"Die Festplatte ist voll{where}: Bitte Platz schaffen und neu starten.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refusal(f"Die Rechte reichen nicht aus, um hier zu schreiben{where}.")
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG):
        return Refusal(f"Dieser Ordner lässt sich nicht anlegen{where}.")
    return None


@contextlib.contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Raise Refusal where a folder that exists takes no files (/proc): the system calls the new file missing."""
    try:
        yield
    except FileNotFoundError as error:
        raise Refusal(f"In diesem Ordner lässt sich nichts anlegen ({folder}): Bitte einen anderen nehmen.") from error


def tell(sentence: str) -> None:
    """Say one sentence to whoever runs the command."""
    print(sentence, file=sys.stderr, flush=True)
