"""A certificate as PDF, in the language of the address: its words here, its looks in `templates/papers`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from flask import Response, current_app, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from briefings.afterwards.models import Certificate
from briefings.errors import N_, Refused
from briefings.files.sending import attachment
from briefings.papers.looks import bring_mark, colours
from briefings.papers.setting import TAGGED, Busy, NoFont, PaperError, Undrawable, set_paper, workplace
from briefings.web.filters import day, period, site_name
from briefings.web.language import language

PDF = "application/pdf"
VERSION = 1
"""Raised with every change of how the paper looks: nobody is told that the one they have is still the same."""
NO_FONT = N_("서버에 한글 글꼴이 없어 PDF를 만들지 못합니다. 화면을 인쇄하거나 담당자에게 알려 주세요.")
BUSY = N_("확인증을 내려받는 분이 많습니다. 잠시 뒤에 다시 눌러 주세요.")
FAILED = N_("PDF를 만들지 못했습니다. 잠시 뒤에 다시 누르고, 또 그러면 담당자에게 알려 주세요.")


def certificate_file(certificate: Certificate) -> Response:
    """The PDF to be saved, or 304 where the reader has it; Refused where it cannot be made now."""
    response = Response(mimetype=PDF)
    tag = f"{certificate.number}-{VERSION}-{language()}"
    response.set_etag(tag)
    name = gettext("참가확인증")
    response.headers["Content-Disposition"] = attachment(f"{name}_{certificate.number}.pdf")
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
    elif request.method != "HEAD":
        response.set_data(_pdf_of(certificate))
    return response


def addresses(endpoint: str, **values: Any) -> dict[str, str]:
    """By language the address of one thing."""
    root = request.script_root
    path, plain = url_for(endpoint, **values).removeprefix(root), root.removesuffix("/en")
    return {"ko": plain + path, "en": f"{plain}/en{path}"}


def words_of(certificate: Certificate) -> dict[str, Any]:
    """What a certificate says, for the page and for the paper."""
    minutes = gettext("%(minutes)s분", minutes=certificate.minutes) if certificate.minutes else ""
    rows = [
        (gettext("성명"), certificate.name),
        (gettext("소속"), certificate.organization),
        (gettext("설명회"), certificate.title),
        (gettext("일시"), period((certificate.starts_at, certificate.ends_at))),
        (gettext("참가 시간"), minutes),
    ]
    settings = current_app.config
    issuer, in_english = settings["ISSUER"], settings["ISSUER_EN"] if language() == "en" else ""
    return {
        "title": gettext("참가 확인증"),
        "number_label": gettext("발급 번호"),
        "number": certificate.number,
        "rows": [(label, value) for label, value in rows if value],
        "statement": gettext("위 사람은 협업이음 온라인 사업설명회에 참가하였음을 확인합니다."),
        "date": day(certificate.issued_at),
        "issuer": in_english or gettext(issuer),
        "address": url_for("certificates.show", number=certificate.number, _external=True),
    }


def qr_of(address: str) -> Markup:
    """An address as a picture for a phone: a whole image in its address."""
    return Markup(segno.make(address, error="m").svg_data_uri(border=2, scale=4))  # noqa: S704 (made here)


def _pdf_of(certificate: Certificate) -> bytes:
    words = words_of(certificate)
    try:
        with workplace() as folder:
            segno.make(words["address"], error="m").save(str(folder / "qr.svg"), border=0)
            data = words | {
                "language": language(),
                "colours": colours(),
                "mark": bring_mark(folder),
                "site": site_name(),
                "rows": [{"label": label, "value": value, "language": "ko"} for label, value in words["rows"]],
                "check": {
                    "title": gettext("진위 확인"),
                    "words": gettext("아래 주소를 열거나 QR 코드를 비추면 이 확인증이 유효한지 확인할 수 있습니다."),
                    "address": words["address"],
                    "alt": gettext("진위 확인 주소의 QR 코드"),
                },
            }
            return _set(folder, data, certificate.issued_at)
    except NoFont:
        raise Refused(NO_FONT) from None
    except Busy:
        raise Refused(BUSY) from None
    except PaperError as error:
        current_app.logger.error("certificate: %s", error)
        raise Refused(FAILED) from None


def _set(folder: Path, data: dict[str, Any], at: datetime) -> bytes:
    """Whoever's name has a sign that no font here draws gets a paper, too: with an empty box in its place."""
    try:
        return set_paper(folder, "certificate", data, at, TAGGED)
    except Undrawable as error:
        current_app.logger.warning("certificate: %s", error)
        return set_paper(folder, "certificate", data, at)
