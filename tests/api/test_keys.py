"""Keys of programs: made by administrators, shown once, good until their last day or until they are revoked."""

import re
from datetime import timedelta

import time_machine

from briefings.accounts.models import Role
from briefings.api import keys
from briefings.api.models import ApiKey, Scope, digest_of
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from tests.builders import a_user


def test_a_key_is_made_shown_once_used_and_revoked(app, client, now):
    client.sign_in(a_user(Role.ADMINISTRATOR, name="관리자"))
    assert "아직 만든 열쇠가 없습니다" in client.get("/staff/api-keys").text
    wrong = client.post("/staff/api-keys/new", data={"name": "", "expires_on": "2026-11-22"}).text
    assert "어디에 쓰는 열쇠" in wrong
    form = {"name": "데이터분석과 현황판", "scopes": ["funnel"], "expires_on": "2026-11-30"}
    made = client.post("/staff/api-keys/new", data=form)
    secret = re.search(r'value="(ieum_[\w-]{43})"', made.text)[1]
    assert made.headers["Cache-Control"] == "no-store"
    key = db.session.scalars(db.select(ApiKey)).one()
    assert (key.digest, key.scopes) == (digest_of(secret), ["funnel"])
    listed = client.get("/staff/api-keys").text
    assert "11. 30.(월)까지만 쓸 수 있습니다" in listed
    assert "쓴 적 없음" in listed
    assert secret not in listed + client.get(f"/staff/api-keys/{key.public_id}").text
    assert "같은 이름의 열쇠가 있습니다" in client.post("/staff/api-keys/new", data=form).text

    program, shown = app.test_client(), {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/funnel", headers=shown).status_code == 200
    assert db.session.get(ApiKey, key.id).last_used_at == now
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        program.get("/api/v1/funnel", headers=shown)
    assert db.session.get(ApiKey, key.id).last_used_at == now
    with time_machine.travel("2026-11-30T14:59Z", tick=False):
        assert program.get("/api/v1/funnel", headers=shown).status_code == 200
    with time_machine.travel("2026-11-30T15:00Z", tick=False):
        late = program.get("/api/v1/funnel", headers=shown)
        assert (late.status_code, late.headers["WWW-Authenticate"]) == (
            401,
            'Bearer realm="api", error="invalid_token"',
        )

    assert "이 열쇠를 거두시겠습니까?" in client.get(f"/staff/api-keys/{key.public_id}/revoke").text
    assert client.post(f"/staff/api-keys/{key.public_id}/revoke").status_code == 303
    assert program.get("/api/v1/funnel", headers=shown).status_code == 401
    assert program.get("/api/v1/needs", headers=shown).status_code == 401
    assert "이미 거둔 열쇠입니다" in client.post(f"/staff/api-keys/{key.public_id}/revoke", follow_redirects=True).text
    assert client.get(f"/staff/api-keys/{key.public_id}/revoke").location == f"/staff/api-keys/{key.public_id}"
    history = history_of(key)
    assert [entry.action for entry in history] == ["api_key.made", "api_key.revoked"]
    assert secret not in str([entry.detail for entry in history])
    assert client.post("/staff/api-keys/new", data=form).status_code == 200


def test_a_key_opens_what_it_is_for_and_nothing_else(app, client, now):
    by = a_user(Role.ADMINISTRATOR)
    with unit_of_work():
        _, secret = keys.make_key("통계만", [Scope.STATISTICS], None, by=by, today=now.date(), now=now)
    shown = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/statistics", headers=shown).status_code == 200
    refused = client.get("/api/v1/funnel", headers=shown)
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="api", error="insufficient_scope", scope="funnel"'
    for header in ("Basic dTpw", "Bearer", "Bearer ", f"Token {secret}", "Bearer ieum_" + "x" * 5000, "Bearer 열쇠"):
        assert client.get("/api/v1/needs", headers={"Authorization": header}).status_code == 401
