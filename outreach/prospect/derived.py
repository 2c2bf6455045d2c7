"""Fields of a letter made of others when it is written, never stored: its opening, the company's short name."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from outreach import data
from outreach.model import Fields, Value
from outreach.prospect.companies import short_name
from outreach.prospect.names import patronymic_gender

DERIVED: Final = ("salutation", "company_short")
"""What `derived` may give. A column of that name in a file is taken instead."""

_SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "latin": re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ'’ʼ.\- ]{2,}"),
    "cyrillic": re.compile(r"[Ѐ-ԯ'’ʼ\- ]{2,}"),
    "han": re.compile(r"[\u3400-\u9fff]{1,2}"),  # a Chinese family name
    "japanese": re.compile(r"[\u3400-\u9fff々ぁ-ヿ][\u3400-\u9fff々ぁ-ヿ 　]{0,10}"),
}
_ANY: Final = re.compile(r".+")
_PLACES: Final = re.compile(r"\{(\w+)\}")
_OF_GENDER: Final = {"female": "ms", "male": "mr", "other": "mx"}
_HAN_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,3}")


def derived(fields: Fields, language: str) -> dict[str, Value]:
    """`salutation` and `company_short` of a person for a letter in that language, as far as they are certain.

    What the fields have already is not made again.
    """
    found: dict[str, Value] = {}
    if "salutation" not in fields and (opening := salutation(fields, language)):
        found["salutation"] = opening
    if "company_short" not in fields and (company := fields.get("company")):
        found["company_short"] = short_name(str(company))
    return found


def salutation(fields: Fields, language: str) -> str:
    """The formal opening of a letter, "Sehr geehrte Frau Berg", without the comma; "" where it is not certain.

    The gender comes from `honorific`, `gender` or a patronymic, never from a first name; "" where two of them
    differ. Names must be written in the script of the letter's language.
    """
    primary = language.casefold().replace("_", "-").partition("-")[0]
    forms = _table().get(primary)
    if forms is None:
        return ""
    names = _names(fields, primary)
    fits = _SCRIPTS.get(forms.get("script", ""), _ANY)
    if forms.get("capital") and (last := names.get("last")):
        names["last"] = last[:1].upper() + last[1:]
    for form in _openings(forms, fields):
        needed = _PLACES.findall(form)
        if all(name in names and fits.fullmatch(names[name]) for name in needed):
            return str(form.format_map(names))
    return ""


def _openings(forms: Mapping[str, Any], fields: Fields) -> Iterator[str]:
    """The openings that fit what is known of a person, the best first."""
    genders = set(_genders(fields))
    if len(genders) > 1:
        return
    called = str(fields.get("honorific", "")).split()
    gender = next(iter(genders), "")
    for degree in (each for each in ("prof", "dr") if each in called):
        yield from forms.get(f"{gender} {degree}", ())
        yield from forms.get(degree, ())
    yield from forms.get(gender, ())
    yield from forms.get("any", ())


def _genders(fields: Fields) -> Iterator[str]:
    """`ms`, `mr` or `mx`, as each field that tells it says."""
    for word in str(fields.get("honorific", "")).split():
        if word in _OF_GENDER.values():
            yield word
    if gender := _OF_GENDER.get(str(fields.get("gender", ""))):
        yield gender
    if gender := _OF_GENDER.get(patronymic_gender(str(fields.get("middle_name", "")))):
        yield gender


def _names(fields: Fields, language: str) -> dict[str, str]:
    """The parts of a person's name that are known."""
    parts = (("first", "first_name"), ("middle", "middle_name"), ("last", "last_name"), ("full", "full_name"))
    names = {part: str(fields[name]).strip() for part, name in parts if fields.get(name)}
    if not patronymic_gender(names.get("middle", "")):
        names.pop("middle", "")  # a second given name has no place beside the first one
    if language == "zh" and "last" not in names and _HAN_NAME.fullmatch(full := names.get("full", "")):
        double = full[:2] in data.table("persons")["names"]["double_han"]
        if not double or len(full) == 3:
            names["last"] = full[:2] if double else full[0]
    return {part: name for part, name in names.items() if name}


@cache
def _table() -> Mapping[str, Any]:
    return data.table("salutations")
