"""Finding a person in what others wrote: in any writing, and nobody else."""

import pytest

from briefings.rights.blackening import blacken, blacken_all, is_in_mail, person

ADDRESS = "iseul.namgung@gaon.example.kr"
WHO = person(ADDRESS, ["남궁이슬"], ["010-2345-6789"])


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("남궁이슬님께", "○○○님께"),
        ("남궁 이슬의 전화 +82-10-2345-6789", "○○○의 전화 ○○○"),
        ("(010) 2345 6789번", "○○○번"),
        ("ISEUL.namgung@gaon.example.KR", ""),
        ("<iseul.namgung@gaon.example.kr>", "<○○○>"),
        ("https://x.kr/?q=iseul.namgung%40gaon.example.kr", "https://x.kr/?q=○○○"),
        ("남궁이슬기 씨와 iseul.namgung@gaon.example.kr.com, 010-2345-67890", None),
    ],
)
def test_a_person_is_found_in_any_writing_and_nobody_else(words, left):
    assert blacken(words, WHO) == (words if left is None else left)


def test_what_stands_beside_the_address_means_nobody_else():
    shared = person(ADDRESS, ["김하늘"], [], shared=["김하늘"])
    rows = [["김하늘", ADDRESS], ["김하늘", "haneul@example.kr"]]
    assert blacken_all(rows, shared) == [["○○○", ""], ["김하늘", "haneul@example.kr"]]
    assert blacken_all({"김하늘": 1, "by": ["김하늘"]}, shared) == {"김하늘": 1, "by": ["김하늘"]}


def test_what_is_no_mail_is_read_all_the_same():
    assert is_in_mail("김가온이 남궁이슬에게".encode(), WHO)
    assert not is_in_mail(b"\xff\x00" * 40, WHO)
