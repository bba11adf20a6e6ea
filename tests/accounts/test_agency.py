"""Signing in by the service of one's agency, against a real provider that listens on this machine."""

import re
import ssl
import warnings
from contextlib import contextmanager
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from briefings.accounts import agency
from briefings.accounts.agency import Agency, _asked_twice, subject_key
from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.config import SettingsError, settings_from
from briefings.db import db
from tests.accounts.test_second_factor import on_page
from tests.builders import a_user
from tests.mails import mails_to

with warnings.catch_warnings():  # the provider uses what its own library will drop some day
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User as Known
    from oidc_provider_mock import run_server_in_thread

before_the_database = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
VERIFIED = {"email": "haneul@example.kr", "email_verified": True}


@pytest.fixture(scope="module")
def provider():
    """A provider with some people, and the address it is known by."""
    people = [
        Known(sub="haneul", claims=VERIFIED),
        Known(sub="mfa", claims=VERIFIED | {"amr": ["pwd", "otp"]}),
        Known(sub="unproven", claims={"email": "haneul@example.kr", "email_verified": False}),
        Known(sub="stranger", claims={"email": "nobody@example.kr", "email_verified": True}),
    ]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def connected(app, provider, monkeypatch):
    """The application knows the provider."""
    agency._known.clear()
    for name, value in {"ISSUER": provider, "CLIENT_ID": "ieum", "CLIENT_SECRET": "s:1 %", "PRIVATE": True}.items():
        monkeypatch.setitem(app.config, f"OIDC_{name}", value)
    return provider


@pytest.fixture
def user(app):
    return a_user(email="haneul@example.kr")


