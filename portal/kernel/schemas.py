"""Shape and bounds of input, once, for HTML forms and JSON alike."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _

KEPT_CONTROLS = "\n\t"


def clean(value: Any) -> Any:
    """Text without control characters, lone surrogates and direction overrides; line ends as \\n; NFC."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in KEPT_CONTROLS or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI))
    return unicodedata.normalize("NFC", text)


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _line(value: Any) -> Any:
    value = clean(value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _block(value: Any) -> Any:
    """Stripped before it is measured: blanks alone are no text."""
    value = clean(value)
    return value.strip() if isinstance(value, str) else value


def line(longest: int, shortest: int = 0) -> Any:
    """One line of text, spaces folded, of at most so many characters."""
    return Annotated[str, StringConstraints(min_length=shortest, max_length=longest), BeforeValidator(_line)]


def text(longest: int, shortest: int = 0) -> Any:
    """Several lines of text; blank ends removed."""
    return Annotated[str, StringConstraints(min_length=shortest, max_length=longest), BeforeValidator(_block)]


def mailbox() -> Any:
    """An e-mail address in lower case, of at most 254 characters; whether mail gets there is not asked."""
    return Annotated[str, BeforeValidator(_line), AfterValidator(_address)]


def _address(value: str) -> str:
    try:
        return validate_email(value[:255], check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise ValueError(_("Write an address such as anna@company.com.")) from None


class Schema(BaseModel):
    """Base of all input. JSON is taken strictly; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


Model = TypeVar("Model", bound=Schema)


def read_json(schema: type[Model], told: Any) -> Model:
    """The validated body, or Invalid with words at each field. No coercion: false is not 0."""
    if not isinstance(told, dict):
        raise Invalid(("", _("Send a JSON object.")))
    return _read(schema, told, strict=True)


def read_form(schema: type[Model], told: Mapping[str, Any]) -> Model:
    """The same from a form, where everything arrives as text and an empty field means its default."""
    known = {name: value for name, value in told.items() if name in schema.model_fields and value not in ("", None)}
    return _read(schema, known, strict=False)


def _read(schema: type[Model], told: Mapping[str, Any], *, strict: bool) -> Model:
    try:
        return schema.model_validate(dict(told), strict=strict)
    except ValidationError as error:
        raise Invalid(*(_at_field(each) for each in error.errors(include_url=False, include_input=False))) from None


def _at_field(error: Any) -> tuple[str, str]:
    field = ".".join(str(part) for part in error["loc"])
    context = error.get("ctx", {})
    kind = error["type"]
    if kind in ("missing", "string_too_short") and context.get("min_length", 1) <= 1:
        return field, _("Write something here.")
    if kind == "string_too_short":
        return field, _("Write at least %(n)s characters.", n=context["min_length"])
    if kind == "string_too_long":
        return field, _("Write at most %(n)s characters.", n=context["max_length"])
    if kind == "too_long":
        return field, _("That are too many; at most %(n)s.", n=context["max_length"])
    if kind == "extra_forbidden":
        return field, _("There is no such field.")
    if kind in ("literal_error", "enum"):
        return field, _("Choose one of %(expected)s.", expected=context.get("expected", ""))
    if kind == "value_error":
        return field, str(context.get("error", error["msg"]))
    if kind.startswith(("datetime", "date", "timezone")):
        return field, _("Write a date such as 2026-11-19.")
    if kind.startswith(("int", "float", "decimal")):
        return field, _("Write a number.")
    return field, _("This is not what was expected: %(what)s.", what=str(error["msg"]).lower())
