"""Where films and broadcasts play inside a page, and how their addresses say from which second on."""

import pytest

from briefings.live.players import from_second, player_from_second, player_of

HOSTS = ("www.youtube-nocookie.com", "tv.naver.com", "play-tv.kakao.com", "player.vimeo.com", "tv.agency.example.kr")


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=aB3_d-9", "https://www.youtube-nocookie.com/embed/aB3_d-9"),
        ("https://youtu.be/aB3_d-9?si=x", "https://www.youtube-nocookie.com/embed/aB3_d-9"),
        ("https://www.youtube.com/live/aB3_d-9?feature=share", "https://www.youtube-nocookie.com/embed/aB3_d-9"),
        ("https://tv.naver.com/v/12345", "https://tv.naver.com/embed/12345"),
        ("https://tv.kakao.com/channel/1/cliplink/99", "https://play-tv.kakao.com/embed/player/cliplink/99"),
        ("https://vimeo.com/4567", "https://player.vimeo.com/video/4567"),
        ("https://tv.agency.example.kr/live/1", "https://tv.agency.example.kr/live/1"),
        ("https://zoom.us/j/123", None),
        ("http://tv.agency.example.kr/live/1", None),
        ("https://tv.agency.example.kr.evil.example/live/1", None),
        ("https://tv.agency.example.kr@evil.example/", None),
        ("https://www.youtube.com/@channel", None),
        ("https://www.youtube.com/watch?v=%22%3E", None),
        ("https://[::1", None),
        ("javascript:alert(1)", None),
    ],
)
def test_only_what_a_host_lets_play_inside_plays_inside(address, player):
    assert player_of(address, HOSTS) == player


def test_no_host_plays_where_none_is_allowed():
    assert player_of("https://youtu.be/aB3_d-9", ()) is None


@pytest.mark.parametrize(
    ("address", "then"),
    [
        ("https://youtu.be/aB3?si=x", "https://youtu.be/aB3?si=x&t=750s"),
        ("https://www.youtube.com/watch?v=aB3&t=5s", "https://www.youtube.com/watch?v=aB3&t=750s"),
        ("https://tv.naver.com/v/12345", "https://tv.naver.com/v/12345?t=750"),
        ("https://vimeo.com/4567", "https://vimeo.com/4567#t=750s"),
        ("https://tv.agency.example.kr/film", None),
    ],
)
def test_an_address_begins_where_its_site_can_be_told_so(address, then):
    assert from_second(address, 750) == then


def test_a_player_begins_there_too():
    assert player_from_second("https://www.youtube-nocookie.com/embed/aB3", 750).endswith("/aB3?start=750")
    assert player_from_second("https://player.vimeo.com/video/1", 750).endswith("/1#t=750s")
    assert player_from_second("https://tv.agency.example.kr/live/1", 750) == "https://tv.agency.example.kr/live/1"
