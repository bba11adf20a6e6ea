"""What people type to sign in, to set a password, and about themselves."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from briefings.accounts.passwords import LONGEST
from briefings.web.forms import EmailField, Form, PhoneField

LOCALES = [SelectChoice(code, name, {"lang": code}) for code, name in (("ko", "한국어"), ("en", "English"))]
PASSWORD_HINT = _l("10자 이상. 이름이나 흔한 낱말, 이어진 글쇠만으로는 정할 수 없습니다.")


def new_password_field() -> PasswordField:
    """The field in which a new password is chosen."""
    return PasswordField(
        _l("새 비밀번호"),
        [InputRequired(), Length(max=LONGEST)],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_l("전자우편"), [DataRequired()], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("비밀번호"), [InputRequired(), Length(max=LONGEST)], render_kw={"autocomplete": "current-password"}
    )


class ForgottenForm(Form):
    """The address whose password is forgotten."""

    email = EmailField(_l("전자우편"), [DataRequired()], description=_l("계정에 등록한 전자우편 주소를 적어 주세요."))


class ChangePasswordForm(Form):
    """The password an account has, and the one that replaces it; the address tells password keepers whose it is."""

    email = EmailField(_l("전자우편"), render_kw={"autocomplete": "username", "readonly": True})
    present = PasswordField(
        _l("지금 비밀번호"), [InputRequired(), Length(max=LONGEST)], render_kw={"autocomplete": "current-password"}
    )
    password = new_password_field()

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email.data, self.email.flags.unmarked = email, True


class NewPasswordForm(ChangePasswordForm):
    """The password somebody sets by a link, without knowing the one before."""

    present = None


class OwnAccountForm(Form):
    """What somebody may change about their own account."""

    name = StringField(_l("이름"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "name"})
    phone = PhoneField(_l("전화번호"), [Length(max=30)])
    locale = SelectField(_l("알림을 받을 언어"), [InputRequired()], choices=LOCALES)


class CodeForm(Form):
    """The six digits that an authenticator app shows now."""

    code = StringField(
        _l("인증 번호"),
        [DataRequired(), Length(max=40)],
        description=_l("인증 앱에 지금 보이는 여섯 자리 숫자입니다."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class RecoveryForm(Form):
    """One of the codes that were shown when the second proof was set up."""

    code = StringField(
        _l("복구 코드"),
        [DataRequired(), Length(max=40)],
        description=_l("2단계 인증을 켤 때 받은 코드 가운데 아직 쓰지 않은 것입니다. 하나를 한 번만 쓸 수 있습니다."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class SetUpForm(CodeForm):
    """The first code of an app that has just read the QR code; the secret travels along, sealed."""

    secret = HiddenField()


class OtherAppForm(SetUpForm):
    """The same where an app is there already and no password: only who has that one puts another in its place."""

    proof = StringField(
        _l("지금 쓰는 앱의 인증 번호나 복구 코드"),
        [DataRequired(), Length(max=40)],
        description=_l("지금까지 쓰던 인증 앱의 여섯 자리 숫자나, 아직 쓰지 않은 복구 코드 하나입니다."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class OwnSetUpForm(SetUpForm):
    """The same by somebody who is signed in already, and may have left their desk."""

    present = PasswordField(
        _l("지금 비밀번호"), [InputRequired(), Length(max=LONGEST)], render_kw={"autocomplete": "current-password"}
    )
