"""Fields of a letter made of others when it is written, never stored: its opening, the company's short name."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from outreach import data
from outreach.model import Fields, Value
from outreach.prospect.companies import short_name
from outreach.prospect.names import are_names, family_ending, has_patronymics, patronymic_gender
from outreach.prospect.persons import around, endings

DERIVED: Final = ("salutation", "company_short")
"""What `derived` may give. A column of that name in a file is taken instead."""

_SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "latin": re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ'’ʼ.\- ]{2,}"),
    "cyrillic": re.compile(r"[Ѐ-ԯ'’ʼ\- ]{2,}"),
    "han": re.compile(r"[\u3400-\u9fff]{1,2}"),  # a Chinese family name
    "japanese": re.compile(
        r"(?=.*[\u3400-\u9fff])[\u3400-\u9fff々ぁ-ヿ]{1,5}(?:[ 　]?[\u3400-\u9fff々ぁ-ヿ]{1,4})?"
    ),
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
    for form in _openings(forms, fields, primary):
        needed = _PLACES.findall(form)
        if all(name in names and fits.fullmatch(names[name]) for name in needed):
            return str(form.format_map(names))
    return ""


def _openings(forms: Mapping[str, Any], fields: Fields, language: str) -> Iterator[str]:
    """The openings that fit what is known of a person, the best first."""
    genders = set(_genders(fields, language))
    if len(genders) > 1 or _contradicted(fields, genders):
        return
    called = str(fields.get("honorific", "")).split()
    gender = next(iter(genders), "")
    for degree in (each for each in ("prof", "dr") if each in called):
        yield from forms.get(f"{gender} {degree}", ())
        yield from forms.get(degree, ())
    yield from forms.get(gender, ())
    yield from forms.get("any", ())


def _contradicted(fields: Fields, genders: set[str]) -> bool:
    """Whether a Slavic family name is the other gender's: Кузнецова with "mr"."""
    last = str(fields.get("last_name", "")).casefold()
    return len(last) > 4 and (
        ("mr" in genders and last.endswith(endings("female_family")))
        or ("ms" in genders and last.endswith(endings("male_family")) and not last.isascii())
    )


def _genders(fields: Fields, language: str) -> Iterator[str]:
    """`ms`, `mr` or `mx`, as each field that tells it says; a patronymic tells it where people have one."""
    for word in str(fields.get("honorific", "")).split():
        if word in _OF_GENDER.values():
            yield word
    if gender := _OF_GENDER.get(str(fields.get("gender", ""))):
        yield gender
    spoken = str(fields.get("language", "")) or language
    told = patronymic_gender(str(fields.get("middle_name", "")))
    if told and has_patronymics(str(fields.get("country", "")), spoken):
        yield _OF_GENDER[told]


def _names(fields: Fields, language: str) -> dict[str, str]:
    """The parts of a person's name that are known."""
    parts = (("first", "first_name"), ("middle", "middle_name"), ("last", "last_name"), ("full", "full_name"))
    names = {part: str(fields[name]).strip() for part, name in parts if fields.get(name)}
    if not patronymic_gender(names.get("middle", "")):
        names.pop("middle", "")  # a second given name has no place beside the first one
    if any(map(family_ending, names.get("first", "").split())):
        del names["first"]  # it stands in the wrong column
    if language == "zh":
        return _chinese(names)
    fits = _japanese if language == "ja" else _person
    return {part: name for part, name in names.items() if name and fits(name)}


def _person(name: str) -> bool:
    """Whether a text is a part of a person's name: not "k.A.", "Berg GmbH" or "Frau Berg"."""
    words = name.split()
    titles = around("before")
    return len(words) < 6 and are_names(words) and not any(word.casefold() in titles for word in words)


def _chinese(names: dict[str, str]) -> dict[str, str]:
    """The family name, if it is a common Chinese one: 阿里木 and 销售部 have none."""
    pack = data.table("persons")["names"]
    last, full = names.get("last", ""), names.get("full", "")
    if not last and _HAN_NAME.fullmatch(full) and not set(full[1:]) & set(pack["no_han"]):
        double = full[:2] in pack["double_han"]
        if not double or len(full) == 3:
            last = full[:2] if double else full[0]
    return {"last": last} if last in pack["double_han"] or (len(last) == 1 and last in pack["han"]) else {}


def _japanese(name: str) -> bool:
    """Whether a text may be a Japanese name: no firm, no department, no job, and no 様 behind it already."""
    pack = data.table("persons")["names"]
    if any(word in name for word in pack["no_japanese"]):
        return False
    words = name.replace("\u3000", " ").split()
    endings_of = tuple(pack["no_japanese_endings"])
    return not any(word.endswith(endings_of) and word not in pack["japanese_family"] for word in words)


@cache
def _table() -> Mapping[str, Any]:
    return data.table("salutations")
