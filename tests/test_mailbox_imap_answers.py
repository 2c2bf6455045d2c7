"""What IMAP servers answer, however they put it: no mail is overlooked, and what cannot be read is named."""

import pytest

from outreach.mailbox.folders import Role
from outreach.mailbox.imap import Batch, Cursor, InboxError
from tests.imapscript import DONE, HEAD, MAIL, PAUSE, START, THE_MAIL, Scripted, inbox, read, refused
from tests.smtpd import on


def test_a_server_that_sends_more_than_was_asked_for_is_cut_short() -> None:
    large = b"* 1 FETCH (UID 9 BODY[]<0> {5000000}\r\n" + b"x" * 5_000_000 + b")\r\n" + DONE
    batch = read({"UID FETCH": large})
    assert [(len(mail.raw), mail.size) for mail in batch.mails] == [(1 << 20, 1 << 20)]
    assert batch.cursor.uid == 9


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (BODY[]<0> {5}\r\nA: b\n %b)\r\n" % HEAD,
        b"* 1 FETCH (FLAGS (\\Seen) BODY[]<0> {5}\r\nA: b\n %b)\r\n" % HEAD,
        b"* 1 FETCH (%b)\r\n* 1 FETCH (UID 9 BODY[]<0> {5}\r\nA: b\n)\r\n" % HEAD,
        b"* 7 FETCH (FLAGS (\\Recent))\r\n* 3 EXPUNGE\r\n* 3 EXISTS\r\n* OK \xff\xfe\r\n" + MAIL,
        b"* 1 FETCH (UID 8 BODY[]<0> {1}\r\nx)\r\n" + MAIL,
        MAIL.lower().replace(b"fetch", b"FETCH").replace(b"nov", b"Nov").replace(b"a: b", b"A: b"),
        MAIL.replace(b"\nA", b"\n" + PAUSE + b"A").replace(b"UID", b"U" + PAUSE + b"ID"),
    ],
    ids=["first", "flags", "two answers", "news", "a mail not asked for", "small letters", "pieces"],
)
def test_the_mail_is_found_however_the_answer_is_put(answer: bytes) -> None:
    assert read({"UID FETCH": answer + DONE}).mails == (THE_MAIL,)


def test_a_mail_cannot_speak_for_the_server() -> None:
    body = b'UID 8 BODY[]<0> "x")\r\nAAAA1 OK\r\n* BYE\r\n'
    answer = b"* 1 FETCH (BODY[]<0> {%d}\r\n%b UID 9)\r\n" % (len(body), body)
    assert [(mail.uid, mail.raw) for mail in read({"UID FETCH": answer + DONE}).mails] == [(9, body)]


@pytest.mark.parametrize(
    "lines",
    [
        b"* SEARCH 9 8\r\n",
        b"* SEARCH 9\r\n* SEARCH 8 9\r\n",
        b"* SEARCH 9 8 0 -3 x 4294967296 99999999999999999999 (MODSEQ 7)\r\n",
    ],
)
def test_all_mails_that_a_search_names_are_read_in_order(lines: bytes) -> None:
    """DavMail, a gateway to Exchange, answers with a line for each mail."""
    both = MAIL + MAIL.replace(b"UID 9", b"UID 8")
    batch = read({"UID SEARCH": lines + DONE, "UID FETCH 8,9 (": both + DONE})
    assert [mail.uid for mail in batch.mails] == [8, 9]


def test_a_search_that_names_very_many_mails_is_read() -> None:
    found = b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(9, 400_009)) + b"\r\n"

    async def scene(server: Scripted) -> Batch:
        async with inbox(server) as ours:
            return await ours.read("INBOX", None, START, most=1)

    batch = on(Scripted({"UID SEARCH": found + DONE}), scene)
    assert (batch.mails, batch.cursor.uid, batch.more) == ((THE_MAIL,), 9, True)


@pytest.mark.parametrize("said", [b"$ NO not now\r\n", b"* SEARCH 9\r\n$ BAD what?\r\n"])
def test_a_refused_search_does_not_mean_that_there_is_nothing(said: bytes) -> None:
    assert "the server refused" in refused({"UID SEARCH": said}).message


