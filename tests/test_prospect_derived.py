"""What a letter may say without a column for it: its formal opening, and the company's name without its form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.prospect import KNOWN, derived
from outreach.prospect.companies import short_name
from outreach.prospect.derived import DERIVED, salutation


def person(**fields: str) -> dict[str, str | int | float | bool]:
    return dict(fields)


@pytest.mark.parametrize(
    ("language", "fields", "opening"),
    [
        ("de", person(honorific="ms", last_name="Berg"), "Sehr geehrte Frau Berg"),
        ("de-AT", person(honorific="mr dr", last_name="von Berg"), "Sehr geehrter Herr Dr. von Berg"),
        ("en", person(gender="female", last_name="Berg"), "Dear Ms Berg"),
        ("en", person(honorific="dr", last_name="Berg"), "Dear Dr Berg"),
        ("en", person(honorific="mx", last_name="Berg"), "Dear Mx Berg"),
        ("fr", person(honorific="ms", last_name="Berg"), "Madame Berg"),
        ("es", person(honorific="mr", last_name="García López"), "Estimado Sr. García López"),
        ("it", person(honorific="ms dr", last_name="Rossi"), "Gentile Dott.ssa Rossi"),
        ("nl", person(gender="male", last_name="de Vries"), "Geachte heer De Vries"),
        ("pl", person(gender="female", last_name="Kowalska"), "Szanowna Pani"),
        ("tr", person(first_name="Ayşe", last_name="Yılmaz"), "Sayın Ayşe Yılmaz"),
        ("ru", person(first_name="Анна", middle_name="Петровна"), "Уважаемая Анна Петровна"),
        ("ru", person(first_name="Иван", middle_name="Ильич"), "Уважаемый Иван Ильич"),
        ("ru", person(gender="male", last_name="Иванов"), "Уважаемый господин Иванов"),
        ("uk", person(gender="female", last_name="Шевченко"), "Шановна пані Шевченко"),
        ("kk", person(first_name="Айгүл", gender="female"), "Құрметті Айгүл ханым"),
        ("kk", person(first_name="Айгүл", middle_name="Серікқызы"), "Құрметті Айгүл Серікқызы"),
        ("zh", person(full_name="王伟", honorific="mr"), "尊敬的王先生"),
        ("zh", person(full_name="欧阳娜", honorific="ms"), "尊敬的欧阳女士"),
        ("zh-hans", person(last_name="王", honorific="dr"), "尊敬的王博士"),
        ("ja", person(full_name="田中太郎"), "田中太郎様"),
    ],
)
def test_an_opening_is_made_where_it_is_certain(
    language: str, fields: dict[str, str | int | float | bool], opening: str
) -> None:
    assert salutation(fields, language) == opening


@pytest.mark.parametrize(
    ("language", "fields"),
    [
        ("en", person(first_name="Anna", last_name="Berg")),  # a first name is no proof of a gender
        ("de", person(honorific="dr", last_name="Berg")),
        ("de", person(honorific="ms", first_name="Anna")),
        ("de", person(honorific="ms", gender="male", last_name="Berg")),
        ("de", person(honorific="ms", last_name="Иванова")),
        ("ru", person(gender="male", first_name="Анна", middle_name="Петровна")),
        ("ru", person(first_name="Анна", middle_name="Мария")),
        ("ru", person(gender="female", last_name="Ivanova")),
        ("zh", person(full_name="Wei Wang", honorific="mr")),
        ("fi", person(honorific="ms", last_name="Berg")),
        ("de", person(honorific="ms", last_name="{first}")),
        ("", person(honorific="ms", last_name="Berg")),
    ],
)
def test_no_opening_is_made_where_it_might_be_wrong(
    language: str, fields: dict[str, str | int | float | bool]
) -> None:
    assert salutation(fields, language) == ""


def test_no_opening_ends_with_what_the_letter_writes_after_it() -> None:
    for forms in data.table("salutations").values():
        for key, openings in forms.items():
            if key not in ("script", "capital"):
                assert not [each for each in openings if each[-1] in ",:!，："]


@pytest.mark.parametrize(
    ("company", "short"),
    [
        *(
            (f"Acme {form}", "Acme")
            for form in ("GmbH", "GmbH & Co. KG", "AG", "Ltd", "S.A.", "S.r.l.", "a.s.")
        ),
        *((f"Acme {form}", "Acme") for form in ("Oy", "A/S", "d.o.o.", "Sp. z o.o.", "S.A. de C.V.", "A.Ş.")),
        ("Acme, Inc.", "Acme"),
        ("Acme Co., Ltd.", "Acme"),
        ("Acme UG (haftungsbeschränkt)", "Acme"),
        ("ACME LTD", "ACME"),
        ('ТОО "Ромашка"', "Ромашка"),
        ("ООО «Ромашка»", "Ромашка"),
        ('ООО"Ромашка"', "Ромашка"),
        ("Ромашка, ООО", "Ромашка"),
        ('ООО "ТД "Ромашка""', 'ТД "Ромашка"'),
        ("АО Казпочта", "Казпочта"),
        ("ИП Иванов", "Иванов"),
        ("ЖШС Ромашка", "Ромашка"),
        ("深圳市某某科技有限公司", "深圳市某某科技"),
        ("某某股份有限公司", "某某"),
        ("株式会社日立", "日立"),
        ('SIA "Rimi"', "Rimi"),
        ("SARL Boulangerie du Port", "Boulangerie du Port"),
        ("AKSU İTH. İHR. SAN. TİC. LTD. ŞTİ.", "AKSU"),
        ("Kaya Gıda Sanayi Anonim Şirketi", "Kaya Gıda"),
        ("Huta Nowa Spółka z o.o.", "Huta Nowa"),
        ("OÜ Puit", "Puit"),
    ],
)
def test_a_company_is_named_without_its_legal_form(company: str, short: str) -> None:
    assert short_name(company) == short


@pytest.mark.parametrize(
    "company",
    [
        *(
            "AG Logistics",
            "AS Roma",
            "SIA Engineering",
            "S.A. Partners",
            "Café Se",
            "do it as",
            "Sas Institute",
            "The Limited",
            "Las Vegas NV",
            "TOO GOOD LATE",
            "My CV",
            "Vinyl LP",
        ),
        *(
            "Tiffany & Co.",
            "GmbH",
            "ООО",
            "株式会社",
            "Müller KG Berlin",
            "ТД «Ромашка»",
            '"A" and "B"',
            "«»",
        ),
    ],
)
def test_what_may_be_a_part_of_the_name_stays(company: str) -> None:
    assert short_name(company) == company


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["AG", "ООО", '"', "Acme", "«", "有限公司", "&"])).map(" ".join)
)
def test_a_short_name_is_never_empty_and_stays_as_it_is(company: str) -> None:
    short = short_name(company)
    assert short.strip() or not company.strip()
    assert short_name(short) == short


def test_a_column_of_that_name_is_taken_as_it_is() -> None:
    fields = person(
        salutation="Moin", company_short="ACME!", company="Acme GmbH", honorific="ms", last_name="Berg"
    )
    assert derived(fields, "de") == {}


def test_what_is_not_certain_is_missing() -> None:
    assert derived({}, "de") == {}
    assert derived({"company": "Acme GmbH"}, "de") == {"company_short": "Acme"}


def test_letters_may_name_what_is_derived() -> None:
    assert set(DERIVED) <= set(KNOWN)
