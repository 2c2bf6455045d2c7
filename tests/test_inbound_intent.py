"""The first reading of a reply: what people write in many languages, and the words that led to it."""

import re
import time
from datetime import date

import pytest

from outreach.data import table
from outreach.inbound.intent import READ, read
from outreach.inbound.intent_packs import KINDS, LEVELS, Want, filled

ON = date(2026, 11, 20)

REPLIES = """\
interested|Sounds good, let's talk on Thursday.
interested|Yes, please send me more information and a price list.
interested|We would love to see samples. How long do they take?
interested|Tuesday at 10 works for me.
interested|Good timing, we are looking for a new supplier. Call me on 020 7946 0000.
interested|I'm interested.
later|Not right now, but try again in March.|2027-03-01
later|Thanks Ann. We have no budget this year, please get back in touch next year.|2027-01-01
later|Too early for us. Could you reach out again in Q2?|2027-04-01
later|I'm swamped at present. Ping me in two weeks.|2026-12-04
later|Let's revisit this after the holidays
not_interested|Not interested, thanks.
not_interested|Thank you, but we already work with somebody and are happy with our supplier.
not_interested|We don't need this.
not_interested|I'm afraid this isn't relevant for us. I wish you luck.
not_interested|I have to decline, this is not something we would like to do.
referral|I'm not the right person. Please contact Maria Lopez, she runs purchasing.|Maria Lopez
referral|You should talk to bo.ek@hall.example about this.|bo.ek@hall.example
referral|I have forwarded your mail to my colleague Peter.|Peter
referral|Wrong person, sorry.
question|How much is it for forty shelves?
question|Where did you get my address?
question|Do you also deliver to Norway?
opt_out|Please remove me from your list.
opt_out|Stop emailing me. Not interested!
opt_out|Do not contact us again or I will report you.
hostile|I have reported this as spam.
hostile|How dare you. You will hear from my lawyer.
unclear|Thanks.
unclear|Ok
interested|Да, интересно. Пришлите, пожалуйста, прайс.
interested|Давайте созвонимся завтра в 15:00
interested|Здравствуйте! Готовы обсудить, наберите меня: 495 000-00-00
interested|Хотели бы посмотреть образцы.
interested|Вышлите коммерческое предложение
later|Сейчас не актуально, напишите в марте.|2027-03-01
later|Давайте вернемся к этому в следующем году|2027-01-01
later|Пока не готовы, свяжитесь через два месяца|2027-01-01
later|Не сейчас. После праздников.
not_interested|Спасибо, не интересно.
not_interested|Нам это не нужно, уже есть поставщик.
not_interested|К сожалению, предложение нас не интересует
not_interested|Нет необходимости, справляемся своими силами.
not_interested|Мы это не рассматриваем
referral|Я этим не занимаюсь, обратитесь к коллеге: ivan@zavod.example|ivan@zavod.example
referral|За закупки отвечает Мария Иванова|Мария Иванова
referral|Переслал ваше письмо в отдел снабжения
question|Сколько стоит доставка в Омск?
question|Какие сроки?
question|Откуда у вас мой адрес?
opt_out|Не пишите мне больше
opt_out|Отпишите меня от рассылки, пожалуйста
opt_out|Удалите мой адрес из базы
hostile|Надоели уже со своим спамом, буду жаловаться. Идите на...
hostile|Это спам, заблокирую
unclear|Спасибо
interested|我们对贵公司的产品很感兴趣，请发一份报价。
interested|可以，周四下午方便，我们通话吧。
interested|請寄樣品給我們。
interested|想了解更多，请提供详细资料
interested|好的，加微信聊聊
later|目前没有预算，明年再联系吧。|2027-01-01
later|暂时不需要，3月再说|2027-03-01
later|最近很忙，下个月再谈。|2026-12-01
later|春节后再联系
not_interested|谢谢，不需要。
not_interested|我们不感兴趣。
not_interested|已有供应商，暂无计划，不考虑
not_interested|不用了，谢谢
not_interested|沒有興趣
referral|这不是我负责的，请联系王经理。|王经理
referral|我已转给同事 li@firm.example|li@firm.example
referral|請聯絡採購部
question|请问价格是多少？
question|起订量是多少
question|你们能否发货到广州？
opt_out|请不要再给我发邮件
opt_out|退订
hostile|再发就举报你
hostile|垃圾邮件！滚
unclear|收到
interested|Қызықты екен, бағаларыңызды жіберіңізші.
interested|Сәлеметсіз бе! Ұсынысыңыз қызықтырды, толығырақ айтып беріңіз.
interested|Бейсенбі күні сөйлесейік
interested|Келісемін, маған қоңырау шалыңыз
interested|Кездесуге дайынбыз
later|Қазір керек емес, наурызда қайта жазыңыз|2027-03-01
later|Бюджетіміз келесі жылы болады, кейін хабарласыңыз|2027-01-01
later|Әзірге емес
later|Екі айдан кейін еске салыңызшы|2027-01-01
not_interested|Рақмет, бізге керек емес.
not_interested|Бұл бізге қызық емес
not_interested|Жеткізушіміз бар, рахмет
not_interested|Бас тартамыз
referral|Бұл мәселемен мен айналыспаймын, әріптесіме жазыңыз: dana@zauyt.example|dana@zauyt.example
referral|Сатып алуға жауапты адам Дана Серікқызы|Дана Серікқызы
referral|Хатыңызды әріптесіме жолдадым
question|Бір сөренің бағасы қанша?
question|Астанаға жеткізу бар ма?
question|Қанша тұрады?
opt_out|Маған енді хат жазбаңыз
opt_out|Мені тізімнен шығарып тастаңыз
hostile|Шағым түсіремін!
unclear|Рақмет
interested|Сонирхож байна, үнийн саналаа явуулна уу.
interested|Маргааш уулзъя
interested|Дэлгэрэнгүй мэдээлэл өгөөч
interested|Болно оо, над руу залгаарай
interested|Сонирхолтой санал байна
later|Одоогоор хэрэггүй, ирэх сард холбогдоорой|2026-12-01
later|Шинэ жилийн дараа ярилцъя|2027-01-01
later|Завгүй байна, дараа холбогдъё
later|Төсөв ирэх жил батлагдана|2027-01-01
not_interested|Баярлалаа, сонирхохгүй байна.
not_interested|Бидэнд хэрэггүй
not_interested|Манайд нийлүүлэгч байгаа
not_interested|Татгалзаж байна
referral|Үүнийг би хариуцдаггүй, bat@uildver.example хаягт хандана уу|bat@uildver.example
referral|Манай захирал Болд Дорж шийднэ|Болд Дорж
referral|Захидлыг тань дамжуулсан
question|Үнэ нь хэд вэ?
question|Дархан хүргэлт байгаа юу?
question|Хаанаас авсан хаяг вэ?
opt_out|Надад дахиж битгий бичээрэй
opt_out|Намайг жагсаалтаас хасна уу
hostile|Гомдол гаргана шүү
unclear|Баярлалаа
interested|Klingt gut, schicken Sie mir bitte Unterlagen.
interested|Gerne. Passt Ihnen Dienstag um 10 Uhr?
interested|Wir hätten Interesse an einem Angebot
interested|Rufen Sie mich bitte morgen an
interested|Das ist spannend, lassen Sie uns telefonieren.
later|Derzeit kein Bedarf. Melden Sie sich bitte im März wieder.|2027-03-01
later|Im Moment nicht, vielleicht nächstes Jahr.|2027-01-01
later|Aktuell keine Zeit, bitte in drei Wochen noch einmal melden|2026-12-11
later|Wir entscheiden das erst im zweiten Quartal|2027-04-01
not_interested|Kein Interesse, danke.
not_interested|Wir haben leider keinen Bedarf.
not_interested|Danke, wir sind nicht interessiert
not_interested|Nein danke, wir arbeiten bereits mit einem Lieferanten
not_interested|Das kommt für uns nicht in Frage
referral|Bitte wenden Sie sich an meine Kollegin Frau Anna Berg.|Anna Berg
referral|Ich bin nicht zuständig. Schreiben Sie an einkauf@halle.example|einkauf@halle.example
referral|Ich habe Ihre Mail an den Einkauf weitergeleitet
question|Was kostet das?
question|Liefern Sie auch nach Wien?
question|Woher haben Sie meine Adresse?
opt_out|Bitte nehmen Sie mich aus Ihrem Verteiler
opt_out|Keine weiteren E-Mails bitte
hostile|Das ist unverschämt, ich schalte meinen Anwalt ein
unclear|Danke
interested|Cela m'intéresse, envoyez-moi vos tarifs.
later|Pas maintenant, recontactez-moi en mars.|2027-03-01
not_interested|Non merci, nous avons déjà un fournisseur.
referral|Je ne suis pas la bonne personne, écrivez à lea@halle.example|lea@halle.example
opt_out|Merci de me retirer de votre liste
interested|Nos interesa, envíenos una cotización
later|Ahora no, quizás el próximo año|2027-01-01
not_interested|Gracias, pero no nos interesa.
opt_out|No me escriba más
interested|Mi interessa, mi mandi un preventivo
not_interested|Non siamo interessati
later|Ci sentiamo a marzo|2027-03-01
interested|Tenho interesse, pode enviar mais detalhes?
not_interested|Não temos interesse
opt_out|Por favor, remova meu e-mail da lista
interested|Jestem zainteresowany, proszę o ofertę
not_interested|Nie jesteśmy zainteresowani
later|Na razie nie, proszę odezwać się w marcu|2027-03-01
interested|İlgileniyoruz, fiyat listesi gönderir misiniz?
not_interested|İhtiyacımız yok, teşekkürler
interested|Цікаво, надішліть прайс
not_interested|Дякую, нам не потрібно
later|Зверніться пізніше, наступного року|2027-01-01
interested|興味があります。資料を送ってください。
not_interested|今回は見送らせていただきます。
later|来月また改めてご連絡ください|2026-12-01
opt_out|配信停止をお願いします
""".splitlines()


