"""IMAP servers that are broken, hostile or away: bounded time and memory, one clear error, and then on."""

import asyncio
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.errors import MailboxError
from outreach.mailbox.imap import Cursor, Fetched, Inbox, InboxError
from outreach.mailbox.imapwire import MOST_ANSWER
from outreach.mailbox.imapwords import internal_date, words
from outreach.model import Mailbox
from tests.imapscript import BODY, HANG_UP, HEAD, PAUSE, SILENCE, Script, Scripted, on
from tests.smtpd import certificate

SECRET = "Tr0ub4dor-3"
START = datetime(2026, 11, 20, tzinfo=UTC)
HOST = "imap.northwind.example"
THE_MAIL = Fetched("INBOX", 9, b"A: b\n", 5, datetime(2026, 11, 20, 12, tzinfo=UTC))
QUICK = dict.fromkeys(("connect", "auth", "command", "fetch", "append", "logout"), 0.3)


def inbox(server: Scripted, timeouts: dict[str, float] | None = None) -> Inbox:
    box = Mailbox("ann@northwind.example", "Ann Lee", imap=f"imap://ann@127.0.0.1:{server.port}")
    return Inbox(box, SECRET, timeouts=timeouts)


def read(answers: dict[str, Script], cursor: Cursor | None = None) -> tuple[list[Fetched], Cursor]:
    """What one batch of a scripted server gives."""

    async def scene(server: Scripted) -> tuple[list[Fetched], Cursor]:
        async with inbox(server) as ours:
            batch = await ours.read("INBOX", cursor, START)
            return list(batch.mails), batch.cursor

    return on(Scripted(answers), scene)


def refused(answers: dict[str, Script], timeouts: dict[str, float] | None = None) -> InboxError:
    """The error that reading a scripted server comes to."""

    async def scene(server: Scripted) -> InboxError:
        with pytest.raises(InboxError) as caught:
            async with inbox(server, timeouts) as ours:
                await ours.read("INBOX", None, START)
        return caught.value

    return on(Scripted(answers), scene)


def test_nothing_but_reading_is_asked_for() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            batch = await ours.read("INBOX", None, START)
            assert batch.mails == (THE_MAIL,)
        assert [line for line in server.heard if "AUTH" not in line and "CAPABILITY" not in line][1:] == [
            'EXAMINE "INBOX"',
            "UID SEARCH SINCE 19-Nov-2026",
            "UID FETCH 9 (UID RFC822.SIZE INTERNALDATE)",
            "UID FETCH 9 (UID BODY.PEEK[]<0.1048576>)",
            "LOGOUT",
        ]

    on(Scripted(), scene)


# Lost


@pytest.mark.parametrize("verb", ["hello", "CAPABILITY", "AUTHENTICATE", "+", "EXAMINE", "UID SEARCH"])
@pytest.mark.parametrize("way", [HANG_UP, b"* BYE too old\r\n" + HANG_UP, b"* 1 EXI" + HANG_UP])
def test_a_connection_lost_anywhere_is_one_error_and_the_next_call_goes_on(verb: str, way: bytes) -> None:
    usual = Scripted.answers[verb]
    assert isinstance(usual, bytes)

    async def scene(server: Scripted) -> None:
        ours = inbox(server)
        with pytest.raises(InboxError, match=f"127.0.0.1:{server.port}: ") as lost:
            await ours.read("INBOX", None, START)
        assert not lost.value.auth
        assert lost.value.hint
        async with ours:
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({verb: [way, usual, usual, usual]}), scene)


@pytest.mark.parametrize("kept", range(0, len(BODY) - 6, 7))
def test_a_connection_lost_within_a_mail_loses_no_mail(kept: int) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            with pytest.raises(InboxError):
                await ours.read("INBOX", None, START)
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"UID FETCH 9 (UID BODY": [BODY[:kept] + HANG_UP, BODY]}), scene)


def test_nobody_listening_is_one_error_too() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def scene() -> None:
        with pytest.raises(InboxError, match=f"127.0.0.1:{port}: Connection refused"):
            await Inbox(Mailbox("a@b.example", "A", imap=f"imap://127.0.0.1:{port}"), SECRET).folders()

    asyncio.run(scene())


@pytest.mark.parametrize("verb", ["hello", "CAPABILITY", "+", "EXAMINE", "UID FETCH 9 (UID BODY"])
def test_a_silent_server_is_not_waited_for_for_ever(verb: str) -> None:
    begun = time.monotonic()
    error = refused({verb: SILENCE}, QUICK)
    assert "timed out" in error.message
    assert time.monotonic() - begun < 5


