"""The operator is told by mail: a digest a day, alerts once each, and never at the cost of the sending."""

import asyncio
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from outreach import daemon
from outreach.campaign import Notify
from outreach.daemon import Daemon
from outreach.engine.notify import Notifier, Operator
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Mailbox, Scope
from outreach.store import Store, events, inbox, memo, settings, stops
from tests.answered import answer
from tests.cli import MONDAY, Shell
from tests.launched import GAP, RELAY, Served, files, launch, real_now, served
from tests.test_heartbeat import SECRET, monitor

BOB, OPS = "bob@acme.example", "ops@northwind.example"
LATE = MONDAY + timedelta(hours=2)
TODAY = LATE.date()


def workspace(smtp: str, notify: str, *, always: bool = False) -> dict[str, str]:
    """The usual files, a mailbox without a gap, and [notify] to ops@ as given."""
    texts = files(smtp, "sqlite:///outreach.db", always=always)
    main = texts["outreach.toml"].replace(GAP, RELAY)
    return {**texts, "outreach.toml": f'{main}\n[notify]\nto = ["{OPS}"]\n{notify}\n'}


def mails(post: Served, to: str = OPS) -> list[tuple[str, str]]:
    """Subject and text of what somebody was sent, each checked to be told apart from people's mail."""
    found = []
    for letter in list(post.server.received):
        if letter.rcpt_to == (to,):
            mail = message_from_bytes(letter.data, policy=policy.default)
            assert mail["Auto-Submitted"] == "auto-generated"
            assert "List-Unsubscribe" not in mail
            found.append((str(mail["Subject"]), mail.get_content().replace("\r\n", "\n")))
    return found


def test_the_digest_is_one_mail_a_day_sent_by_the_first_run_after_its_time(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE - timedelta(hours=4)  # 06:00
    launch(shell, workspace(post.server.url, 'digest = "07:00"\nalerts = false'), BOB)
    shell.ok("run", "--once")
    assert mails(post) == []
    for hours in (3, 2, 1, 0):
        shell.now = LATE - timedelta(hours=hours)
        shell.ok("run", "--once")
    ((subject, text),) = mails(post)
    assert subject == "outreach: nothing needs you; 0 sent"
    assert "SENT      0 since Sun 22 Nov 07:00" in text
    assert "AHEAD     1 letter today, 0 tomorrow" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert BOB in post.recipients()
    shell.now = LATE + timedelta(days=1)
    shell.ok("run", "--once")
    (_, (subject, text)) = mails(post)
    assert subject == "outreach: nothing needs you; 1 sent"
    assert "SENT      1 since Mon 23 Nov 07:00: 1 first" in text


def test_two_workers_send_one_digest(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, 'digest = "07:00"'), BOB)
    with shell.app().store as store:
        both = [notifier(shell, store, post.server.url) for _ in range(2)]

        async def play() -> None:
            await asyncio.gather(*(each.turn(well=True) for each in both))

        asyncio.run(play())
        kinds = [each.kind for each in store.read(events.history)]
    assert len(mails(post)) == 1
    assert kinds.count("notified") == 1


def notifier(shell: Shell, store: Store, smtp: str, *addresses: str, **lacking: str) -> Notifier:
    """Tells ops@ from these mailboxes; the digest is due from 07:00 on."""
    names = addresses or ("ann@northwind.example",)
    boxes = [Mailbox(each, "Ann Lee", smtp=smtp) for each in names]
    notify = Notify((OPS,), digest=datetime(2026, 1, 1, 7).time())
    operator = Operator(notify, boxes, "Europe/London", lacking, dict)
    return Notifier(store, operator, lambda box: Session(box, None), lambda: shell.now)


def test_a_reply_is_told_at_once_with_sender_and_subject_but_without_its_text(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, ""), BOB)
    shell.ok("run", "--once")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")
    shell.now += timedelta(minutes=15)
    shell.ok("run", "--once")
    ((subject, text),) = mails(post)
    assert subject.startswith(f"outreach: reply (interested) from {BOB}: ")
    assert f"from {BOB}: Re: Shelving" in text
    assert "outreach inbox show 1" in text
    assert "price list" not in text
    for _ in range(3):
        shell.now += timedelta(minutes=15)
        shell.ok("run", "--once")
    assert len(mails(post)) == 1
    with shell.app().store as store:
        assert store.read(inbox.waiting, TODAY) == 1


