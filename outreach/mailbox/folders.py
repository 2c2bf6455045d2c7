"""Which folder is the inbox, which holds junk, which what was sent; and who files what was sent."""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a folder is for."""

    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Folder:
    """One line of LIST: attributes in lower case, the hierarchy's delimiter ("" for none), and the name as the
    server writes it, which is also how it wants it back.
    """

    attributes: frozenset[str]
    delimiter: str
    name: str


_SPECIAL: Mapping[str, Role] = {"\\junk": Role.JUNK, "\\sent": Role.SENT, "\\spam": Role.JUNK}  # XLIST: \Spam

# What webmails and mail programs call these folders where the server marks none (RFC 6154); the most usual
# names first, because a mailbox that several programs have used holds several of them.
_NAMES: Mapping[Role, Sequence[str]] = {
    Role.SENT: (
        *("sent", "sent items", "sent messages", "sent mail", "sent-mail", "sentmail", "outbox sent"),
        *("gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten"),  # German
        *("envoyés", "éléments envoyés", "messages envoyés", "courrier envoyé", "objets envoyés"),  # French
        *("enviados", "elementos enviados", "mensajes enviados", "correo enviado"),  # Spanish
        *(
            "itens enviados",
            "mensagens enviadas",
            "enviadas",
            "enviats",
            "elements enviats",
        ),  # Portuguese, Catalan
        *("posta inviata", "inviata", "inviati", "elementi inviati", "messaggi inviati"),  # Italian
        *("verzonden", "verzonden items", "verzonden berichten"),  # Dutch
        *("wysłane", "elementy wysłane", "wysłane elementy", "wiadomości wysłane"),  # Polish
        *("отправленные", "отправленные элементы", "отправленные письма"),  # Russian
        *("надіслані", "надіслані елементи", "відправлені", "адпраўленыя"),  # Ukrainian, Belarusian
        *("изпратени", "изпратени елементи", "послати", "poslati"),  # Bulgarian, Serbian
        *("жіберілген", "жіберілгендер", "илгээсэн", "gönderilmiş öğeler", "göndərilənlər"),  # kk, mn, az
        *("gönderilmiş", "gönderilen", "gönderilenler", "gönderilmiş postalar"),  # Turkish
        *("odeslané", "odeslaná pošta", "odeslané zprávy"),  # Czech
        *("odoslané", "odoslaná pošta", "poslano", "poslana pošta"),  # Slovak, Slovene, Croatian
        *("elküldött", "elküldött elemek", "elküldött üzenetek"),  # Hungarian
        *("trimise", "elemente trimise", "mesaje trimise"),  # Romanian
        *("skickat", "skickade", "skickade objekt", "skickade meddelanden"),  # Swedish
        *("sendt", "sendte", "sendte elementer", "sendt post", "sendte meldinger"),  # Norwegian, Danish
        *("lähetetyt", "lähetetyt viestit", "saadetud", "saadetud kirjad"),  # Finnish, Estonian
        *("nosūtītie", "nosūtītās", "išsiųsti", "išsiųsti laiškai"),  # Latvian, Lithuanian
        *("απεσταλμένα", "στοιχεία απεσταλμένων", "פריטים שנשלחו", "נשלח"),  # Greek, Hebrew
        *("المرسلة", "العناصر المرسلة", "البريد المرسل", "ارسال شده"),  # Arabic, Persian
        *("送信済み", "送信済みアイテム", "送信済みメール", "送信済みメッセージ"),  # Japanese
        *("已发送", "已发送邮件", "已發送郵件", "寄件備份", "寄件匣備份", "已傳送的郵件"),  # Chinese
        *("보낸 편지함", "보낸편지함", "보낸메일함", "보낸 메일함"),  # Korean
        *("đã gửi", "thư đã gửi", "terkirim", "pesan terkirim", "ส่งแล้ว", "จดหมายที่ส่ง"),  # vi, id, th
    ),
    Role.JUNK: (
        *("junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk", "junk-mail"),
        *("spamverdacht", "junk-e-mail", "unerwünscht", "unerwünschte werbung", "werbung"),  # German
        *("courrier indésirable", "indésirables", "pourriel", "pourriels"),  # French
        *("correo no deseado", "correo basura", "lixo eletrônico", "lixo eletrónico", "lixo electrónico"),
        *("correu brossa", "posta indesiderata", "posta indesid.", "indesiderata"),  # Catalan, Italian
        *("ongewenste e-mail", "ongewenst", "ongewenste reclame"),  # Dutch
        *("wiadomości-śmieci", "wiadomości śmieci", "niechciane"),  # Polish
        *("спам", "нежелательная почта", "небажана пошта", "небажана пошта (спам)", "нежелана поща"),
        *("непожељна пошта", "neželjena pošta", "neželena pošta", "neželena e-pošta"),  # sr, hr, sl
        *("istenmeyen", "istenmeyen e-posta", "önemsiz", "önemsiz e-posta", "gereksiz"),  # Turkish
        *("nevyžádaná pošta", "nevyžiadaná pošta", "levélszemét", "mesaje nedorite"),  # cs, sk, hu, ro
        *("skräppost", "søppelpost", "uønsket e-post", "uønsket mail", "uønsket e-mail"),  # sv, no, da
        *("roskaposti", "rämpspost", "mēstules", "šlamštas", "brukalas"),  # fi, et, lv, lt
        *("ανεπιθύμητα", "ανεπιθύμητη αλληλογραφία", "דואר זבל", "דואר אלקטרוני זבל"),  # el, he
        *("البريد غير الهام", "البريد العشوائي", "غير مرغوب فيه", "هرزنامه"),  # Arabic, Persian
        *(
            "迷惑メール",
            "迷惑メールフォルダ",
            "垃圾邮件",
            "垃圾郵件",
            "垃圾箱",
            "정크 메일",
            "스팸메일함",
            "스팸",
        ),
        *("thư rác", "อีเมลขยะ", "จดหมายขยะ"),  # Vietnamese, Thai
    ),
}

# Servers that file a copy of what is sent through them: a second one would stand beside it.
# Google: developers of WildDuck describe it in detail; Microsoft: SMTP client submission saves to Sent Items.
_FILES_ITSELF = (
    *("gmail.com", "googlemail.com", "smtp.google.com"),
    *("smtp.office365.com", "smtp-mail.outlook.com", "smtp.office365.us", "smtp.partner.outlook.cn"),
)


def files_sent(smtp_host: str) -> bool:
    """Whether a provider's SMTP server puts what is sent through it into Sent by itself."""
    host = smtp_host.lower().rstrip(".")
    return any(host == each or host.endswith(f".{each}") for each in _FILES_ITSELF)


