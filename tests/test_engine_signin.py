"""The parts of a sign-in that need no provider: whose mailbox it is, what a client is, answers that are none."""

import re

import pytest

from outreach.engine import signin
from outreach.errors import MailboxError
from outreach.mailbox.oauth import PROVIDERS, Client
from outreach.model import Mailbox

ADDRESS = "ann@northwind.example"
ID, KEY = "1234.apps.example", "GOCSPX-s3cret"


@pytest.mark.parametrize(
    ("smtp", "imap", "named", "found"),
    [
        ("smtps://ann@smtp.gmail.com:465", "", "", "google"),
        ("smtp://ann@SMTP.Office365.com.:587", "imaps://ann@outlook.office365.com", "", "microsoft"),
        ("smtp://ann@smtp-mail.outlook.com:587", "", "", "microsoft"),
        ("smtp://127.0.0.1:25", "imaps://ann@imap.googlemail.com", "google", "google"),
        ("smtps://ann@mail.northwind.example", "", "microsoft", "microsoft"),
    ],
)
def test_the_servers_names_tell_whose_mailbox_it_is(smtp: str, imap: str, named: str, found: str) -> None:
    assert signin.provider(Mailbox(ADDRESS, "Ann Lee", smtp=smtp, imap=imap), named) == PROVIDERS[found]


@pytest.mark.parametrize(
    ("smtp", "imap", "why"),
    [
        ("smtps://ann@mail.northwind.example", "", "whose server is mail.northwind.example?"),
        ("smtps://ann@smtp.gmail.com.example", "", "whose server"),
        ("smtps://ann@notgmail.com", "", "whose server"),
        (
            "smtps://ann@smtp.gmail.com",
            "imaps://ann@outlook.office365.com",
            "smtp.gmail.com or outlook.office365.com",
        ),
        ("smtps://ann@smtp.gmail.com", "imaps://ann@imap.northwind.example", "whose server"),
        ("smtp://127.0.0.1:25", "", "logs in nowhere"),
    ],
)
def test_where_they_do_not_tell_it_is_asked(smtp: str, imap: str, why: str) -> None:
    with pytest.raises(MailboxError, match=re.escape(why)) as refused:
        signin.provider(Mailbox(ADDRESS, "Ann Lee", smtp=smtp, imap=imap))
    assert refused.value.hint


@pytest.mark.parametrize(
    ("identifier", "secret"), [("é.apps.example", KEY), (ID, f"{KEY}\udc80"), (ID, f"{KEY}\n1")]
)
def test_what_cannot_be_a_client_is_refused_and_not_repeated(identifier: str, secret: str) -> None:
    with pytest.raises(MailboxError, match="no client") as refused:
        signin.client(identifier, secret)
    assert KEY not in f"{refused.value!r} {refused.value.hint}"
    assert signin.client(f" {ID}\n", f"{KEY} ") == Client(ID, KEY)


def test_a_browser_that_never_answers_is_not_waited_for_forever() -> None:
    pages: list[str] = []
    with pytest.raises(MailboxError, match="no answer came from the browser") as late:
        signin.by_browser(PROVIDERS["google"], Client(ID, KEY), ADDRESS, pages.append, seconds=0.01)
    assert "desktop apps" in late.value.hint
    assert "--paste" in late.value.hint
    assert len(pages) == 1


@pytest.mark.parametrize(
    "pasted", ["", "no address", "http://[", "/?state=\udc80&code=x", "?" + "a=b&" * 50_000]
)
def test_whatever_is_pasted_is_no_answer_unless_it_is_one(pasted: str) -> None:
    with pytest.raises(MailboxError, match="no answer to this sign-in"):
        signin.by_paste(PROVIDERS["google"], Client(ID, KEY), ADDRESS, lambda page: pasted)