def test_a_paused_mailbox_is_told_through_another_one(shell: Shell) -> None:
    with served(Sandbox({"ann": "right horse"})) as post, served(Sandbox()) as other:
        shell.now = LATE
        launch(shell, workspace(post.server.url, ""), BOB)
        second = (
            f'\n[[mailbox]]\naddress = "eve@northwind.example"\nname = "Eve"\nsmtp = "{other.server.url}"\n'
        )
        main = (shell.folder / "outreach.toml").read_text(encoding="utf-8")
        shell.write("outreach.toml", main + second + 'answers = "manual"\n')
        shell.write("secret", "wrong battery").chmod(0o600)
        with shell.app().store as store:
            house, (desk,) = store.read(settings.house), store.read(settings.desks)
            store.write(settings.save, [with_password(desk.mailbox)], house.limits, house.timezone)
        code, out, _ = shell.run("run", "--once")
        assert code == 1
        assert "PAUSED ann@northwind.example: it cannot log in" in out
        ((subject, text),) = mails(other)
        assert subject.startswith("outreach: ann@northwind.example is paused: it cannot log in")
        assert "outreach resume ann@northwind.example" in text
        assert post.recipients() == []


def with_password(box: Mailbox) -> Mailbox:
    return replace(box, password_file="secret")


def test_a_mail_that_cannot_be_sent_is_told_once_tried_again_and_stops_nothing(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE
    texts = workspace(post.server.url, 'digest = "07:00"').copy()
    texts["outreach.toml"] = texts["outreach.toml"].replace(OPS, "nouser@northwind.example")
    launch(shell, texts, BOB)
    out = shell.ok("run", "--once")
    assert f"sent intro to {BOB}" in out
    assert "10:00 no mail to nouser@northwind.example: " in out
    for _ in range(2):
        shell.now += timedelta(minutes=31)
        assert "no mail to" not in shell.ok("run", "--once")
    shell.write("outreach.toml", texts["outreach.toml"].replace("nouser@northwind.example", OPS))
    shell.now += timedelta(minutes=31)
    shell.ok("run", "--once")
    assert len(mails(post)) == 1


def test_an_alert_that_could_not_be_sent_comes_later(shell: Shell, post: Served) -> None:
    shell.now = LATE
    texts = workspace(post.server.url, "")
    launch(shell, texts, "policy@acme.example")
    shell.write("outreach.toml", texts["outreach.toml"].replace(OPS, "nouser@northwind.example"))
    assert "no mail to nouser@northwind.example: " in shell.run("run", "--once")[1]
    shell.write("outreach.toml", texts["outreach.toml"])
    shell.now += timedelta(minutes=10)
    shell.run("run", "--once")
    assert mails(post) == []  # not yet: a server that refuses is not asked every three minutes
    shell.now += timedelta(minutes=21)
    shell.run("run", "--once")
    ((subject, _),) = mails(post)
    assert subject.startswith("outreach: ann@northwind.example is paused")


def test_nothing_of_it_counts_as_a_letter(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, 'digest = "07:00"'), BOB)
    result = shell.json("run", "--once")
    assert result["counts"] == {"sent": 1}
    status = shell.json("status")
    assert status["mailboxes"][0]["sent_today"] == 1
    assert sorted(post.recipients()) == [BOB, OPS]


@pytest.mark.parametrize(
    "notify", ['mailbox = "eve@northwind.example"', 'heartbeat = "http://monitor.example/x"', "to = 1"]
)
def test_what_cannot_be_done_is_told_and_the_sending_goes_on(shell: Shell, post: Served, notify: str) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, ""), BOB)
    shell.write("outreach.toml", workspace(post.server.url, notify)["outreach.toml"])
    out = shell.ok("run", "--once")
    assert "outreach.toml has problems, [notify] is not followed: outreach lint" in out
    assert post.recipients() == [BOB]


def test_hostile_words_cannot_break_the_mail(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, ""), BOB)
    with shell.app().store as store:
        why = "login =?utf-8?q?x?= \ud800\u202e\r\nBcc: eve@evil.example " + "x" * 5000
        store.write(
            stops.add_pause,
            Scope.MAILBOX,
            "ann@northwind.example",
            reason=why.encode("utf-8", "replace").decode(),
            actor="sender",
            at=shell.now,
        )
        assert asyncio.run(notifier(shell, store, post.server.url).turn(well=True)) == []
    assert {letter.rcpt_to for letter in post.server.received} == {(OPS,)}
    for letter in post.server.received:
        mail = message_from_bytes(letter.data, policy=policy.default)
        assert "Bcc" not in mail
        assert len(mail["Subject"]) < 150