def test_refused_folders_do_not_mean_that_there_are_none() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            with pytest.raises(InboxError, match="the server refused: not now"):
                await ours.folders()

    on(Scripted({"LIST": b"$ NO not now\r\n"}), scene)


def test_an_odd_line_among_the_folders_does_not_hide_the_others() -> None:
    """Exchange writes a name with tabs without quotes; others write bytes that are no ASCII, or a number."""
    lines = (
        b'* LIST (\\Sent \\NoSelect) "/" Sent\r\n* LIST () "/" Sent\tTo\r\n* LIST () "/" "a"b"\r\n* LIST\r\n'
        b'* LIST () NIL {6}\r\nINB"OX\r\n* LIST () NIL 2026\r\n* LIST (\\Junk) NIL "W\\\\ys\xc5\x82ane"\r\n'
    )

    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            folders = await ours.folders()
            assert folders == {Role.INBOX: "INBOX", Role.JUNK: "W\\ysłane"}
            assert (await ours.read(folders[Role.JUNK], None, START)).mails
        assert 'EXAMINE "W\\\\ysłane"' in [line.encode("latin-1").decode() for line in server.heard]

    on(Scripted({"LIST": lines + DONE}), scene)


@pytest.mark.parametrize(
    ("reached", "behind", "asked"),
    [
        (20, b"9", ["UID 21:*", "SINCE 19-Nov-2026"]),
        (10, b"9", ["UID 11:*", "SINCE 19-Nov-2026"]),
        (20, b"", ["UID 21:*", "SINCE 19-Nov-2026"]),
        (9, b"9", ["UID 10:*"]),
        (12, b"9 12", ["UID 13:*"]),
    ],
    ids=["set back", "by one", "and empty", "nothing new", "a number that the server does not keep up"],
)
def test_a_mailbox_that_was_set_back_under_the_same_validity_is_read_again(
    reached: int, behind: bytes, asked: list[str]
) -> None:
    """One that was moved or restored counts on from a smaller number: its new mails are behind no cursor."""
    script = {"UID SEARCH UID": b"* SEARCH %b\r\n" % behind + DONE}

    async def scene(server: Scripted) -> Batch:
        async with inbox(server) as ours:
            batch = await ours.read("INBOX", Cursor("INBOX", 7, reached), START)
        assert [line.removeprefix("UID SEARCH ") for line in server.heard if "SEARCH" in line] == asked
        return batch

    batch = on(Scripted(script), scene)
    again = len(asked) > 1
    assert batch.mails == ((THE_MAIL,) if again else ())
    assert (batch.cursor.uid, batch.more) == (9 if again else reached, False)


# Mails that are not handed over


NO = b"$ NO some messages could not be fetched\r\n"
EMPTY = b"* 1 FETCH (UID 8 RFC822.SIZE 5 BODY[]<0> NIL)\r\n"


@pytest.mark.parametrize(
    ("together", "alone"),
    [
        (NO, NO),
        (MAIL + NO, NO),
        (EMPTY + MAIL + DONE, EMPTY + DONE),
        (EMPTY.replace(b"NIL", b"{0}\r\n") + MAIL + DONE, EMPTY.replace(b" BODY[]<0> NIL", b"") + DONE),
        (EMPTY.replace(b"NIL", b"(") + DONE, EMPTY.replace(b"NIL", b"(" * 9_000) + DONE),
        (b"* 1 FETCH (UID 8 BODY NIL)\r\n" + MAIL + DONE, b"* 1 FETCH 8\r\n" + DONE),
        (b"* 2 FETCH ((\r\n" + NO, b"* 2 FETCH ((\r\n" + NO),
        (MAIL + DONE, DONE),
    ],
    ids=[
        "refused",
        "refused at the end",
        "nothing",
        "empty",
        "unreadable",
        "senseless",
        "refused amid",
        "silence",
    ],
)
def test_a_mail_that_is_not_handed_over_is_named_and_does_not_stop_the_others(
    together: bytes, alone: bytes
) -> None:
    batch = read(
        {
            "UID SEARCH": b"* SEARCH 9 8\r\n" + DONE,
            "UID FETCH 8,9 (": together,
            "UID FETCH 8 (": alone,
        }
    )
    assert (batch.mails, batch.lost, batch.cursor) == ((THE_MAIL,), (8,), Cursor("INBOX", 7, 9))


