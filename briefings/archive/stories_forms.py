"""Forms of success stories."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.archive.stories import LARGEST_PICTURE, PICTURES, Words
from briefings.files.forms import FilesField
from briefings.files.kinds import in_words, words_for
from briefings.web.forms import Form

ALT = "그림을 보지 못하는 사람에게 읽어 줄 글"


class StoryForm(Form):
    """What a story says."""

    seen = HiddenField()
    title = StringField("제목", [DataRequired(), Length(max=120)])
    summary = StringField("한 줄 소개", [DataRequired(), Length(max=200)], description="목록에 보입니다.")
    text = TextAreaField(
        "이야기",
        [DataRequired(), Length(max=20_000)],
        description=(
            "빈 줄로 문단을 나누고, 소제목은 줄 앞에 ‘## ’을 붙입니다. "
            "성사 기록에서 미리 채운 내용을 읽기 좋게 다듬어 주세요."
        ),
    )

    def words(self, picture_alt: str = "") -> Words:
        """As the use cases take them."""
        return Words(self.title.data, self.summary.data, self.text.data, picture_alt)


class StoryWithPictureForm(StoryForm):
    """The same of a story that has a picture."""

    picture_alt = StringField(
        ALT, [DataRequired(), Length(max=200)], description="그림에 무엇이 보이는지 한 문장으로 적습니다."
    )


class PictureForm(Form):
    """A picture and what those hear who do not see it."""

    file = FilesField(
        "그림",
        PICTURES,
        description=f"받는 형식: {words_for(PICTURES)}. {in_words(LARGEST_PICTURE)}까지. "
        "찍은 곳과 시각처럼 그림에 딸린 정보는 지우고 올립니다.",
    )
    picture_alt = StringField(
        ALT,
        [DataRequired(), Length(max=200)],
        description="그림에 무엇이 보이는지 한 문장으로 적습니다. 예: 두 기관의 담당자가 재생 원료를 살펴보고 있다.",
    )


class ConsentForm(Form):
    """What an organization says to a story."""

    seen = HiddenField()
    agreed = RadioField(
        _l("이 이야기를 게시해도 됩니까?"),
        [InputRequired()],
        choices=[
            SelectChoice("yes", _l("동의합니다. 이대로 게시해도 됩니다")),
            SelectChoice("no", _l("동의하지 않습니다")),
        ],
    )
    said = TextAreaField(
        _l("고칠 것이나 까닭"), [Length(max=2000)], description=_l("동의하지 않으면 무엇을 고치면 되는지 적어 주세요.")
    )
    by = StringField(_l("답하는 분의 이름"), [DataRequired(), Length(min=2, max=120)])


class TakeBackForm(Form):
    """Why an organization takes its consent back."""

    seen = HiddenField()
    said = TextAreaField(_l("까닭"), [Length(max=2000)], description=_l("담당자만 읽습니다."))
    by = StringField(_l("답하는 분의 이름"), [DataRequired(), Length(min=2, max=120)])


class WithdrawForm(Form):
    """Why staff take a story off the pages."""

    reason = StringField("까닭", [DataRequired(), Length(max=200)], description="이야기의 처리 기록에 남습니다.")
