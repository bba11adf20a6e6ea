"""Which passwords are good enough."""

import pytest

from briefings.accounts.passwords import refuse_easy
from briefings.errors import Refused


@pytest.mark.parametrize(
    "password",
    [
        "짧은비밀번호",
        "short7!",
        "1234567890",
        "0987654321",
        "password123",
        "Password2026",
        "P@ssw0rd!!",
        "qwertyuiop",
        "qwerty123456",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "q1w2e3r4t5",
        "asdfghjkl;",
        "aaaaaaaaaaaa",
        "abababababab",
        "qwer1234!@#$",
        "dkssudgktpdy",
        "tkfkdgo1234",
        "administrator",
    ],
)
def test_short_and_common_passwords_are_refused(password):
    with pytest.raises(Refused):
        refuse_easy(password)


@pytest.mark.parametrize(
    "password", ["haneul.kim1", "하늘하늘하늘하늘하늘", "kimhaneul2026", "01012345678", "gaon12345!"]
)
def test_a_password_made_of_what_is_known_about_the_person_is_refused(password):
    with pytest.raises(Refused):
        refuse_easy(password, "kim.haneul@gaon.go.kr", "김하늘", "010-1234-5678")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "x8#Lm2vQpz",
        "바다에서 모은 그물을 다시 씁니다",
        "8302957146",
        "Tiger7!moonlit",
        " spaces  count too ",
    ],
)
def test_long_passwords_that_nobody_foresees_are_taken_whatever_they_are_made_of(password):
    refuse_easy(password, "kim.haneul@gaon.go.kr", "김하늘", "010-1234-5678")
