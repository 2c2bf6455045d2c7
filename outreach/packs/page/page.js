"use strict";
// Everything that comes from a prospect is put in as text (textContent), never as markup. The one exception
// is a letter's HTML: it goes into a frame that may run nothing and load nothing.

const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const root = document.documentElement;
const GROUPS = { new: "New", in: "In campaign", over: "No more letters", held: "Held" };
const state = { email: "", letter: 0, part: "html", width: "desktop", group: "all", words: "" };
let listed = [];

/** An element with attributes and children; children are elements or texts. */
function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "on") made.addEventListener("click", value);
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

const person = () => data.people.find((each) => each.email === state.email);
const folded = (text) => text.normalize("NFKC").toLocaleLowerCase();
const found = data.people.map((each) => folded(`${each.name}\n${each.company}\n${each.email}`));

/** Puts new children into a place. Where the focus was in a group of buttons there, it goes to the one pressed now. */
function put(place, group, ...children) {
  const focused = place.contains(document.activeElement) && document.activeElement.closest(group);
  place.replaceChildren(...children);
  if (focused) (document.querySelector(`${group} [aria-pressed="true"]`) || at("letter")).focus({ preventScroll: true });
}

// ---- the address: #bob@acme.example/2/plain/phone, or #bob@acme.example: the rest stays as it is

const named = (email) => encodeURIComponent(email).replaceAll("%40", "@");

function hash() {
  const number = person() && person().letters[state.letter] ? person().letters[state.letter].step : state.letter + 1;
  return `#${named(state.email)}/${number}/${state.part}/${state.width}`;
}

function follow() {
  const [email, step, part, width] = location.hash.slice(1).split("/");
  let wanted = "";
  try { wanted = decodeURIComponent(email || ""); } catch { /* a broken address: the first person is shown */ }
  if (data.people.some((each) => each.email === wanted)) state.email = wanted;
  if (part === "plain" || part === "html") state.part = part;
  if (width === "phone" || width === "desktop") state.width = width;
  const letters = person() ? person().letters : [];
  const place = step ? letters.findIndex((each) => String(each.step) === step) : state.letter;
  state.letter = Math.max(0, Math.min(place, letters.length - 1));
}

// ---- the list of people

/** The chips: their key, label and whom they list; those that list nobody are left out. */
function chips() {
  const some = [["all", "All", () => true], ["odd", "Outliers", (each) => each.odd]];
  for (const [group, label] of Object.entries(GROUPS)) some.push([group, label, (each) => each.group === group]);
  const reasons = new Map();
  for (const each of data.people) if (each.hold) reasons.set(each.hold.reason, (reasons.get(each.hold.reason) || 0) + 1);
  const most = [...reasons].sort((one, other) => other[1] - one[1]).slice(0, 8);
  for (const [reason] of most.length > 1 ? most : []) {
    some.push([`held: ${reason}`, `Held: ${reason}`, (each) => each.hold && each.hold.reason === reason]);
  }
  return some.filter(([key, , test]) => key === "all" || data.people.some(test));
}
const CHIPS = chips();

function showChips() {
  put(at("chips"), "#chips", ...CHIPS.map(([key, label, test]) => make("button", {
    type: "button", "aria-pressed": String(state.group === key), title: label, "data-chip": key,
    on: () => { state.group = key; showPeople(); },
  }, `${label} ${data.people.filter(test).length.toLocaleString("en")}`)));
}

function tag(each) {
  if (each.odd) return make("span", { class: "tag odd" }, "outlier");
  if (each.hold) return make("span", { class: "tag held" }, "held");
  return each.group === "in" ? make("span", { class: "tag in" }, "in campaign") : null;
}

function showPeople() {
  const test = CHIPS.find(([key]) => key === state.group)[2];
  const words = folded(state.words).split(/\s+/).filter(Boolean);
  listed = data.people.filter((each, place) => test(each) && words.every((word) => found[place].includes(word)));
  at("list").replaceChildren(...listed.map((each) => make("li", null, make("a", {
    href: `#${named(each.email)}`, "data-email": each.email,
  }, make("b", null, each.name || each.email), tag(each),
  make("small", null, [each.company, each.name ? each.email : ""].filter(Boolean).join(" · "))))));
  at("count").textContent = listed.length === data.people.length
    ? data.note : `${listed.length} of ${data.people.length.toLocaleString("en")} people here`;
  showChips();
  mark();
}

/** Which of the list is the one that is shown. */
function mark() {
  for (const link of at("list").querySelectorAll("a")) {
    const current = link.dataset.email === state.email;
    link.setAttribute("aria-current", String(current));
    if (current) link.scrollIntoView({ block: "nearest" });
  }
}

// ---- the letter

function notice(kind, title, text) {
  return make("p", { class: `notice ${kind}` }, make("b", null, title), text ? ` ${text}` : "");
}

function notices(who, letter) {
  const hold = who.hold || (letter && letter.hold);
  const some = [];
  if (hold) some.push(notice("held", `Held: ${hold.reason}.`, hold.fix ? `To do: ${hold.fix}` : ""));
  if (who.odd) some.push(notice("odd", "Outlier:", who.odd));
  for (const each of who.sent) some.push(notice("plain", each.letter, `was sent ${each.at}`));
  if (!who.letters.length && !hold) some.push(notice("plain", "No more letters.", who.standing));
  return some;
}