@contextmanager
def quietly():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom to trust where no TLS is spoken: to read whom this machine trusts takes longer than the request."""


def answer_of(client, sub, after="", press=None):
    """Where the provider sends somebody back to who says to be `sub` there."""
    asked = client.get("/sign-in/agency", query_string={"next": after} if after else {})
    assert asked.status_code == 302, asked.text
    with quietly():
        answer = httpx.post(asked.location, data=press or {"sub": sub}, trust_env=False, verify=NOBODY)
    return "/sign-in/agency/back?" + urlsplit(answer.headers["location"]).query


def come_by(client, sub, after="", **press):
    with quietly():
        return client.get(answer_of(client, sub, after, press or None))


def is_in(client):
    return client.get("/account/sessions").status_code == 200


@before_the_database
def test_the_service_is_asked_with_all_that_keeps_the_way_safe(client, connected):
    address = urlsplit(client.get("/sign-in/agency").location)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == connected
    assert asked["redirect_uri"] == "http://briefings.example.kr/sign-in/agency/back"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(client.get("/sign-in/agency").location).query)
    assert not {again[name][0] for name in ("state", "nonce", "code_challenge")} & set(asked.values())


def test_an_account_is_linked_by_its_verified_address_once_and_then_by_its_subject(app, client, connected, user):
    assert come_by(client, "haneul", "/staff/accounts").location == "/staff/accounts"
    assert is_in(client)
    assert user.oidc_subject == subject_key(Agency(connected, "", "", True), "haneul")
    acts = [(entry.action, entry.detail.get("way")) for entry in history_of(user)]
    assert acts == [("account.agency_linked", None), ("account.signed_in", "agency")]
    assert mails_to(app, user.email)[0].subject == "[협업이음] 소속 기관 계정과 연결했습니다"
    user.email = "moved@example.kr"
    db.session.commit()
    assert is_in_after(app, "haneul")
    a_user(email="haneul@example.kr")
    assert is_in_after(app, "haneul"), "whoever gets the old address gets nothing else"
    client.post("/account/agency/unlink")
    assert user.oidc_subject is None
    assert "연결되어 있지 않습니다" in client.post("/account/agency/unlink").text


def is_in_after(app, sub):
    client = app.test_client()
    come_by(client, sub)
    return is_in(client)


@pytest.mark.parametrize(
    ("sub", "why"),
    [("stranger", "이 주소로 쓰는 계정이 없습니다"), ("unproven", "확인된 전자우편 주소를 알려 주지 않아")],
)
def test_nobody_gets_an_account_or_another_ones_by_it(client, connected, user, sub, why):
    assert why in come_by(client, sub).text
    assert not is_in(client)
    assert user.oidc_subject is None


def test_an_account_that_is_off_stays_off_and_one_that_is_anothers_stays_theirs(app, client, connected, user):
    user.active = False
    db.session.commit()
    assert "꺼진 계정입니다" in come_by(client, "haneul").text
    assert user.oidc_subject is None
    user.active, user.oidc_subject = True, "somebody else"
    db.session.commit()
    assert "다른 사용자와 연결되어 있습니다" in come_by(client, "haneul").text
    assert not is_in(client)


@before_the_database
def test_whoever_comes_without_having_asked_is_not_let_in(app, client, connected, user):
    stolen = answer_of(app.test_client(), "haneul")
    for way in (stolen, "/sign-in/agency/back", "/sign-in/agency/back?code=x&state="):
        assert "로그인을 시작한 창이 아니거나" in client.get(way).text
    fresh = answer_of(client, "haneul")
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    state = parse_qs(urlsplit(fresh).query)["state"][0]
    with quietly():
        mixed = client.get("/sign-in/agency/back?" + urlencode({"code": code, "state": state}))
        assert "확인하지 못했습니다" in mixed.text, "another's code bears another's nonce"
        assert "로그인을 시작한 창이 아니거나" in client.get(fresh).text, "each errand is run once"
    assert not is_in(client)


@before_the_database
def test_a_no_at_the_service_is_said_in_words(client, connected):
    assert "로그인을 취소했습니다" in come_by(client, "haneul", action="deny").text
    state = parse_qs(urlsplit(client.get("/sign-in/agency").location).query)["state"][0]
    refused = client.get(f"/sign-in/agency/back?error=server_error&state={state}").text
    assert "로그인을 받아 주지 않았습니다" in refused


@before_the_database
def test_a_service_that_is_away_or_another_one_is_said_in_words(app, client, connected, monkeypatch):
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "http://127.0.0.1:9")
    assert "연결하지 못했습니다" in client.get("/sign-in/agency").text
    monkeypatch.setitem(app.config, "OIDC_ISSUER", f"{connected}/elsewhere")
    assert "확인하지 못했습니다" in client.get("/sign-in/agency").text
    monkeypatch.setitem(app.config, "OIDC_ISSUER", connected)
    monkeypatch.setitem(app.config, "OIDC_PRIVATE", False)
    assert "연결하지 못했습니다" in client.get("/sign-in/agency").text, "nothing inside the house is asked"


@before_the_database
def test_what_the_service_says_of_itself_is_asked_anew_once_it_is_mended(client, connected, monkeypatch):
    answer, spoilt = agency._answer, {"end_session_endpoint": "javascript:alert(1)", "userinfo_endpoint": 5}
    for name, value in spoilt.items():
        agency._known.clear()
        monkeypatch.setattr(agency, "_answer", lambda *asked, said={name: value}: answer(*asked) | said)
        assert "확인하지 못했습니다" in client.get("/sign-in/agency").text, name
        monkeypatch.setattr(agency, "_answer", answer)
        assert client.get("/sign-in/agency").status_code == 302


@before_the_database
def test_a_token_that_is_wrong_in_anything_opens_nothing(client, connected, user, monkeypatch):
    read = agency._read

    def spoilt(claim, text, keys):
        if claim == "signature":
            return read(text[:-8] + "AAAAAAAA", keys)
        token = read(text, keys)
        token.claims[claim] = 1 if claim == "exp" else "another"
        return token

    for claim in ("iss", "aud", "nonce", "exp", "signature"):
        monkeypatch.setattr(agency, "_read", partial(spoilt, claim))
        assert "확인하지 못했습니다" in come_by(client, "haneul").text, claim
        assert not is_in(client), claim


def test_a_second_proof_is_asked_for_unless_the_service_asked_for_it(app, connected, user, now, monkeypatch):
    monkeypatch.setitem(app.config, "TWO_FACTOR", "required")
    client = app.test_client()
    assert come_by(client, "haneul").location == "/sign-in/second-factor"
    db.session.refresh(user)
    assert user.oidc_subject is None and not mails_to(app, user.email), "nothing is linked before every proof is given"
    sealed, its_app = on_page(client.get("/sign-in/second-factor").text)
    client.post("/sign-in/second-factor", data={"secret": sealed, "code": its_app.at(now)})
    db.session.refresh(user)
    assert user.oidc_subject == subject_key(Agency(connected, "", "", True), "haneul") and is_in(client)
    user.oidc_subject = None
    db.session.commit()
    assert come_by(app.test_client(), "mfa").location == "/staff/"


@pytest.mark.parametrize(
    ("claims", "twice"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["otp"]}, False),
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": ["pin", "sc"]}, True),
        ({"amr": ["mfa"]}, True),
        ({"amr": "mfa"}, False),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"acr": "1"}, False),
    ],
)
def test_two_proofs_are_two_kinds_of_proof(claims, twice):
    assert _asked_twice(claims) is twice


@before_the_database
def test_signing_out_says_that_the_service_may_still_know_who_one_is(app, client, connected, user):
    come_by(client, "haneul")
    assert client.post("/sign-out").location == "/signed-out"
    page = client.get("/signed-out").text
    assert re.search(rf'href="{connected}/[^"]*post_logout_redirect_uri=http', page)
    assert not is_in(client)


@before_the_database
def test_where_there_is_no_service_nothing_speaks_of_it(app, client):
    assert client.get("/sign-in/agency").status_code == client.get("/sign-in/agency/back").status_code == 404
    assert client.get("/signed-out").location == "/"
    assert "소속 기관" not in client.get("/sign-in").text


def test_the_button_is_named_by_the_setting_and_an_administrator_may_undo_a_link(
    app, client, connected, user, monkeypatch
):
    monkeypatch.setitem(app.config, "OIDC_NAME", "온나라")
    assert "온나라 로그인" in client.get("/sign-in").text
    come_by(app.test_client(), "haneul")
    client.sign_in(a_user(Role.ADMINISTRATOR))
    assert "소속 기관 연결 끊기" in client.get(f"/staff/accounts/{user.id}").text
    assert client.post(f"/staff/accounts/{user.id}/agency/unlink").status_code == 302
    assert user.oidc_subject is None


@pytest.mark.parametrize(
    ("issuer", "rest"),
    [("login.example.kr", {}), ("http://login.example.kr", {}), ("https://login.example.kr", {"OIDC_CLIENT_ID": ""})],
)
def test_a_service_that_cannot_work_or_not_safely_is_no_setting(issuer, rest):
    sound = {"IEUM_ENV": "development", "OIDC_CLIENT_ID": "ieum", "OIDC_CLIENT_SECRET": "secret"}
    with pytest.raises(SettingsError, match="OIDC_"):
        settings_from(sound | {"OIDC_ISSUER": issuer} | rest)
    assert (
        settings_from(sound | {"OIDC_ISSUER": "https://login.example.kr/"})["OIDC_ISSUER"] == "https://login.example.kr"
    )
