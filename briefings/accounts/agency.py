"""The sign-in service of people's agencies, over the network (OpenID Connect Core 1.0, RFC 7636, RFC 8176)."""

import hashlib
import json
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from briefings.errors import N_, Refused
from briefings.web.outgoing import Bounds, NoAnswer, NotAsked, ask, fault_of

SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key of the service's own; never those by a shared secret, nor none."""
LEEWAY = 60
"""Seconds by which the clock of the service may be off."""
BOUNDS = Bounds(largest=256 * 1024)
KEPT_FOR = 3600
"""Seconds for which what the service says of itself is not asked for again."""
SECOND_FACTORS = frozenset({"otp", "hwk", "swk", "sms", "tel", "sc", "face", "fpt", "iris", "retina", "vbm"})
FIRST_FACTORS = frozenset({"pwd", "pin", "kba"})
STRONG_CONTEXTS = frozenset(
    {
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "https://refeds.org/profile/mfa",
        "phr",
        "phrh",
    }
)
AWAY = N_("소속 기관의 로그인 서비스에 연결하지 못했습니다. 잠시 뒤에 다시 시도하거나 비밀번호로 로그인해 주세요.")
UNSOUND = N_("소속 기관의 로그인 서비스가 보낸 답을 확인하지 못했습니다. 처음부터 다시 로그인해 주세요.")


@dataclass(frozen=True)
class Agency:
    """What the settings say of the service; `issuer` is empty where there is none."""

    issuer: str
    client: str
    secret: str
    private: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Agency":
        """From the settings of the application."""
        names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_PRIVATE")
        return cls(*(settings[name] for name in names))


@dataclass(frozen=True)
class Errand:
    """What one way to the service and back is recognized by; it stays in the browser's session."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who somebody is for the service."""

    subject: str
    email: str
    two_factors: bool
    """Whether the service says that it asked for two proofs."""


_known: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}


def new_errand() -> Errand:
    """State, nonce and verifier, each of 256 random bits."""
    return Errand(*(secrets.token_urlsafe(32) for _ in range(3)))


def way_to(agency: Agency, errand: Errand, back: str, locale: str) -> str:
    """The address at which the service asks who somebody is and sends them `back`; Refused while it is away."""
    asked = {
        "response_type": "code",
        "client_id": agency.client,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": create_s256_code_challenge(errand.verifier),
        "code_challenge_method": "S256",
        "ui_locales": locale,
    }
    return add_params_to_uri(_metadata(agency)["authorization_endpoint"], list(asked.items()))


def person_of(agency: Agency, errand: Errand, code: str, back: str, now: datetime) -> Person:
    """Who came back with a code; Refused where the service does not vouch for it, or is away."""
    token = _token_for(agency, errand, code, back)
    claims = _claims_in(agency, token, errand, now)
    if "email" not in claims and "userinfo_endpoint" in _metadata(agency):
        claims |= _more_about(agency, token, str(claims["sub"]))
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    return Person(subject_key(agency, str(claims["sub"])), email, _asked_twice(claims))


def way_out(agency: Agency, back: str) -> str | None:
    """The address at which the service ends its own session too; None where it has none, or is away."""
    try:
        address = _metadata(agency).get("end_session_endpoint")
    except Refused:
        return None
    leaving = [("client_id", agency.client), ("post_logout_redirect_uri", back)]
    return add_params_to_uri(address, leaving) if address else None


def subject_key(agency: Agency, subject: str) -> str:
    """What is stored of a subject: it means this one person of this one service, however plain its numbers are."""
    return hashlib.sha256(f"{agency.issuer}|{subject}".encode()).hexdigest()


def _asked_twice(claims: Mapping[str, Any]) -> bool:
    """`mfa`, or something one has or is beside something one knows (RFC 8176, 2), or a context that means as much."""
    methods = claims.get("amr")
    methods = {str(method) for method in methods} if isinstance(methods, list) else set()
    both = bool(methods & SECOND_FACTORS) and bool(methods & FIRST_FACTORS)
    return "mfa" in methods or both or claims.get("acr") in STRONG_CONTEXTS


