"""What a file is follows from its content; what is not what it says, or could do harm, is not taken."""

import io
import re
import tracemalloc

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from briefings.db import db
from briefings.errors import Refused
from briefings.files import storing
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.files.packages import MOST_PARTS
from tests.conftest import NOW
from tests.files import samples

WHOLE = {
    "사업계획.pdf": samples.a_pdf(),
    "사업계획.hwp": samples.an_hwp(),
    "사업계획.hwpx": samples.an_hwpx(),
    "발표.pptx": samples.an_office_file("pptx"),
    "목록.XLSX": samples.an_office_file("xlsx"),
    "계획.docx": samples.an_office_file("docx"),
    "사진.png": samples.a_png(),
    "사진.jpeg": samples.a_jpeg(b"SEFT: what a phone adds"),
}
DISTRIBUTED = 1 | 1 << 2


def test_every_kind_is_known_by_its_content_alone(app: Flask) -> None:
    kept = [storing.store(name, data, NOW) for name, data in WHOLE.items()]
    assert [file.kind for file in kept] == list(Kind)
    assert [file.name for file in kept] == list(WHOLE)
    assert len({file.public_id for file in kept}) == len(kept)
    assert storing.store("배포용.hwp", samples.an_hwp(DISTRIBUTED), NOW).kind is Kind.HWP
    assert storing.store("저장한.hwp", samples.a_saved_hwp(), NOW).kind is Kind.HWP
    assert storing.store("보이는 대로.pdf", samples.a_pdf(), NOW).size_in_words == "82B"
    db.session.expire_all()
    listed = db.session.scalars(select(StoredFile)).first()
    assert "content" in inspect(listed).unloaded, "a list must not load what the files contain"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\문서\\결재 본.pdf", "결재 본.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("보고서", "보고서.pdf"),
        ("2026. 11. 23.", "2026. 11. 23.pdf"),
        ("제1차.계획서", "제1차.계획서.pdf"),
        ("", "첨부.pdf"),
        ("\u202efdp.\u200b실행\x00.PDF", "fdp.실행.PDF"),
        ("한글.pdf", "한글.pdf"),
        (f"{'가' * 300}.pdf", f"{'가' * 116}.pdf"),
    ],
)
def test_a_name_is_tidied_and_completed(app: Flask, name: str, kept: str) -> None:
    assert storing.store(name, samples.a_pdf(), NOW).name == kept


