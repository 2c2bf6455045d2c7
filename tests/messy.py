"""A trade-fair list as people really have it: a workbook with everything wrong that is usually wrong with one."""

from collections.abc import Iterator

from tests.sheets import Cell, xlsx

ROWS = 300  # below the row that names the columns, blank ones and repeated ones included
MERGED = ("A1:H1", "A2:H2")
_TITLES: list[list[Cell]] = [
    ["Frühjahrsmesse 2026, Halle 5: Besucher am Stand"],
    ["Stand: 14.03.2026, nur für internen Gebrauch"],
    [],
]
_HEADER: list[Cell] = ["Nr.", "Firma", "Anrede", "Name", "E-Mail", "Telefon", "Land", "Notiz"]
_FIRMS = (
    ("Möbelhaus Grün {} GmbH", "moebel-gruen", "Deutschland"),
    ("Bäckerei Weiß & Söhne {}", "baeckerei-weiss", "DE"),
    ("ТОО «Алтын Сауда {}»", "altyn-sauda", "Казахстан"),
    ("ООО Ромашка {}", "romashka", "Kasachstan"),
    ("Harbour Stores {} Ltd", "harbour-stores", "United Kingdom"),
    ("Kelly & Daughters {}", "kelly-daughters", "Ireland"),
    ("Épicerie du Port {} SARL", "epicerie-port", "France"),
    ("Łódzkie Regały {} Sp. z o.o.", "lodzkie-regaly", "Polska"),
)
_BRANCHES = (
    *("Nord", "Süd", "Ost", "West", "am Markt", "am Hafen", "Mitte"),
    *("Центр", "Север", "Plus", "24", "II", "& Co."),
)
_PEOPLE = (
    ("Herr", "Jürgen Weiß", "j.weiss"),
    ("Frau", "Dr. Renate Groß", "r.gross"),
    ("г-жа", "Иванова Мария Сергеевна", "ivanova"),
    ("", "Ерлан Сейітов", "e.seitov"),
    ("Mr", "O'Neill, James", "james"),
    ("Frau", "SABINE MÜLLER", "s.mueller"),
    (None, "Zoë  Łukasik\t", "zoe"),
    ("", "", "info"),
)


def fair() -> bytes:
    """The workbook: two merged title rows, a row of names, 300 rows of people or of what stands between them."""
    rows = [*_TITLES, _HEADER, *_rows()]
    assert len(rows) == len(_TITLES) + 1 + ROWS
    return xlsx({"Besucher": rows, "Notizen": [["bitte nicht drucken"]]}, merged=MERGED)


def _rows() -> Iterator[list[Cell]]:
    """People, and every so often a blank row, the header again, one without an address, a slip, a double."""
    for number in range(1, ROWS):
        person = _person(number)
        if number % 41 == 0:
            yield []
        elif number % 67 == 0:
            yield _HEADER
        elif number % 59 == 0:
            yield [*person[:4], "folgt", *person[5:]]
        elif number % 53 == 0:
            yield [*person[:4], f"messe.{number}@gmial.com", *person[5:]]
        elif number % 47 == 0:
            yield [*_person(number - 1)[:4], f" {str(_person(number - 1)[4]).upper()} ", *person[5:]]
        else:
            yield person
    yield ["Summe", None, None, None, None, None, None, f"{ROWS - 1} Kontakte"]


def _person(number: int) -> list[Cell]:
    """Two or three people of each of 104 firms."""
    place, turn = number % (len(_FIRMS) * len(_BRANCHES)), number // (len(_FIRMS) * len(_BRANCHES))
    firm, domain, country = _FIRMS[place % len(_FIRMS)]
    branch = place // len(_FIRMS)
    honorific, name, local = _PEOPLE[(branch + turn * 3) % len(_PEOPLE)]
    phone = 491701234000.0 + number if number % 3 else f"+49 (0)170 / 12 34 {number:03}"
    note = "ruft zurück" if number % 9 == 0 else None
    address = f"{local}@{domain}-{branch}.example"
    return [number, firm.format(_BRANCHES[branch]), honorific, name, address, phone, country, note]
