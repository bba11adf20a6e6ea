"""From text to the two parts of a mail."""

import pytest
import turbohtml
from markupsafe import escape

from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.outbox.received import received
from briefings.outbox.rendering import html_of, mime_of, write


@pytest.fixture(params=["", "/en"])
def reader(app, request):
    """A mail is being written to a reader of Korean, or of English; the language."""
    with app.test_request_context(base_url=f"http://briefings.example.kr{request.param}"):
        yield request.param.removeprefix("/") or "ko"


def test_every_mail_ends_with_who_sends_it_and_where_to_write(reader, now):
    values = {"이름": "김하늘", "바뀐 때": now, "비밀번호 찾기": "http://briefings.example.kr/forgotten"}
    text = write("password_changed", values).text
    body, _, footer = text.partition("\n\n-- \n")
    assert "help@briefings.example.kr" in footer and "044-000-0000" in footer
    assert f"http://briefings.example.kr{'/en' if reader == 'en' else ''}/privacy" in footer
    assert text.count("help@briefings.example.kr") == 1
    assert "\n\n\n" not in text and body == body.strip()


def test_paragraphs_lists_and_addresses_keep_their_shape(reader):
    list_, address = "챙길 것\n- 이어폰\n- 질문\n끝.", "http://briefings.example.kr/r/a?x=1&y=2"
    text = f"첫 문단\n둘째 줄\n\n{list_}\n\n{address}\n\n-- \n사무국\n"
    page = turbohtml.parse(html_of(text, "제목"))
    assert page.find("html").attrs["lang"] == reader
    paragraphs = [paragraph.text for paragraph in page.find_all("p")]
    assert paragraphs == ["첫 문단둘째 줄", "챙길 것", "끝.", address, "사무국"]
    assert [item.text for item in page.find_all("li")] == ["이어폰", "질문"]
    [link] = page.find_all("a")
    assert (link.attrs["href"], link.attrs["target"]) == (address, "_blank")


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ config }}"]
)
def test_what_people_wrote_is_shown_and_does_nothing(app, hostile):
    with app.test_request_context():
        html = html_of(f"{hostile} 님\n\n- {hostile}", hostile)
    assert str(escape(hostile)) in html
    assert not turbohtml.parse(html).select("script, img, a")


def test_an_answer_in_a_thread_names_the_first_mail_and_the_same_bytes_are_made_again(app, now):
    message = Message(recipient="a@example.kr", recipient_name="김하늘", reference="0" * 32)
    mail = Mail("[일시 변경] 설명회", "새 일시입니다.\n", in_reply_to="1" * 32)
    with app.test_request_context():
        raw = mime_of(message, mail, now)
        assert mime_of(message, mail, now) == raw
    assert f"In-Reply-To: <{'1' * 32}@briefings.example.kr>".encode() in raw
    assert received(raw).text == "새 일시입니다.\n" and received(raw).calendar is None