def refusal(name: str, data: bytes, **given: object) -> str:
    with pytest.raises(Refused) as refused:
        storing.store(name, data, NOW, **given)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("빈.pdf", b"", "비어 있습니다"),
        ("사진.png", samples.a_pdf(), r"내용\(PDF\)이 이름의 끝과 다릅니다"),
        ("계획.pdf.exe", samples.a_pdf(), "이름의 끝과 다릅니다"),
        ("매크로.xlsm", samples.an_office_file("xlsx"), "이름의 끝과 다릅니다"),
        ("실행.pdf", b"MZ\x90\x00", "받을 수 없는 형식.*PDF, HWP, HWPX, PPTX, XLSX, DOCX, PNG, JPEG"),
        ("글.pdf", b"<!doctype html><script>alert(1)</script>", "이름과 달리 내용이 받을 수 없는 형식"),
        ("글.txt", b"hello", "파일은 받을 수 없는 형식"),
        ("묶음.pptx", samples.an_archive({"a.txt": b"a"}), "받을 수 없는 형식"),
        ("둘.docx", samples.an_archive({"mimetype": "x", "[Content_Types].xml": "<a/>"}), "받을 수 없는 형식"),
        ("기타.hwp", samples.a_compound({"Other": b"x"}), "받을 수 없는 형식"),
        ("옛.hwp", samples.a_compound({"FileHeader": b"HWP Document"}), "받을 수 없는 형식"),
        ("옛.ppt", samples.a_compound({"PowerPoint Document": b"x"}), "예전 형식.*PPTX"),
        ("암호.pptx", samples.a_compound({"EncryptedPackage": b"x"}), "암호"),
        ("암호.hwp", samples.an_hwp(1 | 2), "암호"),
        ("저장한.hwp", samples.a_saved_hwp(1 | 2), "암호"),
        ("끊긴.hwp", samples.a_saved_hwp()[:-500], "손상"),
        ("보안.hwp", samples.an_hwp(1 | 1 << 4), "암호"),
        ("암호.hwpx", samples.an_hwpx("<odf:encryption-data/>"), "암호"),
        ("암호.pdf", samples.a_pdf(b"2 0 obj<</Encrypt 3 0 R>>endobj"), "암호"),
        ("매크로.hwp", samples.an_hwp(1 | 8), "매크로"),
        ("매크로.pptx", samples.an_office_file(vbaProject_bin=b"x"), "매크로"),
        (
            "매크로.pptx",
            samples.an_office_file(main="application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
            "매크로",
        ),
        ("끊긴.pdf", b"%PDF-1.7 and no end", "손상"),
        ("끊긴.png", samples.a_png()[:-6], "손상"),
        ("끊긴.jpg", samples.a_jpeg()[:20], "손상"),
        ("끊긴.hwp", samples.an_hwp()[:700], "손상"),
        ("끊긴.pptx", samples.an_office_file()[:-9], "손상"),
        ("덧붙임.png", samples.a_png(behind=samples.an_archive({"a": b"a"})), "덧붙어"),
        ("덧붙임.pdf", samples.a_pdf() + samples.an_archive({"a": b"a"}), "덧붙어"),
        (
            "두얼굴.hwpx",
            samples.an_archive({"mimetype": "application/hwp+zip", "a": b"%PDF-1.4"}, compression=0),
            "덧붙",
        ),
    ],
)
def test_what_is_not_what_it_says_or_could_do_harm_is_refused(app: Flask, name: str, data: bytes, why: str) -> None:
    said = refusal(name, data)
    assert re.search(why, said), said
    assert f"‘{name}’" in said


def test_names_of_parts_that_stand_twice_are_refused(app: Flask) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = io.BytesIO(samples.an_office_file())
        with samples.ZipFile(twice, "a") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
    assert "손상" in refusal("발표.pptx", twice.getvalue())


def test_a_file_that_would_swell_is_refused_without_being_unpacked(app: Flask) -> None:
    zeros = bytes(40 * 1024 * 1024)
    bomb = samples.an_office_file(slide_xml=zeros)
    many = samples.an_archive({f"{n}": b"" for n in range(MOST_PARTS + 1)}, compression=0)
    huge_index = samples.an_archive({"[Content_Types].xml": bytes(2 * 1024 * 1024)})
    tracemalloc.start()
    for data in (bomb, many, huge_index):
        assert "지나치게 커집니다" in refusal("발표.pptx", data)
    assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    tracemalloc.stop()


def test_entities_in_an_index_are_not_followed(app: Flask) -> None:
    evil = '<!DOCTYPE a [<!ENTITY b "c">]><Types>&b;</Types>'
    assert "손상" in refusal("발표.pptx", samples.an_archive({"[Content_Types].xml": evil}))


def test_size_and_kinds_may_be_narrowed(app: Flask) -> None:
    assert "너무 큽니다. 한 파일은 10B까지" in refusal("큰.pdf", samples.a_pdf(), largest=10)
    only = frozenset({Kind.PDF, Kind.PPTX})
    assert "받는 형식: PDF, PPTX" in refusal("사진.png", samples.a_png(), only=only)


STARTS = st.sampled_from([b"", *WHOLE.values()])


@given(
    name=st.text(max_size=40), start=STARTS, cut=st.integers(0, 3000), wrong=st.binary(max_size=200), at=st.integers(0)
)
@example(name="발표.pptx", start=samples.an_office_file(), cut=3000, wrong=b"", at=0)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_a_file_or_a_refusal(
    app: Flask, name: str, start: bytes, cut: int, wrong: bytes, at: int
) -> None:
    whole = bytearray(start[:cut])
    place = at % (len(whole) + 1)
    whole[place : place + len(wrong)] = wrong
    try:
        kept = storing.store(name, bytes(whole), NOW)
    except Refused as refused:
        assert "‘" in str(refused)
    else:
        assert kept.size == len(whole) and kept.name and kept.name.isprintable()