def _token_for(agency: Agency, errand: Errand, code: str, back: str) -> dict[str, Any]:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": errand.verifier,
        "client_id": agency.client,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    ways = _metadata(agency).get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in ways:
        both = f"{quote(agency.client, safe='')}:{quote(agency.secret, safe='')}"  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
    else:
        asked["client_secret"] = agency.secret
    answer = _answer(agency, "POST", _metadata(agency)["token_endpoint"], headers, urlencode(asked).encode())
    if not isinstance(answer.get("id_token"), str):
        raise Refused(UNSOUND)
    return answer


def _claims_in(agency: Agency, token: Mapping[str, Any], errand: Errand, now: datetime) -> dict[str, Any]:
    """The claims of an ID token whose signature, issuer, audience, times and nonce are right (3.1.3.7)."""
    read = _read(token["id_token"], _keys(agency)) or _read(token["id_token"], _keys(agency, anew=True))
    if read is None:
        raise Refused(UNSOUND)
    options: Any = {
        "iss": {"essential": True, "values": [agency.issuer, f"{agency.issuer}/"]},
        "aud": {"essential": True, "value": agency.client},
    }
    expected = {"nonce": errand.nonce, "client_id": agency.client, "access_token": token.get("access_token")}
    claims = CodeIDToken(read.claims, read.header, options, expected)
    try:
        claims.validate(int(now.timestamp()), LEEWAY)
    except (JoseError, ValueError, TypeError):
        raise Refused(UNSOUND) from None
    return dict(claims)


def _read(text: str, keys: Mapping[str, Any]) -> Any:
    try:
        return jwt.decode(text, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _more_about(agency: Agency, token: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """What the service says beyond the token, of the same person only (5.3.2)."""
    headers = {"Authorization": f"Bearer {token.get('access_token')}", "Accept": "application/json"}
    said = _answer(agency, "GET", _metadata(agency)["userinfo_endpoint"], headers)
    same = said.get("sub") == subject
    return {name: said[name] for name in ("email", "email_verified") if same and name in said}


def _metadata(agency: Agency) -> dict[str, Any]:
    """What the service says of itself (OpenID Connect Discovery 1.0), if it is the one we mean."""
    said = _remembered(agency, f"{agency.issuer}/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    besides = [name for name in ("userinfo_endpoint", "end_session_endpoint") if name in said]
    ours = str(said.get("issuer", "")).rstrip("/") == agency.issuer
    addresses = [said.get(name) for name in (*needed, *besides)]
    sound = all(isinstance(each, str) and not fault_of(each, agency.private) for each in addresses)
    if not ours or not sound:
        _known.clear()  # once it is mended it is asked anew
        raise Refused(UNSOUND)
    return said


def _keys(agency: Agency, anew: bool = False) -> dict[str, Any]:
    return _remembered(agency, _metadata(agency)["jwks_uri"], anew)


def _remembered(agency: Agency, address: str, anew: bool = False) -> dict[str, Any]:
    at, found = _known.get((agency.issuer, address), (0.0, {}))
    if anew or not found or not 0 <= time.monotonic() - at < KEPT_FOR:
        found = _answer(agency, "GET", address, {"Accept": "application/json"})
        _known[agency.issuer, address] = time.monotonic(), found
    return found


def _answer(
    agency: Agency, method: str, address: str, headers: Mapping[str, str], body: bytes | None = None
) -> dict[str, Any]:
    """The object in the answer to one question; Refused where there is none."""
    try:
        answer = ask(method, address, headers, body, private=agency.private, bounds=BOUNDS)
    except (NotAsked, NoAnswer):
        raise Refused(AWAY) from None
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if answer.status != 200 or not isinstance(found, dict):
        raise Refused(AWAY if answer.status >= 500 else UNSOUND)
    return found
