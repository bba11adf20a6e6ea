"""A form is taken with its token, also where the browser says nothing of the page it came from."""

import re

from briefings.schedule.links import token_of
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_registration

HTTPS = "https://briefings.example.kr"


def test_a_personal_page_posts_over_https_though_it_sends_no_referrer(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    registration = a_registration()
    address = f"/r/{token_of(registration)}/cancel"
    page = client.get(address, base_url=HTTPS)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    token = re.search('name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    assert client.post(address, data={"csrf_token": token}, base_url=HTTPS).status_code == 303
    assert registration.state is RegistrationState.CANCELLED


def test_a_form_without_its_token_is_not_taken(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    page = client.post("/registrations/find", data={"email": "gaon@example.com"})
    assert page.status_code == 400
    assert "화면을 연 지 오래되어" in page.text
