"""The result report as files: PDF, and documents that officers go on writing in (한글 HWPX, ODT)."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from briefings.errors import Refused
from briefings.papers.looks import bring_charts, bring_mark, colours
from briefings.papers.setting import TAGGED, Busy, NoFont, PaperError, Undrawable, set_paper, workplace, write_document
from briefings.statistics.blocks import Paper

log = logging.getLogger(__name__)

NO_FONT = "서버에 한글 글꼴이 없어 PDF를 만들지 못합니다. 글꼴을 설치하고 다시 해 주세요. 화면은 인쇄할 수 있습니다."
BUSY = "문서를 만드는 사람이 많습니다. 잠시 뒤에 다시 눌러 주세요."
FAILED = "문서를 만들지 못했습니다. 잠시 뒤에 다시 누르고, 또 그러면 다른 형식으로 내려받거나 화면을 인쇄해 주세요."


class FileKind(NamedTuple):
    """A form in which it is taken along."""

    name: str
    media_type: str
    said: str
    """What it is for."""


FILES = {
    "pdf": FileKind("PDF", "application/pdf", "보고와 보관"),
    "hwpx": FileKind("한글(HWPX)", "application/hwp+zip", "이어서 쓰기"),
    "odt": FileKind("ODT", "application/vnd.oasis.opendocument.text", "다른 문서 프로그램에서 이어서 쓰기"),
}


class Site(NamedTuple):
    """Who says all this."""

    name: str
    issuer: str


def written(ending: str, paper: Paper, site: Site, now: datetime) -> bytes:
    """The file; Refused where it cannot be made now."""
    data = paper.plain() | {"site": site.name, "issuer": site.issuer, "at": now.isoformat()}
    return _made(lambda: _pdf(data, now) if ending == "pdf" else _document(ending, data, now))


def _made(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except NoFont:
        raise Refused(NO_FONT) from None
    except Busy:
        raise Refused(BUSY) from None
    except PaperError as error:
        log.error("report: %s", error)
        raise Refused(FAILED) from None


def _pdf(data: dict[str, Any], now: datetime) -> bytes:
    """What somebody typed may have a sign that no font here draws: then an empty box stands in its place."""
    with workplace() as folder:
        bring_charts(folder)
        looks = {"colours": colours(), "mark": bring_mark(folder)}
        try:
            return set_paper(folder, "report", data | looks, now, TAGGED)
        except Undrawable as error:
            log.warning("report: %s", error)
            return set_paper(folder, "report", data | looks, now)


def _document(ending: str, data: dict[str, Any], now: datetime) -> bytes:
    with workplace() as folder:
        bring_charts(folder)
        return write_document(folder, ending, data | {"colours": colours()})
