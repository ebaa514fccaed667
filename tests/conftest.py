"""Real PostgreSQL for every test: the embedded one on a data directory of its own, or the one of DATABASE_URL."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from offers.steering import demand_count
from portal import watch
from portal.embedded import THROWAWAY, Cluster
from portal.environment import Environment
from tests import emptying

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's event loop runs in the thread of the tests
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CLUSTER = Cluster(settings.VAR_DIR / "postgres-test", THROWAWAY)
_server = contextlib.ExitStack()
# A busy machine is no fault of what is tested: examples have no time limit.
hypothesis_settings.register_profile(
    "patient", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server (the controller of xdist does it for its workers) and point the settings at it."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # No collectstatic before tests: files come from where they lie.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    # Pages are drawn anew and what they rest on is looked up each time, unless a test says otherwise.
    settings.PAGE_CACHE_BYTES = 0
    watch.LOOK_EVERY = -1.0
    demand_count.EVERY = 0.0  # no thread writes counted searches while a test runs
    # The server of browser tests has a thread for each request: none may keep its connection.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    emptying.instead_of_truncating()
    if not settings.EMBEDDED or config.option.help or config.option.collectonly:
        return
    controller = not hasattr(config, "workerinput")
    if controller:
        _server.enter_context(CLUSTER.running())
    template = _template(build=controller)
    parsed = Environment.parse_database(CLUSTER.url())
    parsed["OPTIONS"] = {**settings.DATABASES["default"]["OPTIONS"], **parsed["OPTIONS"]}
    settings.DATABASES["default"].update(parsed)
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


def pytest_unconfigure() -> None:
    _server.close()


def _template(*, build: bool) -> str:
    """Name of a database with all migrations run, rebuilt when one changes; test databases are copies of it."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
    migrations = [*settings.BASE_DIR.glob("*/migrations/*.py"), *settings.BASE_DIR.glob("*/search/sql/*.sql")]
    for file in sorted(migrations):
        digest.update(file.name.encode() + file.read_bytes())
    name = f"template_{digest.hexdigest()[:16]}"
    if build:
        with psycopg.connect(CLUSTER.url("postgres"), autocommit=True) as connection:
            found = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
            if name not in found:
                for old in found:
                    if old.startswith("template_"):
                        connection.execute(f'DROP DATABASE "{old}"')
                _migrate(connection, name)
    return name


def _migrate(connection: psycopg.Connection[Any], name: str) -> None:
    """Run the real migrations on a draft, so that half a template is never taken for a whole one."""
    draft = f"draft_{name}"
    connection.execute(f'DROP DATABASE IF EXISTS "{draft}"')
    connection.execute(f'CREATE DATABASE "{draft}"')
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": CLUSTER.url(draft)}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.exit(f"Migrations failed:\n{done.stderr}", returncode=3)
    connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit come late: their rows are looked for in every table afterwards.

    Browser tests come last: Playwright's event loop stays in its thread, where no worker of the queue can start then.
    """
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, _commits(item)))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names: list[str] = getattr(item, "fixturenames", [])
    return bool({"live_server", "transactional_db"} & set(names)) or bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    """Each test writes its mails where only it looks."""
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder for servers' data. Not pytest's own: that is closed to the account PostgreSQL has when root tests."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=settings.VAR_DIR))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that the machine has, else the one Playwright installed. Missing in CI is a failure, not a skip."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    arguments = [*browser_type_launch_args.get("args", []), *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    if found:
        return {**browser_type_launch_args, "executable_path": found, "args": arguments}
    if not any(Path(os.path.expanduser("~/.cache/ms-playwright")).glob("chromium*")):  # noqa: PTH111 no HOME is fine
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no Chromium: run make test")
    return {**browser_type_launch_args, "args": arguments}
