"""Full names are taken apart where that is certain, and left alone where it is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.prospect.names import no_person, split
from outreach.prospect.persons import honorific, recased, words_of
from tests.rowing import read


@pytest.mark.parametrize(
    ("full", "first", "middle", "last", "called"),
    [
        ("Anna Berg", "Anna", "", "Berg", ""),
        ("Dr. Anna Maria von Berg", "Anna Maria", "", "von Berg", "dr"),
        ("Berg, Anna", "Anna", "", "Berg", ""),
        ("Berg, Dr. Anna", "Anna", "", "Berg", "dr"),
        ("Berg, Anna von", "Anna", "", "von Berg", ""),
        ("Herr Prof. Dr. Hans-Peter Schmidt", "Hans-Peter", "", "Schmidt", "mr prof"),
        ("Frau Berg", "", "", "Berg", "ms"),
        ("Anna Berg, PhD", "Anna", "", "Berg", ""),
        ("John F. Kennedy", "John", "F.", "Kennedy", ""),
        ("BERG Anna", "Anna", "", "BERG", ""),
        ("Sean O’Neill", "Sean", "", "O’Neill", ""),
        ("Ludwig van der Meer", "Ludwig", "", "van der Meer", ""),
        ("Sarah Jane Smith", "Sarah Jane", "", "Smith", ""),
        ("Иванова Анна Петровна", "Анна", "Петровна", "Иванова", ""),
        ("Анна Петровна Иванова", "Анна", "Петровна", "Иванова", ""),
        ("Иванова, Анна Петровна", "Анна", "Петровна", "Иванова", ""),
        ("Ivanova Anna Petrovna", "Anna", "Petrovna", "Ivanova", ""),
        ("Адамович Иван Петрович", "Иван", "Петрович", "Адамович", ""),
        ("Анна Петровна", "Анна", "Петровна", "", ""),
        ("Иван Петрович", "Иван", "", "", ""),  # Петрович is a family name too
        ("Ахметов Нурлан", "Нурлан", "", "Ахметов", ""),
        ("Айгүл Серікқызы", "Айгүл", "Серікқызы", "", ""),
        ("Яков Петров", "Яков", "", "Петров", ""),
        ("José García", "José", "", "García", ""),
    ],
)
def test_a_name_is_taken_apart(full: str, first: str, middle: str, last: str, called: str) -> None:
    found = split(full)
    assert (found.first, found.middle, found.last, found.honorific) == (first, middle, last, called)


@pytest.mark.parametrize(
    "full",
    [
        *(
            "Kowalska Olga",
            "Berg Anna",
            "Rossi Mario",
            "Taylor James",
            "Anna",
            "J. Smith",
            "Иванов И.П.",
            "De Luca Anna",
        ),
        *("Wang Wei", "Nguyen Van Anh", "Nagy Anna", "Kim Smith", "王伟", "김철수", "田中太郎"),
        *(
            "Acme GmbH",
            "Sales Team",
            "Anna und Max Berg",
            "Smith & Sons",
            "Max Planck Institute",
            "ООО Ромашка",
        ),
        *(
            "María del Carmen López",
            "Juan García López",
            "Müller, Berlin, Germany",
            "Anna Berg 2",
            "",
            " ",
            "a" * 500,
        ),
    ],
)
def test_a_name_that_leaves_a_doubt_stays_whole(full: str) -> None:
    found = split(full)
    assert (found.first, found.middle, found.last) == ("", "", "")


def test_the_country_tells_of_two_family_names_and_of_family_names_that_stand_first() -> None:
    assert split("Juan García López", "ES").last == "García López"
    assert split("José Luis García Pérez", language="es-MX").first == "José Luis"
    assert split("Anna Varga", "HU").first == ""
    assert split("Anna Lind", "", "ja").first == ""


@settings(deadline=None)
@given(st.text(max_size=90), st.sampled_from(["", "DE", "ES", "HU"]))
def test_no_name_is_invented_and_nothing_crashes(full: str, country: str) -> None:
    found = split(full, country)
    for part in (found.first, found.middle, found.last):
        assert all(word in full for word in part.split())


@pytest.mark.parametrize(
    ("full", "country", "first", "last", "called"),
    [
        ("Hr. Wolfgang Brandt", "", "Wolfgang", "Brandt", "mr"),
        ("Hr. Dr. Wolfgang Brandt", "", "Wolfgang", "Brandt", "mr dr"),
        ("Hr. Brandt", "", "", "Brandt", "mr"),
        ("Fr. Annegret Berg", "AT", "Annegret", "Berg", "ms"),
        ("Fr. Annegret Berg", "IE", "", "", ""),  # a friar?
        ("M. Pierre Dubois", "FR", "Pierre", "Dubois", "mr"),
        ("M. Dubois", "FR", "", "", ""),  # Marie?
        ("Pan Jan Kowalski", "PL", "Jan", "Kowalski", "mr"),
        ("Mevr. Anna de Vries", "NL", "Anna", "de Vries", "ms"),
        ("Sr. D. Juan López", "", "Juan", "López", "mr"),
        ("Dipl.-Ing. (FH) Anna Berg", "DE", "Anna", "Berg", ""),
        ("Ayşe Hanım", "TR", "", "", "ms"),
        ("Mehmet Bey", "TR", "", "", "mr"),
        ("Mehmet Bey", "DE", "Mehmet", "Bey", ""),
        ("Herr Volker Reh", "DE", "Volker", "Reh", "mr"),
        ("Herr Volker Reh", "CN", "", "", "mr"),
        ("Herr Rektor Meyer", "DE", "", "Meyer", "mr"),
        ("Frau Berg Annegret", "DE", "", "", "ms"),
        ("von der Heide, Monika", "", "Monika", "von der Heide", ""),
        ("Werner, Monika", "", "Monika", "Werner", ""),
        ("Anna, Monika", "", "", "", ""),  # two people?
    ],
)
def test_a_form_of_address_tells_who_is_meant(
    full: str, country: str, first: str, last: str, called: str
) -> None:
    found = split(full, country)
    assert (found.first, found.last, found.honorific) == (first, last, called)


def test_a_row_gets_the_parts_of_its_full_name() -> None:
    row = read(Name="Frau Dr. Anna Berg")
    assert row.fields == {
        "full_name": "Frau Dr. Anna Berg",
        "first_name": "Anna",
        "last_name": "Berg",
        "honorific": "ms dr",
    }


def test_parts_that_the_file_has_are_not_replaced() -> None:
    assert read(full_name="Anna Berg", first_name="Anni").fields == {
        "full_name": "Anna Berg",
        "first_name": "Anni",
    }


def test_the_ending_of_the_address_stands_for_the_country() -> None:
    assert "first_name" not in read(email="a@bolt.hu", full_name="Anna Petra").fields
    assert read(email="a@tienda.es", full_name="Ana Ruiz Gil").fields["last_name"] == "Ruiz Gil"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Frau", "ms"),
        ("Herrn Dr.", "mr dr"),
        ("Herr Prof. Dr.", "mr prof"),
        ("Mrs.", "ms"),
        ("Sig.ra", "ms"),
        ("г-жа", "ms"),
        ("女士", "ms"),
        ("Mr/Mrs", ""),
        ("Firma", ""),
    ],
)
def test_a_form_of_address_is_understood(text: str, meaning: str) -> None:
    assert honorific(text) == meaning


@pytest.mark.parametrize(
    ("header", "cell", "fields"),
    [
        ("Anrede", "Frau", {"honorific": "ms"}),
        ("Anrede", "Sehr geehrte Frau Berg,", {"salutation": "Sehr geehrte Frau Berg"}),
        ("Salutation", "Mr.", {"honorific": "mr"}),
        ("Salutation", "Dear Ann,", {"salutation": "Dear Ann"}),
        ("Title", "Ms", {"honorific": "ms"}),
        ("Title", "Dr.", {"honorific": "dr"}),
        ("Title", "Professor", {"title": "Professor"}),
        ("Title", "Head of Sales", {"title": "Head of Sales"}),
        ("Пол", "ж", {"gender": "female"}),
        ("Gender", "M", {"gender": "male"}),
        ("Titel", "Dr.", {"titel": "Dr.", "honorific": "dr"}),
        ("Titel", "Einkäufer", {"titel": "Einkäufer"}),
    ],
)
def test_a_word_of_address_is_known_in_whatever_column_it_stands(
    header: str, cell: str, fields: dict[str, str]
) -> None:
    row = read(**{header: cell})
    assert (row.fields, row.warnings) == (fields, ())


def test_a_degree_joins_the_form_of_address() -> None:
    assert read(Anrede="Frau", Name="Dr. Anna Berg").fields["honorific"] == "ms dr"
    assert read(Anrede="Herr", Titel="Dr.").fields["honorific"] == "mr dr"


@pytest.mark.parametrize(
    ("header", "cell", "warning"),
    [("Anrede", "Firma", "unknown form of address 'Firma'"), ("Gender", "?", "unknown gender '?'")],
)
def test_an_unknown_one_is_left_out_with_a_warning(header: str, cell: str, warning: str) -> None:
    row = read(**{header: cell})
    assert (row.fields, row.warnings) == ({}, (warning,))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("ANNA", "Anna"),
        ("anna berg", "Anna Berg"),
        ("ANNA VON BERG", "Anna von Berg"),
        ("ANNE-MARIE", "Anne-Marie"),
        ("ИВАНОВА", "Иванова"),
        ("MCDONALD", "McDonald"),
        ("MACDONALD", "Macdonald"),
        ("O'BRIEN-SMITH", "O'Brien-Smith"),
        ("D’ANGELO", "D’Angelo"),
        ("DE LA FUENTE", "De la Fuente"),
        ("VAN DE VELDE", "van de Velde"),
        ("ANNE SAINT CLAIR", "Anne Saint Clair"),
        ("VAN DER BERG", "van der Berg"),
        *(
            (text, text)
            for text in (
                "JP",
                "IJSBRAND",
                "SA'AD",
                "LI NA",
                "L'",
                "IŞIL",
                "von Berg",
                "王伟",
                "B2B",
                "",
            )
        ),
    ],
)
def test_capitals_are_put_right_where_that_is_safe(text: str, right: str) -> None:
    assert recased(text) == right


def test_both_parts_of_a_name_are_put_right_or_none() -> None:
    def of(first: str, last: str) -> tuple[object, object]:
        fields = read(**{"First name": first, "Last name": last}).fields
        return fields["first_name"], fields["last_name"]

    assert of("MARGARET", "O'BRIEN") == ("Margaret", "O'Brien")
    assert of("MARGARET", "SA'AD") == ("MARGARET", "SA'AD")
    assert of("JP", "MORGAN") == ("JP", "Morgan")
    assert of("AYŞE", "YILMAZ") == ("AYŞE", "YILMAZ")  # Yilmaz or Yılmaz


def test_a_name_put_right_is_told() -> None:
    row = read(Name="ANNA BERG")
    assert (row.fields["first_name"], row.fields["last_name"]) == ("Anna", "Berg")
    assert row.warnings == ("name all in capitals or small letters, put right 'ANNA BERG'",)
    assert row.fields["full_name"] == "Anna Berg"
    assert read(Name="ACME WERKZEUG").fields == {"full_name": "ACME WERKZEUG"}


def test_words_of_firms_and_departments_are_nobodys_name() -> None:
    for kind in ("given", "also_family", "family", "family_first"):
        assert not no_person() & words_of(kind), kind


@pytest.mark.parametrize("full", ["Alma Becker", "Maria Villa", "Anna Stand", "Anna Messe", "Anna Press"])
def test_names_that_are_words_too_are_taken_apart(full: str) -> None:
    found = split(full)
    assert f"{found.first} {found.last}" == full
