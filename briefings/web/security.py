"""Headers on every answer, and what may ask how often."""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import Response, current_app, request, session
from flask_limiter import Limiter

from briefings.web.access import access_of

SAME_NETWORK = 64
"""So many leading bits of an IPv6 address are one household or office, which has all addresses behind them."""


def network() -> str:
    """Where a request came from, as limits count it: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "127.0.0.1"
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, SAME_NETWORK), strict=False))
    return str(address.ipv4_mapped if isinstance(address, IPv6Address) else address)


def made_by_script() -> bool:
    """Whether a page asks by itself, and no person waits for another page (Fetch Metadata; no browser lies there)."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def personal_link() -> str:
    """The personal link a request came by, for limits of one person: a whole ministry may sit behind one network."""
    return str((request.view_args or {}).get("token"))


limiter = Limiter(network, strategy="moving-window")

_FRAMES = "frame-src 'self'"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"connect-src 'self'; form-action 'self'; base-uri 'none'; {_FRAMES}; frame-ancestors 'none'"
)


def let_play(response: Response, player: str) -> Response:
    """The answer with a content policy of its own, in which the host of `player` may show itself inside the page."""
    response.headers["Content-Security-Policy"] = POLICY.replace(
        _FRAMES, f"{_FRAMES} https://{urlsplit(player).netloc}"
    )
    return response


_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_ONLY_ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def add_headers(response: Response) -> Response:
    """Content policy, no sniffing, no referrer from personal pages, nothing personal in a cache."""
    # What leads to no view may be a personal link with a slip in it.
    access = access_of(current_app, request.endpoint) if request.endpoint else "by_token"
    wanted = _ALWAYS | {"Referrer-Policy": "no-referrer" if access == "by_token" else "same-origin"}
    if current_app.config["PREFERRED_URL_SCHEME"] == "https":
        wanted |= _ONLY_ENCRYPTED
    if access != "public":
        wanted["X-Robots-Tag"] = "noindex"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        personal = access != "public" or "_user_id" in session
        wanted["Cache-Control"] = "no-store" if personal else "no-cache"
    there = {name for name, _ in response.headers}  # what a view has set itself stays
    response.headers.extend({name: value for name, value in wanted.items() if name not in there})
    return response
