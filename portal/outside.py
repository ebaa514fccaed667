"""Asking websites of others, and never anything inside our own network.

A name is resolved once, every address behind it must be one of the open internet, and the connection goes to just that
address: a name that answers differently a moment later (DNS rebinding) gains nothing. Each redirect starts anew. No
proxy, no cookies, no credentials; of an answer only the status and where it points to are read.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from portal.enums import Fault

TIMEOUT = 10.0  # seconds for each step: connecting, sending, reading
LONGEST = 30.0  # seconds for one answer
MOST_REDIRECTS = 5
MOST_TEXT = 64 * 1024  # bytes of a page that is read at all
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int], socket.socket]


class OutsideError(Exception):
    """The website could not be asked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Reply:
    """Status, where it points to ("" when nowhere) and, when it was asked for, the beginning of the text."""

    status: int
    location: str = ""
    text: str = ""


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(address: str, port: int) -> socket.socket:
    return socket.create_connection((address, port), timeout=TIMEOUT)


def is_open(address: str) -> bool:
    """Whether an address belongs to the open internet; also looks into addresses wrapped in IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None and not is_open(str(inner)):
            return False
        if ip.ipv4_mapped:
            return True
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local)


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    inside = any(ip in ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if inside else None


@dataclass(frozen=True)
class Outside:
    """Asks websites; tests give it a resolver and a connector of their own, the checks between stay."""

    agent: str
    resolve: Resolve = resolve
    connect: Connect = connect
    context: ssl.SSLContext | None = None

    def ask(self, method: str, url: str, *, read: bool = False) -> Reply:
        """One request to one address, without following where it points to. Raises OutsideError."""
        host, port, path, secure = _parts(url)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        name = f"[{host}]" if ":" in host else host
        headers = {"Host": name, "User-Agent": self.agent, "Accept": "text/html,*/*;q=0.5", "Connection": "close"}
        alarm: threading.Timer | None = None
        try:
            connection.sock = sock = self._open(host, port, secure)
            alarm = threading.Timer(LONGEST, _hang_up, [sock])  # a server that drips byte by byte
            alarm.daemon = True
            alarm.start()
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            text = answer.read(MOST_TEXT).decode("utf-8", "replace") if read else ""
            return Reply(answer.status, answer.headers.get("Location") or "", text)
        except ssl.SSLError as error:
            raise OutsideError(Fault.TLS) from error
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            raise OutsideError(Fault.REFUSED) from error
        finally:
            if alarm is not None:
                alarm.cancel()
            connection.close()

    def follow(self, method: str, url: str, *, read: bool = False) -> Reply:
        """The answer at the end of all redirects; each hop is checked like the first. Raises OutsideError."""
        for _hop in range(MOST_REDIRECTS + 1):
            reply = self.ask(method, url, read=read)
            if reply.status not in REDIRECTS or not reply.location:
                return reply
            url = urljoin(url, reply.location)
        raise OutsideError(Fault.REDIRECTS)

    def _open(self, host: str, port: int, secure: bool) -> socket.socket:
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise OutsideError(Fault.NAME) from error
        if not addresses:
            raise OutsideError(Fault.NAME)
        if not all(is_open(address) for address in addresses):
            raise OutsideError(Fault.INTERNAL)
        sock = self._first_that_answers(addresses, port)
        if not secure:
            return sock
        try:
            return (self.context or ssl.create_default_context()).wrap_socket(sock, server_hostname=host)
        except OSError as error:
            sock.close()
            raise OutsideError(Fault.TLS) from error

    def _first_that_answers(self, addresses: Sequence[str], port: int) -> socket.socket:
        end = time.monotonic() + TIMEOUT
        for address in addresses:
            if time.monotonic() > end:
                break
            try:
                return self.connect(address, port)
            except OSError:
                continue
        raise OutsideError(Fault.REFUSED)


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _parts(url: str) -> tuple[str, int, str, bool]:
    """Host, port, path with query, and whether it is https. Raises OutsideError for anything but a web address."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if not _is_ip(parts.hostname) else parts.hostname
    except (ValueError, UnicodeError) as error:
        raise OutsideError(Fault.ADDRESS) from error
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise OutsideError(Fault.ADDRESS)
    if port not in (None, PORTS[parts.scheme]):
        raise OutsideError(Fault.INTERNAL)  # no website for families listens there
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in path + host):
        raise OutsideError(Fault.ADDRESS)
    return host, PORTS[parts.scheme], _ascii(path), parts.scheme == "https"


def _is_ip(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True


def _ascii(path: str) -> str:
    return "".join(
        letter if ord(letter) < 128 else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in path
    )