# Too much, or something else


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"* 1 FETCH (UID 9 BODY[]<0> {99999999999}\r\n", "announces 99999999999 bytes"),
        (b"* 1 FETCH (UID 9 BODY[]<0> " + b"x" * (MOST_ANSWER + 1), "more than 24 MB"),
        (b"* OK still here\r\n" * (MOST_ANSWER // 15), "more than 24 MB"),
        (b"a99 OK done\r\n", "out of turn"),
        (b"\0\xff\r\n", "out of turn"),
        (b"+ go on\r\n", "asks for more"),
    ],
)
def test_an_answer_out_of_bounds_ends_the_conversation(answer: bytes, why: str) -> None:
    assert why in refused({"UID FETCH 9 (UID BODY": answer}).message


def test_a_server_that_sends_more_than_was_asked_for_is_cut_short() -> None:
    large = b"* 1 FETCH (UID 9 BODY[]<0> {5000000}\r\n" + b"x" * 5_000_000 + b")\r\n$ OK ok\r\n"
    mails, cursor = read({"UID FETCH 9 (UID BODY": large})
    assert [len(mail.raw) for mail in mails] == [1 << 20]
    assert cursor.uid == 9


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (BODY[]<0> {5}\r\nA: b\n UID 9)\r\n$ OK ok\r\n",
        b'* 1 FETCH (FLAGS (\\Seen) BODY[]<0> "A: b\n" UID 9)\r\n$ OK ok\r\n'.replace(
            b'"A: b\n"', b"{5}\r\nA: b\n"
        ),
        b"* 7 FETCH (FLAGS (\\Recent))\r\n* 3 EXPUNGE\r\n* 1 fetch (uid 9 body[]<0> {5}\r\nA: b\n)\r\n$ OK ok\r\n",
        b"* 1 FETCH (UID 8 BODY[]<0> {1}\r\nx)\r\n* 1 FETCH (UID 9 BODY[]<0> {5}\r\nA: b\n)\r\n$ ok\r\n",
        BODY.replace(b"\nA", b"\n" + PAUSE + b"A").replace(b"UID", b"U" + PAUSE + b"ID"),
    ],
    ids=["uid last", "flags within", "other news between", "a mail not asked for", "in pieces"],
)
def test_the_mail_is_found_however_the_answer_is_put(answer: bytes) -> None:
    assert read({"UID FETCH 9 (UID BODY": answer})[0] == [THE_MAIL]


def test_a_mail_cannot_speak_for_the_server() -> None:
    body = b'UID 8 BODY[]<0> "x")\r\no1 OK\r\n'
    answer = b"* 1 FETCH (BODY[]<0> {%d}\r\n%b UID 9)\r\n$ OK ok\r\n" % (len(body), body)
    assert [(mail.uid, mail.raw) for mail in read({"UID FETCH 9 (UID BODY": answer})[0]] == [(9, body)]


def test_a_mail_that_cannot_be_handed_over_does_not_stop_the_others() -> None:
    no = b"$ NO some messages could not be fetched\r\n"
    mails, cursor = read(
        {
            "UID SEARCH": b"* SEARCH 9 8\r\n$ OK ok\r\n",
            "UID FETCH 8,9 (UID RFC822.SIZE": HEAD[:-9] + HEAD.replace(b"UID 9", b"UID 8"),
            "UID FETCH 8,9 (UID BODY": no,
            "UID FETCH 8 (UID BODY": no,
        }
    )
    assert [(mail.uid, mail.raw) for mail in mails] == [(8, b""), (9, b"A: b\n")]
    assert cursor == Cursor("INBOX", 7, 9)


def test_the_last_mail_is_not_read_again_though_every_search_names_it() -> None:
    assert read({}, Cursor("INBOX", 7, 9)) == ([], Cursor("INBOX", 7, 9))


def test_a_time_of_arrival_that_is_none_does_not_hide_a_mail() -> None:
    mails, _ = read({"UID FETCH 9 (UID RFC822.SIZE": b"* 1 FETCH (UID 9 INTERNALDATE NIL)\r\n$ OK ok\r\n"})
    assert [(mail.raw, mail.size) for mail in mails] == [(b"A: b\n", 5)]
    assert mails[0].at.tzinfo
    assert internal_date(b"31-Feb-2026 12:00:00 +0000") is None
    assert internal_date(b" 1-Feb-2026 12:00:00 -0130").isoformat() == "2026-02-01T12:00:00-01:30"  # type: ignore[union-attr]


