"""No traces of families: after a whole visit neither logs nor database know where, how old or what was asked."""

import re
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext

from portal.embedded import Cluster
from tests.browser.traces import Marks, Watch, in_database, in_files
from tests.running import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LATITUDE, LONGITUDE = 51.471379214, 6.839146371  # nine digits: a moment in a table has six
MARKS = Marks(
    place=("51.4713", "51.4714", "471379214", "6.8391", "839146371"),
    birth=('2013-02"', "2013-02&", "2013-02 ", "geburt=", "02/2013", "02.2013", "Februar 2013"),
    words="xylophonzwiebel",
)


class Visit:
    """A family's whole visit with a position, a birth month and words of their own."""

    def __init__(self, portal: Portal, context: BrowserContext) -> None:
        self.base = portal.address
        self.context = context
        self.tab = context.new_page()

    def all(self) -> None:
        words, place = MARKS.words, f"{LATITUDE},{LONGITUDE}"
        paths = [
            f"/angebote/?q={words}",
            f"/angebote/?naehe={place}&umkreis=2&sortierung=nah",
            f"/angebote/?naehe={place}&q={words}&alter=14&ort=osterfeld",
            f"/angebote/vorschlaege/?q={words}",
            f"/kette/karte/?q={words}&naehe={place}",
            "/kette/kind/?geburt=2013-02&ort=osterfeld",
            "/kette/kind/?monat=2&jahr=2013",
            "/merkliste/?o=cityknirpse",
            f"/partner/?q={words}",
            f"/gibt-es-nicht/?q={words}&geburt=2013-02&naehe={place}",
            f"/angebote/?q={words}%00&seite=x",
            f"/merkliste/?o={words}",
        ]
        for path in paths:
            self.tab.goto(self.base + path)
        for path in (f"/angebote/?q={words}", "/kette/kind/?geburt=2013-02"):
            self.context.request.post(self.base + path, form={"q": words, "geburt": "2013-02"})
            self.context.request.get(self.base + path, headers={"HX-Request": "true"})
        for path in ("angebote/cityknirpse/angebot.pdf", "merkliste/angebote.pdf?o=cityknirpse"):
            self.context.request.get(f"{self.base}/{path}")
        self._type_and_ask_for_what_is_near()

    def _type_and_ask_for_what_is_near(self) -> None:
        self.tab.goto(f"{self.base}/angebote/")
        near = self.tab.locator("button[data-near]:visible")
        if near.count():
            near.first.click()
            self.tab.wait_for_url("**naehe=**")
        self.tab.goto(self.base)
        with self.tab.expect_response(lambda answer: "/vorschlaege/" in answer.url and MARKS.words in answer.url):
            self.tab.locator("input[name=q]").first.press_sequentially(MARKS.words)
        self.tab.locator("input[name=q]").first.press("Enter")
        self.tab.wait_for_url("**/angebote/**")


@pytest.fixture(scope="module")
def visited(scratch: Path, browser: Browser) -> tuple[Path, list[str], list[str], Watch]:
    """The folder of a portal that has been visited, and what stood in its database before and after."""
    watch, sent = Watch(), []
    with Portal(scratch, PORTAL_LOG_LEVEL="DEBUG") as portal:
        before = in_database(Cluster(scratch / "postgres").url(), MARKS)
        context = browser.new_context(
            locale="de-DE",
            geolocation={"latitude": LATITUDE, "longitude": LONGITUDE},
            permissions=["geolocation"],
        )
        context.on("request", watch.request)
        context.on("response", watch.response)
        visit = Visit(portal, context)
        visit.all()
        context.on("request", lambda request: sent.append(request.url))
        visit._type_and_ask_for_what_is_near()
        assert context.cookies() == []
        context.close()
        after = in_database(Cluster(scratch / "postgres").url(), MARKS)
    assert not [url for url in sent if "51.4713" in url or "839146" in url]  # the browser rounds before it sends
    return scratch, [row for row in after if row not in before], before, watch


def test_logs_and_files_hold_no_trace(visited: tuple[Path, list[str], list[str], Watch]) -> None:
    assert (visited[0] / "postgres.log").is_file()
    assert in_files(visited[0], MARKS) == []


def test_the_database_holds_no_trace(visited: tuple[Path, list[str], list[str], Watch]) -> None:
    assert visited[2] == []  # the marks are unlike the city's own facts
    assert visited[1] == []


def test_no_cookie_and_no_foreign_host(visited: tuple[Path, list[str], list[str], Watch]) -> None:
    assert visited[3].foreign == set()
    assert visited[3].cookies == set()


def test_a_planted_trace_is_found(visited: tuple[Path, list[str], list[str], Watch], tmp_path: Path) -> None:
    """The checks above can fail."""
    for planted in (f"GET /angebote/?naehe={LATITUDE},6.9", "GET /kette/kind/?geburt=2013-02 200", f"q={MARKS.words}"):
        (tmp_path / "server.log").write_text(f"INFO {planted}\n", encoding="utf-8")
        assert in_files(tmp_path, MARKS), planted
    cluster = Cluster(visited[0] / "postgres")
    with cluster.running(), psycopg.connect(cluster.url(), autocommit=True) as connection:
        for column, value in [
            ("double precision", LATITUDE),
            ("jsonb", f'{{"geburt": "2013-02", "lang": "{LONGITUDE}"}}'),
            ("text[]", [f"{MARKS.words} 192.0.2.7"]),
            ("text", f"{MARKS.words} mutter@example.org"),
        ]:
            connection.execute(f"CREATE TABLE planted (id int, value {column})")
            connection.execute("INSERT INTO planted VALUES (1, %s)", [value])
            assert any(row.startswith("planted") for row in in_database(cluster.url(), MARKS)), column
            connection.execute("DROP TABLE planted")
        connection.execute("CREATE TABLE planted (word text, times int)")
        connection.execute("INSERT INTO planted VALUES (%s, 3)", [MARKS.words])  # counted, beside no address
        assert not [row for row in in_database(cluster.url(), MARKS) if row.startswith("planted")]
        connection.execute("DROP TABLE planted")


def test_marks_are_what_they_should_be() -> None:
    assert re.fullmatch(r"\d\d\.\d{9}", str(LATITUDE))
    assert MARKS.in_log("nothing at all") == []