@pytest.mark.parametrize("row", REPLIES)
def test_what_people_write_is_read_as_they_meant_it(row: str) -> None:
    kind, text, *more = row.split("|")
    found = read(text, ON)
    assert found.kind == Want(kind), found
    if kind == "later":
        assert (found.date and found.date.isoformat()) == (more[0] if more else None)
    if kind == "referral":
        assert found.referral == (more[0] if more else "")
    assert bool(found.words) == (kind != "unclear")


def test_the_words_are_those_that_led_to_it() -> None:
    assert read("Hello Ann. Sounds good, please send it.", ON).words == ("please send", "send it")
    assert read("Hello Ann. That sounds good.", ON).words == ("sounds good",)
    assert read("Fine so far. How long does it take?", ON).words == ("How long does it take?",)


def test_interest_that_is_denied_is_none_but_a_no_in_another_sentence_denies_nothing() -> None:
    assert read("I am not really interested.", ON).kind == Want.NOT_INTERESTED
    assert read("We are not exactly tempted.", ON).kind == Want.NOT_INTERESTED
    assert read("No. Interested in the other one, though!", ON).kind == Want.INTERESTED


@pytest.mark.parametrize(
    "text",
    [
        "We already have a supplier, but please send your price list.",
        "We have a supplier. Send me the price list anyway.",
        "We already have a supplier but please send your price list",
        "I wouldn't say we are not interested. Send it over.",
        "Поставщик у нас есть, но прайс пришлите.",
        "我们有固定供应商，不过请发一份报价。",
        "Бізде жеткізуші бар, бірақ бағаңызды жіберіңіз.",
        "Манайд нийлүүлэгч бий, гэхдээ үнээ явуулаарай.",
        "Wir haben einen Lieferanten, aber schicken Sie mir bitte die Preisliste.",
    ],
)
def test_a_refusal_that_turns_into_a_wish_is_a_wish(text: str) -> None:
    assert read(text, ON).kind == Want.INTERESTED