@pytest.mark.parametrize("first", [NO, EMPTY.replace(b"UID 8", b"UID 9") + DONE])
def test_a_mail_that_is_handed_over_when_asked_for_again_is_not_lost(first: bytes) -> None:
    batch = read({"UID FETCH": [first, MAIL + DONE]})
    assert (batch.mails, batch.lost) == ((THE_MAIL,), ())


@pytest.mark.parametrize(("together", "alone"), [(NO, DONE), (NO, NO), (MAIL + DONE, EMPTY + DONE)])
def test_a_mail_that_was_deleted_meanwhile_is_not_called_lost(together: bytes, alone: bytes) -> None:
    batch = read(
        {
            "UID SEARCH SINCE": b"* SEARCH 8 9\r\n" + DONE,
            "UID FETCH 8,9 (": together,
            "UID FETCH 8 (": alone,
            "UID SEARCH UID 8": b"* SEARCH\r\n" + DONE,
        }
    )
    assert (batch.mails, batch.lost, batch.cursor.uid) == ((THE_MAIL,), (), 9)


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (b"9", b"$ NO [UNAVAILABLE] the disk is away\r\n"),
        (b"9", b"$ NO Too many requests, try again later\r\n"),
        (b"8 9", NO),
    ],
    ids=["by its code", "by its words", "none of several"],
)
def test_where_it_is_the_server_that_fails_nothing_is_called_lost(found: bytes, answer: bytes) -> None:
    """It is an error, and the same mails are asked for the next time."""

    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            with pytest.raises(InboxError, match="the server refused"):
                await ours.read("INBOX", None, START)
            server.left["UID FETCH"] = [MAIL + DONE]
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"UID SEARCH": b"* SEARCH %b\r\n" % found + DONE, "UID FETCH": answer}), scene)


def test_an_answer_too_many_is_not_taken_for_the_next_one() -> None:
    assert "unexpected" in refused({"UID SEARCH": b"* SEARCH 9\r\n" + DONE + DONE}).message


def test_the_last_mail_is_not_read_again_though_every_search_names_it() -> None:
    assert read({}, Cursor("INBOX", 7, 9)) == Batch((), Cursor("INBOX", 7, 9), False)


@pytest.mark.parametrize(
    "time",
    [b"NIL", b'"31-Feb-2026 12:00:00 +0000"', b'"20-Nov-2026 12:00:00 +9999"', b'"yesterday"', b'""'],
)
def test_a_time_of_arrival_that_is_none_does_not_hide_a_mail(time: bytes) -> None:
    answer = b"* 1 FETCH (UID 9 INTERNALDATE %b BODY[]<0> {5}\r\nA: b\n)\r\n" % time
    batch = read({"UID FETCH": answer + DONE})
    assert [(mail.raw, mail.size) for mail in batch.mails] == [(b"A: b\n", 5)]
    assert batch.mails[0].at.tzinfo


@pytest.mark.parametrize("said", [b"", b"* OK [UIDVALIDITY 0] ok\r\n", b"* OK [UIDVALIDITY x] ok\r\n"])
def test_a_folder_without_lasting_numbers_is_refused(said: bytes) -> None:
    assert "cannot open INBOX" in refused({"EXAMINE": b"* 2 EXISTS\r\n" + said + DONE}).message


def test_a_server_that_does_not_say_which_number_comes_next_loses_no_mail() -> None:
    """What was there before counts as read; what comes meanwhile does not, so that is asked for last."""

    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            batch = await ours.read("INBOX", None, START)
            assert batch == Batch((), Cursor("INBOX", 7, 12), False)
        asked = [line.removeprefix("UID SEARCH ") for line in server.heard if "SEARCH" in line]
        assert asked == ["UID *", "SINCE 19-Nov-2026"]

    on(
        Scripted(
            {
                "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" + DONE,
                "UID SEARCH UID": b"* SEARCH 12\r\n" + DONE,
                "UID SEARCH SINCE": b"* SEARCH\r\n" + DONE,
            }
        ),
        scene,
    )
