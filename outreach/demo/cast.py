"""Who reacts to which letter, when and with what, and what must follow: the other side of the demo."""

from dataclasses import dataclass
from datetime import date, timedelta

from outreach.demo.mails import Write, absence, answer, complaint, returned, unprompted, unsubscribe
from outreach.model import Kind

# Added to the starter's people; their addresses tell the sandbox how to answer.
TROUBLE = """\
nouser@mill.example,Grace,Bell,Mill Bakery,Owner,Norwich,GB,en,retail,34,,trade register,legitimate_interest,,,
full@quay.example,Daniel,Reid,Quay Sports,Buyer,Hull,GB,en,retail,52,,trade register,legitimate_interest,,,
greylist@fern.example,Maya,Lewis,Fern Florist,Owner,York,GB,en,retail,23,,trade register,legitimate_interest,,,
"""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What comes back on a letter: step `step` (0 is the first) to `email`, so long `after` it arrived.

    `kind` is what the mail is, None for one that is no business of ours. From its arrival on no letter may
    reach whom it `ends`, and none reach the reader before the day on which they are `back`.
    """

    email: str
    step: int
    after: timedelta
    kind: Kind | None
    write: Write
    ends: tuple[str, ...] = ()
    back: date | None = None
    by: str = ""  # who writes, where that has nothing to do with the letter


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


AWAY = """\
Guten Tag,

vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 4. Dezember 2026 nicht im Haus und ab Montag, dem
7. Dezember, wieder für Sie da.

Freundliche Grüße
Jana Krüger
"""
LEFT = """\
Hello,

I no longer work at Cork Hardware. For anything about the branch please write to
Ciara Walsh, ciara.walsh@corkhardware.example.

Seán Murphy
"""
HELD_BACK = """\
Your message to Fatima Rahman is being held because you are not yet on her list of approved senders.

To keep out spam, please prove that you are a real person: follow the link below and type the letters you see.
https://challenge.northroadpets.example/release

You need to do this only once.
"""
NEWS = "news@springfair.example"
FAIR = """\
Early birds save a fifth on stands at the Spring Fair 2027. The halls are filling fast.

You get this because you visited the fair in 2026.
"""
REACTIONS = (
    Reaction(
        *("j.krueger@kaufhaus-linden.example", 0, _minutes(1), Kind.AUTO_REPLY),
        absence(AWAY, "Automatische Antwort"),
        back=date(2026, 12, 7),
    ),
    Reaction(  # answers nothing: only its hour comes from a letter
        *("laden@spielzeugkiste.example", 0, timedelta(hours=6), None),
        unprompted(NEWS, "Stands for the Spring Fair 2027", FAIR),
        by=NEWS,
    ),
    Reaction(
        *("office@tidyhome.example", 0, _minutes(2), Kind.HARD_BOUNCE),
        returned("5.1.1", "550 5.1.1 no mailbox here by that name"),
        ends=("office@tidyhome.example",),
    ),
    Reaction(
        *("bob@acme.example", 0, timedelta(hours=26, minutes=40), Kind.REPLY),
        answer("Yes, please send the price list.\n\nBob Carter"),
        ends=("bob@acme.example", "ann@acme.example"),
    ),
    Reaction(
        *("fatima@northroadpets.example", 0, _minutes(1), Kind.CHALLENGE),
        absence(HELD_BACK, "Please confirm your message"),
        ends=("fatima@northroadpets.example",),
    ),
    Reaction(
        *("james@harbourtoys.example", 0, _minutes(4), Kind.SOFT_BOUNCE),
        returned("4.2.2", "452 4.2.2 the mailbox is full"),
    ),
    Reaction(
        *("aoife@greenbasket.example", 0, timedelta(hours=25), Kind.REPLY),
        answer(
            "Aoife passed your letter on to me: the shops are my job. Could you call me on Monday?\n\nOrla",
            by="Orla Keane <orla.keane@greenbasket.example>",
        ),
        ends=("aoife@greenbasket.example", "cian.doyle@greenbasket.example"),
    ),
    Reaction(
        *("sean@corkhardware.example", 0, _minutes(1), Kind.MOVED),
        absence(LEFT, "Automatic reply"),
        ends=("sean@corkhardware.example",),
    ),
    Reaction(
        *("tom@brightgrocer.example", 1, timedelta(hours=5, minutes=11), Kind.OPT_OUT),
        answer("Please take me off your list."),
        ends=("tom@brightgrocer.example",),
    ),
    Reaction(
        *("helen@pagecorner.example", 1, _minutes(95), Kind.REPLY),
        answer("Not before the new year, I am afraid. Please ask me again in March.\n\nHelen"),
        ends=("helen@pagecorner.example",),
    ),
    Reaction(
        *("g.murray@lochoutdoor.example", 1, timedelta(hours=3), Kind.COMPLAINT),
        complaint("fenmail.example"),
        ends=("g.murray@lochoutdoor.example",),
    ),
    Reaction(
        *("niamh@wildatlanticwear.example", 1, timedelta(hours=2), Kind.OPT_OUT),
        unsubscribe(),
        ends=("niamh@wildatlanticwear.example",),
    ),
)