@pytest.mark.parametrize(
    "text",
    [
        "Sounds great, but we do not need it.",
        "Предложение хорошее, но нам это не нужно.",
        "产品不错，可惜我们用不上。",
        "Ұсынысыңыз жақсы, бірақ бізге керек емес.",
        "Сайхан санал байна, гэхдээ бидэнд хэрэггүй.",
    ],
)
def test_praise_before_a_refusal_is_a_refusal(text: str) -> None:
    assert read(text, ON).kind == Want.NOT_INTERESTED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Yes", Want.INTERESTED),
        ("Hi Ann, yes please!", Want.INTERESTED),
        ("No.", Want.NOT_INTERESTED),
        ("Да, давайте", Want.INTERESTED),
        ("нет спс", Want.NOT_INTERESTED),
        ("可以", Want.INTERESTED),
        ("不用", Want.NOT_INTERESTED),
        ("Иә", Want.INTERESTED),
        ("Жоқ", Want.NOT_INTERESTED),
        ("Тийм", Want.INTERESTED),
        ("Үгүй", Want.NOT_INTERESTED),
        ("Ja, gerne", Want.INTERESTED),
        ("Oui", Want.INTERESTED),
        ("はい", Want.INTERESTED),
        ("收到", Want.UNCLEAR),
        ("Ок", Want.UNCLEAR),
        ("Noted.", Want.UNCLEAR),
        ("??", Want.UNCLEAR),
    ],
)
def test_a_plain_yes_or_no_counts_a_receipt_does_not(text: str, kind: Want) -> None:
    assert read(text, ON).kind == kind