def roles(folders: Iterable[Folder]) -> Mapping[Role, str]:
    """The folder of each role: by its mark, else by its name. INBOX always exists (RFC 3501 5.1)."""
    found = {Role.INBOX: "INBOX"}
    named: list[tuple[int, int, Role, str]] = []
    for folder in folders:
        for mark in sorted(folder.attributes & _SPECIAL.keys()):
            found.setdefault(_SPECIAL[mark], folder.name)
        path = shown(folder.name).split(folder.delimiter) if folder.delimiter else [shown(folder.name)]
        last = path[-1].strip().casefold()
        for role, names in _NAMES.items():
            if last in names:
                named.append((len(path), names.index(last), role, folder.name))
    for _, _, role, name in sorted(named):  # a folder at the top before one deep inside
        if name not in found.values():
            found.setdefault(role, name)
    return found


def shown(name: str) -> str:
    """A folder's name for people: its modified UTF-7 (RFC 3501 5.1.3) decoded, or as it is where that fails."""

    def decoded(found: re.Match[str]) -> str:
        code = found[1].replace(",", "/")
        return b64decode(code + "=" * (-len(code) % 4), validate=True).decode("utf-16-be") if code else "&"

    try:
        return re.sub(r"&([^-&]*)-", decoded, name)
    except ValueError:
        return name