function steps(who) {
  return make("div", { class: "steps", role: "group", "aria-label": "Letters" }, ...who.letters.map((each, place) =>
    make("button", { type: "button", "aria-pressed": String(place === state.letter), on: () => go({ letter: place }) },
      `${each.step} ${each.letter}`, make("small", null, each.hold ? "held" : `not before ${each.when}`))));
}

/** The letter as it stands in the list of an inbox: who, the subject, the first words. */
function inboxLine(who, letter) {
  const first = letter.text.replace(/\s+/g, " ").trim().slice(0, 160);
  return make("div", { class: "row", id: "inbox-line", "aria-label": "As an inbox lists it" },
    make("i", { "aria-hidden": "true" }, [...who.from[0] || who.from[1]][0] || "?"), make("span", { class: "from" }, who.from[0] || who.from[1]),
    make("span", { class: "first" }, make("b", null, letter.subject), ` – ${first}`), make("time", null, letter.clock));
}

function htmlFrame(letter) {
  const dark = root.dataset.theme === "dark" ? " class=\"dark\"" : "";
  const head = `<!DOCTYPE html><html${dark}><head><meta charset="utf-8"><style>${data.style}</style></head><body>`;
  return make("iframe", { sandbox: "", title: "The letter as HTML", srcdoc: `${head}${letter.html}</body></html>` });
}

function plain(letter) {
  const footer = letter.footer ? make("pre", { class: "footer", "aria-label": "Footer" }, letter.footer) : null;
  return [make("pre", { class: "own" }, letter.text), footer];
}

function mail(who, letter) {
  const heads = [["From", `${who.from[0]} <${who.from[1]}>`], ["To", letter.to], ["Subject", letter.subject],
    ...(letter.thread ? [["Thread", "an answer to the letter before"]] : []), ["Attached", "nothing"]];
  const rows = heads.flatMap(([name, value]) => [make("dt", null, name), make("dd", { class: name === "Subject" ? "subject" : false }, value)]);
  const parts = letter.html !== null && state.part === "html" ? [htmlFrame(letter)] : plain(letter);
  return make("article", { class: "mail", "data-part": parts[0].localName }, make("dl", null, ...rows), ...parts.filter(Boolean));
}

function showLetter() {
  const who = person();
  const letter = who.letters[state.letter];
  const title = make("div", { class: "who" }, make("h2", null, who.name || who.email),
    make("span", null, [who.company, who.name ? who.email : "", who.standing, who.language].filter(Boolean).join(" · ")));
  const body = letter && letter.text ? [inboxLine(who, letter), mail(who, letter)] : [];
  if (letter && !letter.text) body.push(notice("plain", "There is no text yet:", "it is written when that is mended."));
  put(at("letter"), ".steps", title, ...notices(who, letter), who.letters.length ? steps(who) : "", ...body);
  for (const [name, value] of [["width", state.width], ["part", letter && letter.html === null ? "plain" : state.part]]) {
    for (const button of document.querySelectorAll(`[data-${name}]`)) {
      if (button.localName === "button") button.setAttribute("aria-pressed", String(button.dataset[name] === value));
    }
  }
  document.querySelector('button[data-part="html"]').disabled = Boolean(letter && letter.html === null);
  document.body.className = state.width;
  document.title = `${who.name || who.email} – ${data.campaign}`;
}

// ---- moving about

function go(change) {
  const before = state.email;
  Object.assign(state, change);
  if (state.email !== before) at("letter").scrollTop = 0;
  history.replaceState(null, "", hash());
  showLetter();
  mark();
}

function move(by) {
  if (!listed.length) return;
  const place = listed.findIndex((each) => each.email === state.email);
  const next = place < 0 ? 0 : Math.min(Math.max(place + by, 0), listed.length - 1);
  const kept = Math.min(state.letter, Math.max(0, listed[next].letters.length - 1));
  go({ email: listed[next].email, letter: kept });
}

function turn(by) {
  const letters = person() ? person().letters.length : 0;
  go({ letter: Math.min(Math.max(state.letter + by, 0), Math.max(0, letters - 1)) });
}

function theme(name) {
  root.dataset.theme = name;
  showLetter();
}

const KEYS = {
  ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1),
  ArrowRight: () => turn(1), ArrowLeft: () => turn(-1), "/": () => at("search").focus(),
  v: () => go({ part: state.part === "html" ? "plain" : "html" }),
  w: () => go({ width: state.width === "phone" ? "desktop" : "phone" }),
  d: () => theme(root.dataset.theme === "dark" ? "light" : "dark"),
  "?": () => at("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
  const searching = event.target === at("search");
  if (searching && event.key === "Escape") { at("search").blur(); return; }
  if (searching && !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const digit = /^[1-9]$/.test(event.key) && person() ? person().letters.findIndex((each) => String(each.step) === event.key) : -1;
  const act = digit >= 0 ? () => go({ letter: digit }) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
at("search").addEventListener("input", (event) => { state.words = event.target.value; showPeople(); });
at("theme").addEventListener("click", KEYS.d);
at("help").addEventListener("click", KEYS["?"]);
for (const button of document.querySelectorAll(".switch button")) {
  button.addEventListener("click", () => go({ ...button.dataset }));
}
addEventListener("hashchange", () => { follow(); go({}); });

root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
at("campaign").textContent = data.name;
at("about").textContent = data.about;
state.email = data.people.length ? data.people[0].email : "";
follow();
showPeople();
showLetter();
