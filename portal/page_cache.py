"""Ready pages for visitors without a cookie: compressed bytes, found before anything that costs is run.

A page is kept under its address (the language is part of it), the encoding the browser takes and the state of
everything public (`portal.watch`). When that state changes all pages go. What must not be shared is not kept: answers
with a cookie, `no-store` or `private`, forms that are posted (they hold a stamp of their own), streams and files.
"""

import contextlib
import gzip
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable, ItemsView, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase, ResponseHeaders
from django.utils.cache import patch_vary_headers

from portal.shelf import Shelf
from portal.watch import NothingKnownError, watch

KEPT_FOR = 300.0  # seconds; a page leaves out today's dates once they are over
LARGEST = 1_000_000  # bytes of a page
OVERHEAD = 2_500  # bytes of a kept page beside its content, roughly
GZIP_LEVEL = 6
PATIENCE = 0.25  # seconds for the shared cache
TEXTS = ("text/", "application/xml", "application/json", "application/ld+json", "image/svg+xml")
VARIES_BY = {"accept-encoding", "cookie", "hx-request"}  # all of them part of the key, or without one
PRIVATE = re.compile(r"no-store|no-cache|private|max-age=0", re.IGNORECASE)
# What links from mails and networks carry along means nothing here; who sent whom is none of our business.
NOISE = re.compile(r"(?:^|(?<=&))(?:utm_[a-z]+|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref_src)=[^&]*(?:&|$)")
_POSTED = re.compile(rb"<form[^>]*\smethod=[\"']?post", re.IGNORECASE)
_log = logging.getLogger(__name__)


class ReadyHeaders(ResponseHeaders):
    """Nobody changes them any more, so that they are listed for the server only once."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._listed = dict(super().items())

    def items(self) -> ItemsView[str, str]:
        return self._listed.items()


@dataclass(frozen=True, slots=True)
class Page:
    """A ready answer, as a 200 and as a 304; `kept_at` is in seconds of this process's clock."""

    content: bytes
    headers: ReadyHeaders
    etag: str
    kept_at: float
    note: str  # what the view said beside its answer, for those who count


class PageCacheMiddleware:
    """Stands first in MIDDLEWARE. PAGE_CACHE_BYTES 0 leaves it out, PAGE_CACHE_URL shares pages between processes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.PAGE_CACHE_BYTES:
            raise MiddlewareNotUsed
        self._get_response = get_response
        self._shelf: Shelf[Page] = Shelf(settings.PAGE_CACHE_BYTES)
        self._shared = Shared(shared_cache(settings.PAGE_CACHE_URL)) if settings.PAGE_CACHE_URL else None
        self._state = ""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if meta.get("HTTP_COOKIE"):
            return self._personal(request)
        if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in meta:
            return self._get_response(request)
        if meta["PATH_INFO"].startswith(settings.STATIC_URL):
            return self._get_response(request)
        try:
            state = watch.state()
        except NothingKnownError:
            return self._get_response(request)
        if state != self._state:
            self._shelf.clear()
            self._state = state
        encoding = "gzip" if "gzip" in meta.get("HTTP_ACCEPT_ENCODING", "") else ""
        key = _key(request, encoding)
        page = self._shelf.get(key)
        if page is None or time.monotonic() - page.kept_at > KEPT_FOR:
            page = self._from_others(key, state)
            if page is None:
                return self._drawn(request, key, state, encoding)
        return _answer(request, page)

    def _personal(self, request: HttpRequest) -> HttpResponseBase:
        """Whoever is signed in may just have changed something, and sees it at once."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            with contextlib.suppress(NothingKnownError):
                watch.look()
        return self._get_response(request)

    def _drawn(self, request: HttpRequest, key: str, state: str, encoding: str) -> HttpResponseBase:
        response = self._get_response(request)
        if not isinstance(response, HttpResponse) or not _may_be_kept(response):
            return response
        page = _page(response, encoding)
        if request.method == "GET" and self._state == state:
            self._shelf.put(key, page, len(page.content) + OVERHEAD)
            if self._shared is not None:
                self._shared.put(key, state, page)
        return _answer(request, page)

    def _from_others(self, key: str, state: str) -> Page | None:
        page = self._shared.get(key, state) if self._shared is not None else None
        if page is not None:
            self._shelf.put(key, page, len(page.content) + OVERHEAD)
        return page


def shared_cache(url: str) -> BaseCache:
    """Valkey or Redis; it must answer faster than a page is drawn, else it is passed over."""
    return RedisCache(url, {"OPTIONS": {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}})


class Shared:
    """Ready pages that several processes or machines share; the portal works on without it."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    def get(self, key: str, state: str) -> Page | None:
        try:
            kept = self._cache.get(_digest(key, state))
        except Exception:  # whatever its client raises: the page is drawn instead
            _log.warning("The shared page cache does not answer")
            return None
        if not kept:
            return None
        content, headers, etag, note = kept
        return Page(content, ReadyHeaders(headers), etag, time.monotonic(), note)

    def put(self, key: str, state: str, page: Page) -> None:
        try:
            self._cache.set(_digest(key, state), (page.content, dict(page.headers), page.etag, page.note), KEPT_FOR)
        except Exception:  # as above
            _log.warning("The shared page cache takes nothing")


def _digest(key: str, state: str) -> str:
    """No address is readable there, and none can be guessed without the secret key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{state} {key}".encode(), hashlib.sha256).hexdigest()


def _key(request: HttpRequest, encoding: str) -> str:
    meta = request.META
    query = meta["QUERY_STRING"]
    if "=" in query and NOISE.search(query):
        query = meta["QUERY_STRING"] = NOISE.sub("", query).rstrip("&")
    fragment = "fragment" if "HTTP_HX_REQUEST" in meta else ""
    return f"{encoding} {fragment} {request.scheme} {meta.get('HTTP_HOST', '')} {meta['PATH_INFO']}?{query}"


def _may_be_kept(response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        response.status_code == 200
        and not response.cookies
        and not PRIVATE.search(response.get("Cache-Control", ""))
        and varies <= VARIES_BY
        and response.get("Content-Type", "").startswith(TEXTS)
        and "Content-Encoding" not in response
        and len(response.content) <= LARGEST
        and not _POSTED.search(response.content)
    )


def _page(response: HttpResponse, encoding: str) -> Page:
    content = response.content
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}{"-gzip" if encoding else ""}"'
    if encoding:
        content = gzip.compress(content, GZIP_LEVEL, mtime=0)
        response["Content-Encoding"] = encoding
    response["ETag"] = etag
    response["Content-Length"] = str(len(content))
    response.setdefault("Cache-Control", "no-cache")  # browsers keep it, too, but ask each time whether it still holds
    patch_vary_headers(response, ["Accept-Encoding"])
    return Page(content, ReadyHeaders(dict(response.items())), etag, time.monotonic(), getattr(response, "note", ""))


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if asked and page.etag in asked:
        kept = {name: value for name, value in page.headers.items() if name not in ("Content-Length", "Content-Type")}
        return _noted(HttpResponseNotModified(headers=kept), page)
    response = HttpResponse(b"" if request.method == "HEAD" else page.content, content_type="")
    response.headers = page.headers  # shared, as nobody outside of this middleware writes any; a copy takes longer
    return _noted(response, page)


def _noted(response: HttpResponse, page: Page) -> HttpResponse:
    response.note = page.note  # type: ignore[attr-defined]  # read by whoever counts
    return response
