"""What people write who answer: of holidays, fairs, receipts, successors, and of what to strike from an offer."""

import pytest

from outreach.inbound.reading import Kind
from tests.inthread import read

ANSWERS = """
We have received your offer, thank you. I will show it to our engineer and come back to you next week.
Thank you for your message. We received your letter and will discuss it on Monday.
Thanks for your email. We are closed between Christmas and New Year, so send the samples in January please.
Thank you, our case number for this order would be 4711, please quote it.
I retired last year, my son Tom runs the shop now. What do you sell exactly?
Our buyer is on a business trip, I answer for him: what is the price per hundred?
I am at a trade fair this week. Can you call me next Monday?
My colleague is on leave until Monday, then we will look at your samples.
Is this an automatic mail? If a person reads it: please call me.
Thanks for contacting us. We do not need shelves.
We have moved to Leeds, our new address is 5 Hill Road. Please send the catalogue there.
I have received your message. Interesting, but our office is closed for renovation until March, write again then.
Please remove the delivery from the quote.
Can you take the second line off the invoice?
Delete the old drawing, we use the new one.
I no longer work with steel, but my brother does.
We no longer use paper, can you send the letter as PDF?
I will be travelling next week, so let's speak today.
Your mail was in my spam folder, thank you for writing again.
Out of curiosity, how many people work for you?
We are out of stock until Monday, do you deliver quickly?
Vielen Dank für Ihr Angebot, wir haben Ihre Nachricht erhalten und melden uns nächste Woche.
Danke für Ihre E-Mail. Wir haben zwischen den Jahren geschlossen, schicken Sie die Muster bitte im Januar.
Ich bin nächste Woche auf der Messe, kommen Sie doch vorbei!
Mein Kollege ist im Urlaub, ich kümmere mich darum. Was kostet das?
Bitte entfernen Sie den Versand aus dem Angebot.
Bitte streichen Sie Position 2 von der Rechnung.
Unser Einkäufer ist in Rente gegangen, ich bin der Nachfolger. Worum geht es?
Wir sind umgezogen, die neue Adresse ist Hauptstraße 5.
Herr Meier ist krank, ich vertrete ihn: schicken Sie mir die Unterlagen.
Merci pour votre message, nous l'avons bien reçu et nous en parlerons lundi.
Nous sommes fermés en août, rappelez-nous en septembre.
Merci de retirer la ligne 3 du devis.
Mon collègue est en congés, c'est moi qui décide. Quel est le prix ?
Je suis en déplacement cette semaine, appelez-moi vendredi.
Hemos recibido su oferta, gracias. La semana que viene le digo algo.
Estamos cerrados en agosto, llámenos en septiembre.
Por favor, quiten el transporte del presupuesto.
Mi compañero está de vacaciones, ¿me lo puede enviar a mí?
Abbiamo ricevuto la sua offerta, grazie, le faremo sapere.
Siamo chiusi ad agosto, ci sentiamo a settembre.
Togliete pure la spedizione dal preventivo.
Il mio collega è in ferie, lo mandi a me per favore.
Recebemos a sua proposta, obrigado, vamos analisar.
Estamos fechados em agosto, ligue em setembro.
Retirem a segunda linha do orçamento, por favor.
We hebben uw offerte ontvangen, bedankt, we kijken ernaar.
Wij zijn gesloten tot 5 januari, bel daarna gerust.
Haal de verzending uit de offerte alstublieft.
Vi har mottagit er offert, tack, vi återkommer nästa vecka.
Ta bort frakten från offerten, tack.
Vi är på mässan i Göteborg nästa vecka, kom förbi!
Vi har mottatt tilbudet, takk, vi ser på det.
Fjern frakten fra tilbudet, takk.
Vi har modtaget jeres tilbud, tak, vi vender tilbage.
Slet venligst linje 2 fra fakturaen.
Olemme saaneet tarjouksenne, kiitos, palaan asiaan.
Poistakaa toimitus tarjouksesta.
Otrzymaliśmy państwa ofertę, dziękujemy, odezwiemy się po analizie.
Proszę usunąć transport z oferty.
Kolega jest na urlopie, proszę przesłać ofertę do mnie.
Obdrželi jsme vaši nabídku, děkujeme, ozveme se.
Vyřaďte prosím položku 3 z objednávky.
Megkaptuk az ajánlatát, köszönjük, átnézzük.
Töröljék a szállítást az ajánlatból.
Am primit oferta dumneavoastră, mulțumim, o analizăm.
Scoateți transportul din ofertă, vă rog.
Teklifinizi aldık, teşekkürler, inceleyip döneceğiz.
Nakliyeyi tekliften çıkarın lütfen.
Gelecek hafta fuardayız, standımıza bekleriz.
Мы получили ваше предложение, спасибо, изучаем.
Получили ваше письмо, спасибо. Обсудим на планёрке в понедельник.
Уберите доставку из сметы, пожалуйста.
Удалите третью позицию из заказа.
Коллега в отпуске, я за него. Пришлите прайс.
Мы в праздники не работаем, звоните после десятого.
На следующей неделе мы на выставке в Москве, приходите на стенд.
Ми отримали вашу пропозицію, дякуємо, розглянемо.
Приберіть доставку з кошторису.
Колега у відпустці, надішліть мені.
Ұсынысыңызды алдық, рахмет, қараймыз.
Жеткізуді сметадан алып тастаңыз.
Әріптесім демалыста, маған жіберіңіз.
Таны саналыг хүлээн авлаа, баярлалаа, судалъя.
Хүргэлтийг үнийн саналаас хасаарай.
Манай хамтрагч амралттай байгаа, надад явуулна уу.
已收到您的报价，谢谢，我们讨论后回复您。
请把运费从报价里删掉。
我同事出差了，请发给我。
下周我们在展会，欢迎来展位聊聊。
我們公司放假到下週，回來再談。
見積書を受け取りました。ありがとうございます。検討してご連絡します。
送料を見積から削除してください。
担当者は出張中ですので、私に送ってください。いくらですか。
来週は展示会に出ていますので、ぜひお越しください。
견적서 잘 받았습니다. 감사합니다. 검토 후 연락드리겠습니다.
견적에서 운송비를 빼주세요.
담당자가 휴가라 제가 대신 답변드립니다. 가격이 얼마인가요?
لقد استلمنا عرضكم، شكرا، سندرسه.
احذف الشحن من عرض السعر من فضلك.
زميلي في إجازة، أرسل لي الأسعار.
Do you unsubscribe people automatically in your tool?
We use a newsletter tool, customers click unsubscribe there. Does yours do that?
Stop by our stand at the fair!
Could you stop the order until Friday?
Our warehouse is closed on Friday, deliver on Thursday.
I am currently away from my desk, but yes, we want it.
Danke, wir sind ab Montag wieder da und freuen uns auf Ihren Anruf.
Спасибо! Вернусь в офис в понедельник и позвоню вам.
Jsem na služební cestě, ale nabídka mě zajímá.
Grazie, sono in trasferta ma mi interessa: mi mandi il listino.
I'm on holiday next week but my assistant can meet you. Does Tuesday work?
I am out of office next week, let us talk on Monday the 7th.
Thank you for your email. I am out of office next week, so let us talk on the 7th.
I retired from teaching and now run this shop. Do you ship to Ireland?
We left the old supplier last year, your timing is good.
My email address is anna@b.example, please use it for the invoice.
We have a new address since May: 4 Mill Lane.
Our account is no longer with that bank, use the new one below.
Please stop the delivery of May, the hall is not ready.
Stop sending to the old warehouse, use the new one.
We don't want any more blue ones, only green.
Please don't send the samples before March.
We do not need further quotes this year, thank you.
Delete my previous message, I had the wrong size.
Please remove my colleague from cc, he has left for the day.
I never received your first mail, could you send it again?
We are on the list of the town's suppliers, are you too?
Bitte löschen Sie meine letzte Nachricht, die Maße waren falsch.
Bitte keine Lieferung vor Montag.
Wir brauchen keine weiteren Muster, das Angebot reicht.
Ich habe die Firma gewechselt und suche nun für den neuen Betrieb Regale.
Unser Lager ist bis März geschlossen, danach gern.
Am Montag bin ich wieder da, dann besprechen wir das Angebot.
Ne supprimez pas la ligne 4, elle est juste.
Nous ne voulons plus de bois, seulement de l'acier.
J'ai quitté le bureau, je vous réponds de mon téléphone : oui.
Nous sommes ouverts en août, passez nous voir.
No envíen el pedido antes del lunes.
Ya no trabajamos con madera, ¿tienen acero?
Elimine la partida 2 y firmamos.
Non mandate la merce prima di lunedì.
Ho lasciato il preventivo al mio capo, decide lui.
Siamo in fiera a Milano, passate a trovarci allo stand.
Não enviem antes de segunda, por favor.
Deixei a proposta com o meu chefe.
Wij willen geen hout meer, alleen staal.
Stuur het niet voor maandag.
Ik ben maandag weer op kantoor, bel dan even.
Skicka inte före måndag, tack.
Vi har slutat med trä, har ni stål?
Ikke send før mandag.
Vi har sluttet med tre, har dere stål?
Jeg er på kontoret igen mandag, ring der.
Emme halua puuta, vain terästä.
Älkää lähettäkö ennen maanantaita.
Nie wysyłajcie przed poniedziałkiem.
Nie chcemy drewna, tylko stal.
Skończyliśmy współpracę z poprzednim dostawcą, proszę o ofertę.
Neposílejte prosím před pondělím.
Už nepracujeme se dřevem, máte ocel?
Ne küldjék hétfő előtt.
Nem kérünk fát, csak acélt.
Nu trimiteți înainte de luni.
Nu mai lucrăm cu lemn, aveți oțel?
Pazartesiden önce göndermeyin lütfen.
Ahşap istemiyoruz, sadece çelik.
Не отправляйте раньше понедельника.
Мы больше не работаем с деревом, есть сталь?
Не хотим дерево, только сталь.
Удалите старый чертёж, вот новый.
Не надсилайте до понеділка.
Ми більше не працюємо з деревом, є сталь?
Дүйсенбіге дейін жібермеңіз.
Біз енді ағашпен жұмыс істемейміз, болат бар ма?
Даваа гарагаас өмнө бүү явуулаарай.
请不要在周一之前发货。
我们不再使用木头，有钢的吗？
我离开办公室了，晚上再给您打电话。
月曜日より前に送らないでください。
木製はもう使っておりません。鋼製はありますか。
월요일 전에는 보내지 마세요.
목재는 더 이상 사용하지 않습니다. 강철이 있나요?
لا ترسلوا قبل يوم الاثنين.
لم نعد نستخدم الخشب، هل لديكم فولاذ؟
""".strip().splitlines()


@pytest.mark.parametrize("text", ANSWERS)
def test_a_person_who_answers_is_neither_away_nor_gone_nor_opting_out(text: str) -> None:
    found = read(text)
    assert (found.kind, found.return_date, found.successor) == (Kind.REPLY, None, "")