def test_the_heartbeat_is_called_once_a_minute_while_all_is_well(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, ""), BOB)
    with monitor() as server, shell.app().store as store:
        url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        operator = Operator(Notify((), heartbeat=url), (), "UTC", {}, dict)
        teller = Notifier(store, operator, lambda box: Session(box, None), lambda: shell.now)

        def turn(*, well: bool) -> list[str]:
            return asyncio.run(teller.turn(well=well))

        assert turn(well=False) == []
        assert server.asked == []
        assert turn(well=True) + turn(well=True) == []
        assert server.asked == [f"/{SECRET}"]
        server.answer = (503, "")
        shell.now += timedelta(minutes=1)
        assert turn(well=True) == ["the heartbeat to 127.0.0.1 was refused: HTTP 503"]
        shell.now += timedelta(minutes=1)
        assert turn(well=True) == []  # told once
        assert len(server.asked) == 3


def test_the_daemon_tells_beside_its_rounds(
    shell: Shell, post: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "NOTIFY", timedelta(milliseconds=20))
    shell.now = real_now()
    launch(shell, workspace(post.server.url, "", always=True), BOB)
    with monitor() as server, shell.app().store as store:
        url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        box = Mailbox("ann@northwind.example", "Ann Lee", smtp=post.server.url)
        notify = Notify((OPS,), heartbeat=url, digest=datetime.min.time())
        operator = Operator(notify, [box], "UTC", {}, dict)
        teller = Notifier(store, operator, lambda box: Session(box, None), real_now)

        async def play() -> list[str]:
            lines: list[str] = []
            engine = Engine(store, lambda box: Session(box, None), real_now, this_process())
            worker = Daemon(engine, lambda: None, lines.append, notifier=teller)
            running = asyncio.create_task(worker.run())
            await asyncio.to_thread(post.has_taken, 2)
            while not server.asked:
                await asyncio.sleep(0)
            worker.stop()
            await running
            return lines

        lines = asyncio.run(asyncio.wait_for(play(), 60))
        assert store.read(memo.get, "digest")
    assert lines == ["stopping: the letter in hand is finished first"]
    assert sorted(post.recipients()) == [BOB, OPS]


class Broken(Notifier):
    """A notifier with a mistake of ours in it."""

    def __init__(self) -> None:
        """Needs nothing."""

    async def turn(self, *, well: bool) -> list[str]:
        raise ZeroDivisionError


def test_a_mistake_of_ours_in_telling_does_not_end_the_sending(shell: Shell, post: Served) -> None:
    shell.now = real_now()
    launch(shell, workspace(post.server.url, "", always=True), BOB)
    lines: list[str] = []
    with shell.app().store as store:
        engine = Engine(store, lambda box: Session(box, None), real_now, this_process())
        asyncio.run(Daemon(engine, lambda: None, lines.append, notifier=Broken()).once())
    assert post.recipients() == [BOB]
    assert lines == ["the operator could not be told: ZeroDivisionError: "]


def test_campaigns_whose_files_were_edited_stand_in_the_digest(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, 'digest = "07:00"'), BOB)
    shell.write("templates/intro.txt", "Subject: New words\n\nHello {{ first_name }},\n\nWe make shelving.\n")
    shell.ok("run", "--once")
    ((_, text),) = mails(post)
    assert "EDITED    shops: files differ from revision 1: outreach plan shops" in text


def test_while_the_store_is_held_only_that_is_told(shell: Shell, post: Served) -> None:
    """A restored store does not know that its digest and its replies were told already."""
    shell.now = LATE
    launch(shell, workspace(post.server.url, 'digest = "07:00"'), BOB)
    shell.ok("run", "--once")
    shutil.copy(shell.folder / "outreach.db", shell.folder / "backup.db")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")
    shell.now += timedelta(minutes=15)
    shell.ok("run", "--once")
    before = len(mails(post))
    assert before == 2  # the digest, the reply
    shutil.copy(shell.folder / "backup.db", shell.folder / "outreach.db")
    for leftover in shell.folder.glob("outreach.db-*"):
        leftover.unlink()
    for witness in (shell.folder / "state").glob("witness-*"):
        witness.unlink()
    shell.ok("inbox", "import", "answer.eml")
    for days in (0, 1, 1):
        shell.now += timedelta(days=days, minutes=15)
        assert shell.run("run", "--once")[0] == 1
    ((_, text),) = mails(post)[before:]
    assert "NOTHING IS SENT" in text
    assert BOB not in text
    shell.ok("release", "--yes", "--without-inbox")
    shell.now += timedelta(minutes=15)
    shell.run("run", "--once")
    assert len(mails(post)) > before + 1  # then it tells again
