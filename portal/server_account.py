"""Whose rights the embedded PostgreSQL gets: it refuses to run as root."""

import os
import pwd
import stat
import subprocess
from pathlib import Path
from typing import NamedTuple

from portal.refusal import tell

ROOTS_ACCOUNT = "embedded_postgres"


class Account(NamedTuple):
    """Whose rights a program gets; None keeps the present ones."""

    user: int | None = None
    group: int | None = None
    others: list[int] | None = None


def account_for(directory: Path, binaries: Path) -> Account:
    """As root: the account that owns or shall own the data and may reach the programs; otherwise the present one."""
    if os.geteuid() != 0:
        return Account()
    owner = directory.stat()
    if owner.st_uid == 0:
        try:
            account = pwd.getpwnam(ROOTS_ACCOUNT)
        except KeyError:
            subprocess.run(["useradd", "--system", "--user-group", ROOTS_ACCOUNT], check=True)  # noqa: S603, S607
            account = pwd.getpwnam(ROOTS_ACCOUNT)
        os.chown(directory, account.pw_uid, account.pw_gid)
        owner = directory.stat()
    _let_pass(directory)
    _let_pass(binaries)
    return Account(owner.st_uid, owner.st_gid, [])


def _let_pass(directory: Path) -> None:
    """Let the server's account walk through (not look into) the folders above its own; nothing more."""
    for above in directory.absolute().parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)
            tell(f"PostgreSQL darf {above} jetzt durchqueren (Recht o+x), weil es nicht als root laufen kann.")