def test_a_yes_further_on_is_no_answer() -> None:
    assert read("My boss was asked last week whether that is a yes", ON).kind == Want.UNCLEAR


@pytest.mark.parametrize(
    "text", ["Geen interesse, bedankt.", "Nu sunt interesat de asta", "Vi är inte intresserade, tack"]
)
def test_a_language_without_a_pack_is_not_read_as_another(text: str) -> None:
    assert read(text, ON).kind == Want.UNCLEAR


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Not now, write again on 15 January.", "2027-01-15"),
        ("Not now. Next year, in the second quarter maybe.", "2027-04-01"),
        ("Not now, try me in May 2028.", "2028-05-01"),
        ("Too busy, try again next week.", "2026-11-23"),
        ("Too busy, try again in 3 weeks.", "2026-12-11"),
        ("Not now, maybe after the holidays.", None),
        ("Пока нет, напишите через 2-3 недели", "2026-12-04"),
        ("现在没空，三个月后再联系", "2027-02-01"),
        ("今年没预算了，明年二季度再看吧", "2027-04-01"),
        ("Қазір уақыт жоқ, екі айдан кейін жазыңыз", "2027-01-01"),
        ("Завгүй байна, 3-р сард дахин холбогдоорой", "2027-03-01"),
        ("In March.", "2027-03-01"),
    ],
)
def test_the_day_of_later_is_the_most_precise_one_named(text: str, day: str | None) -> None:
    found = read(text, ON)
    assert (found.kind, found.date and found.date.isoformat()) == (Want.LATER, day)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("You'd need to speak to Susan Achterberg in Facilities.", "Susan Achterberg"),
        ("Wrong person. Anna.Berg@Hall.example handles this.", "anna.berg@hall.example"),
        ("Я бухгалтер, этим занимается Дамир Ахметов.", "Дамир Ахметов"),
        ("Das macht bei uns Sabine Krol.", "Sabine Krol"),
        ("Please contact Anna Berg, Head of Purchasing.", "Anna Berg"),
        ("这块是老陈负责", "老陈"),
        ("Talk to our purchasing department.", ""),
    ],
)
def test_a_referral_names_whom_to_ask(text: str, whom: str) -> None:
    assert (read(text, ON).kind, read(text, ON).referral) == (Want.REFERRAL, whom)


def test_who_asks_to_be_called_himself_refers_to_nobody() -> None:
    assert read("Sounds good, please contact me at bo@hall.example", ON).kind == Want.INTERESTED


def languages() -> list[str]:
    marks = table("intents/languages")
    return ["zh", "ja", *(each for each in marks["common"] if each not in marks["foreign"])]


@pytest.mark.parametrize("language", languages())
def test_every_phrase_of_a_pack_can_be_found(language: str) -> None:
    pack = table(f"intents/{language}")
    rows = [row for kind in (*KINDS, "nothing", "but") for row in pack.get(kind, ())]
    rows += [row for level in LEVELS[1:] for kind in pack.get(level.strip(), {}).values() for row in kind]
    assert rows
    for row, full in zip(rows, filled(language, rows), strict=True):
        words = full.split()
        assert words[0] not in ("...", "_"), row
        assert words[-1] != "...", row
        for word in (word for word in words if "|" in word and word.isascii()):
            assert all(re.fullmatch(r"(#|_|[^\W_]+\*?)\??", part) for part in word.split("|")), (row, word)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "not ",
            "in # ",
            "stop a b c d ",
            "接",
            "a@",
            "?",
            ". ",
            "на ",
            "\ud800",
            "1 ",
            "send me the ",
            "请",
        ),
        *("3月", "please send me more info ", "but ", "("),
    ],
)
def test_long_texts_take_bounded_time(unit: str) -> None:
    text = unit * ((200 << 10) // len(unit))
    read(text[: 2 * READ], ON)  # the packs are read once
    began = time.process_time()
    read(text, ON)
    assert time.process_time() - began < 0.15  # a loaded machine; alone it takes a fifth of that
