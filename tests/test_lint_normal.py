"""Text is made comparable, disguises are undone, and every place leads back to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from outreach.lint.language import detect
from outreach.lint.normal import fold


def plain(text: str) -> str:
    return " ".join(fold(text).text.split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Free MONEY", "free money"),
        ("Ещё раз: О’Нил", "еще раз: о'нил"),
        ("Zoë’s Café, Grüße", "zoë's café, grüße"),  # accents stay: packs write them
        ("cafe\u0301 o\ufb03ce", "café office"),
        ("ＡＢＣ，１２％！", "abc,12%!"),
        ("İNDİRİM ve FIRSAT", "indirim ve fırsat"),
        ("Name™ № 5, 20 m², Nº 3", "name™ № 5, 20 m², nº 3"),
    ],
)
def test_case_width_and_typography_do_not_matter(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("invisible", "f\u200bree mo\u00adney", "free money"),
        ("mixed", "frее mоnеу", "free money"),
        ("mixed", "бecплaтнo, и вcё", "бесплатно, и все"),
        ("mixed", "это Cтоимость", "это стоимость"),
        ("mixed", "Сәлеметсіз бе, aқшa kepek пe?", "сәлеметсіз бе, ақша керек пе?"),
        ("mixed", "саll us now, it is free", "call us now, it is free"),
        ("width", "𝐟𝐫𝐞𝐞 money", "free money"),
        ("width", "ｆｒｅｅ money", "free money"),
        ("width", "ⓕⓡⓔⓔ 🅼🅾🅽🅴🆈", "free money"),
        ("spaced", "get f r e e   m o n e y", "get free money"),
        ("spaced", "f.r.e.e and m-o-n-e-y", "free and money"),
        ("spaced", "f r e e m o n e y", "free money"),
        ("spaced", "Gua/ranteed WIT/HOUT fees", "guaranteed without fees"),
        ("spaced", "б е с п л а т н о", "бесплатно"),
        ("spaced", "免*费*发*票", "免费发票"),
        ("leet", "v1agra, m0ney, $ale", "viagra, money, sale"),
        ("leet", "4ct n0w, fr33", "act now, free"),
    ],
)
def test_a_disguise_is_undone_and_reported(kind: str, written: str, read: str) -> None:
    assert plain(written) == read
    assert kind in {disguise[0] for disguise in fold(written).disguises}


@pytest.mark.parametrize(
    "text",
    [
        "and/or, B/L, 24/7, A/B test, U.S.A., e.g. i.e. c/o w/o km/h a.s.a.p. R.S.V.P.",
        "i.d.R. z. B. d. h. т.д. и т. п., ул. Абая, д. 5, оф. 12",
        "B2B, 3D, H2O, COVID19, mp3, W3C, ISO9001, 4x4, 1st, 2nd, x86_64, h264, neo4j, SALE5, TOP10, 50ft, 4G",
        "https://shop.example/m0ney/fr33?sale=1 f1rst@m0ney.example /usr/l1b/fr33.txt $HOME ${free}",
        "M T W T F S S and a b c d e f, x y z; plan A, B, C; vitamin B 1 2",
        "IT-отдел, Wi-Fi, e-mail'ом, 1С, SMSка, VIPы, CRM, 3D-принтер",
        "Ответьте с вашего emailа, пожалуйста",
        "Қазақстан, Өскемен, Үндістан, Їжак, і все",
        "株式会社ＡＢＣ　ＴＥＬ：０３－１２３４",
        "family 👨‍👩‍👧 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 می‌خواهم क्‍ष שלום\u200f!",
        "We met Анна and Марат of ООО «Нева», then Ермек wrote; ΑΒΒΑ and ΝΙΚΗ from ΟΤΕ, the word не and то",
        'Our «тор» and "сору" are words, Тор too; ask for сосна and тара or ни-то',
        "Мы знаем Mapo, CEO, Oracle, XEROX и PEACE, а copa и top нам не нужны",
        "20 μm, 5 kΩ, Δt, Azərbaycan, naïve café, ½ price",
        "client/server, input/output, free/cheap, on/off, mail_server, st_atime, US/Eastern",
    ],
)
def test_ordinary_text_is_no_disguise(text: str) -> None:
    assert fold(text).disguises == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("send a сору of it", "send a copy of it"),
        ("we met Анна and Нева for frее", "we met анна and нева for free"),
        ("это cкидкa от ООО с МТС", "это скидка от ооо с мтс"),
        ("one note, а lot", "one note, a lot"),
    ],
)
def test_a_word_wholly_in_another_script_is_read_as_latin_only_where_it_is_none(
    written: str, read: str
) -> None:
    assert plain(written) == read


def test_a_place_leads_back_to_the_characters_it_was_made_from() -> None:
    written = "Now f r e e and m\u200bo\u200bney, o\ufb03ce cafe\u0301!"
    folded = fold(written)
    for read, original in {
        "free": "f r e e",
        "money": "m\u200bo\u200bney",
        "office": "o\ufb03ce",
        "café": "cafe\u0301",
        "!": "!",
    }.items():
        start = folded.text.index(read)
        first, last = folded.original(start, start + len(read))
        assert written[first:last] == original
    for place in range(folded.text.index("ffi"), folded.text.index("ffi") + 3):
        assert folded.original(place, place + 1) == (written.index("\ufb03"), written.index("\ufb03") + 1)


def test_places_hold_where_as_much_goes_as_comes() -> None:
    written = "cafe\u0301 and office: o\ufb03c \u0301"
    folded = fold(written)
    start = folded.text.index("and")
    assert folded.original(start, start + 3) == (6, 9)


def test_a_disguise_is_where_it_was_written() -> None:
    written = "Zero\u200b, ﬁrst: frее m0ney now"
    assert [(kind, written[start:end]) for kind, start, end in fold(written).disguises] == [
        ("invisible", "\u200b"),
        ("mixed", "frее"),
        ("leet", "m0ney"),
    ]


ODD = some.one_of(some.characters(), some.sampled_from("a f r e.0$/\u200bеИıİﬁ\u0301ｆ\ud800"))


@given(some.text(alphabet=ODD, max_size=80))
def test_any_text_folds_and_its_places_are_in_order(text: str) -> None:
    folded = fold(text)
    if folded.places is None:
        assert len(folded.text) == len(text)
    else:
        assert len(folded.places) == len(folded.text) + 1
        assert list(folded.places) == sorted(folded.places)
        assert folded.places[-1] == len(text)
    assert all(0 <= start < end <= len(text) for _, start, end in folded.disguises)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We make shelving for small shops and can send you a drawing."),
        ("de", "Wir bauen Regale für kleine Läden und schicken Ihnen eine Zeichnung."),
        ("fr", "Nous fabriquons des rayonnages pour les petits magasins et vous envoyons un plan."),
        ("es", "Fabricamos estanterías para tiendas pequeñas y le enviamos un plano sin coste."),
        ("it", "Produciamo scaffali per piccoli negozi e possiamo inviarle un disegno della sua sala."),
        ("pt", "Fabricamos estantes para pequenas lojas e não cobramos pelo desenho da sua loja."),
        ("pl", "Produkujemy regały dla małych sklepów i możemy wysłać Państwu rysunek."),
        ("tr", "Küçük mağazalar için raf üretiyoruz ve size bir çizim gönderebiliriz."),
        ("ru", "Мы делаем стеллажи для небольших магазинов и пришлём чертёж. Офис: Қостанай."),
        ("kk", "Біз шағын дүкендерге арналған сөрелер жасаймыз, сызбасын жібере аламыз."),
        ("mn", "Бид жижиг дэлгүүрт зориулсан тавиур үйлдвэрлэдэг, зургийг нь илгээж болно."),
        ("uk", "Ми виготовляємо стелажі для невеликих магазинів і надішлемо креслення."),
        ("zh", "我们为小型商店生产钢制货架，可以给您发图纸。"),
        ("ja", "小さなお店のための棚を作っています。図面をお送りします。"),
        ("en", "OK"),
        ("en", ""),
        ("en", "안녕하세요"),
    ],
)
def test_the_language_of_a_letter_is_seen(language: str, text: str) -> None:
    assert detect(text) == language