def test_a_folder_without_lasting_numbers_is_refused() -> None:
    assert "UIDVALIDITY" in refused({"EXAMINE": b"* 2 EXISTS\r\n$ OK ok\r\n"}).message


@pytest.mark.parametrize("text", [b"(" * 100_000, b'"' * 100_001, b'("\\' * 50_000, b") NIL (a) \xff"])
def test_words_are_read_in_bounded_time_whatever_they_are(text: bytes) -> None:
    begun = time.monotonic()
    words([text])
    assert time.monotonic() - begun < 2


# IDLE, which is only a hint


@pytest.mark.parametrize(
    "answer",
    [
        b"$ NO not today\r\n",
        b"$ OK what?\r\n",
        b"+ idling\r\n* BYE\r\n" + HANG_UP,
        b"+ idling\r\n$ OK enough\r\n",
        b"+ idling\r\n\0\0\r\n",
    ],
)
def test_trouble_while_waiting_means_look_again_but_not_in_circles(answer: bytes) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(30)
            assert time.monotonic() - begun < 5
            await ours.wait(0.01)
            assert server.heard.count("IDLE") == 1
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"IDLE": answer}), scene)


def test_news_that_come_in_two_pieces_wake_and_a_sign_of_life_does_not() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(30)
            assert time.monotonic() - begun < 5
            assert server.heard[-1] == "DONE"
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(
        Scripted({"IDLE": b"+ idling\r\n* OK Still he" + PAUSE + b"re\r\n* 3 EX" + PAUSE + b"ISTS\r\n"}),
        scene,
    )


def test_where_nothing_tells_waiting_is_sleeping() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(0.2)
            assert time.monotonic() - begun >= 0.2
            assert "IDLE" not in server.heard

    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK ok\r\n"}), scene)


# Logging in, safely


@pytest.mark.parametrize(
    ("answer", "needs_a_person"),
    [
        (b"$ NO [AUTHENTICATIONFAILED] wrong\r\n", True),
        (b"$ NO LOGIN failed.\r\n", True),
        (b"$ BAD [ALERT] Application-specific password required\r\n", True),
        (b"$ NO [UNAVAILABLE] the directory is down\r\n", False),
        (b"$ NO [ALERT] Too many simultaneous connections. (Failure)\r\n", False),
    ],
)
def test_a_refused_login_tells_who_can_help(answer: bytes, needs_a_person: bool) -> None:
    error = refused({"+": answer})
    assert error.auth is needs_a_person
    assert "login refused" in error.message
    assert SECRET not in f"{error.message}{error.hint}{error.__cause__!r}{error.__context__!r}"


def test_no_password_leaves_where_the_server_takes_none() -> None:
    async def scene(server: Scripted) -> None:
        with pytest.raises(InboxError, match="login refused") as caught:
            await inbox(server).folders()
        assert caught.value.auth
        assert server.heard == ["CAPABILITY"]

    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n$ OK ok\r\n"}), scene)


@pytest.mark.parametrize("name", [HOST, "other.example"])
def test_a_password_goes_only_to_whom_the_certificate_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trust = certificate(name, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trust))
    _resolve(monkeypatch)

    async def scene(server: Scripted) -> None:
        box = Mailbox("ann@northwind.example", "Ann Lee", imap=f"imaps://ann@{HOST}:{server.port}")
        ours = Inbox(box, SECRET)
        if name == HOST:
            async with ours:
                assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)
                stopped = asyncio.create_task(ours.wait(30))
                await server.idling.wait()
                stopped.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await stopped
        else:
            with pytest.raises(InboxError, match="certificate not trusted"):
                await ours.folders()
            assert server.heard == []

    on(Scripted({"IDLE": b"+ idling\r\n"}, tls), scene)


def _resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's name is this machine."""
    known = socket.getaddrinfo

    def local(host: str, *args: object, **kwargs: object) -> object:
        return known("127.0.0.1" if host == HOST else host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("imap://ann@imap.northwind.example", "without TLS"),
        ("imaps://ann:Tr0ub4dor-3@imap.northwind.example", "holds a password"),
        ("smtps://imap.northwind.example", "neither imaps://"),
        ("imaps://", "names no host"),
        ("", "neither imaps://"),
    ],
)
def test_an_unsafe_url_is_refused_before_anything_is_sent(url: str, why: str) -> None:
    with pytest.raises(MailboxError, match=why) as caught:
        Inbox(Mailbox("ann@northwind.example", "Ann Lee", imap=url), SECRET)
    assert SECRET not in caught.value.message + caught.value.hint
