// Shows and hides the parts of a form by the same conditions that the server decides by.
// Without this script everything is shown, and what is not relevant may be left as it is.
import { holds } from "./rules.js";

const DATE = /^(?:(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ])?(\d{4})$/;

const text = (name) => (document.getElementsByName(name)[0]?.value ?? "").trim().normalize("NFC");
const ticked = (name) =>
  [...document.getElementsByName(name)].filter((input) => input.checked).map((input) => input.value);
const one = (name) => {
  const inputs = document.getElementsByName(name);
  return inputs[0]?.type === "radio" ? (ticked(name)[0] ?? "") : text(name);
};

function storedDate(typed) {
  const match = DATE.exec(typed);
  if (!match) return undefined;
  return [match[3], match[2], match[1]].filter(Boolean).map((part) => part.padStart(2, "0")).join("-");
}

// `1.234,5`, `1,234.5`, `1 234,5`, `1234.5`; a single sign stands before the fraction.
const FRACTION = /^([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?$/;
const AMOUNT = /^([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})(?:\3\d{3})*)(?: ?(?:đ|đồng|vnd|vnđ))?$/i;

function storedNumber(typed) {
  const match = FRACTION.exec(typed);
  if (!match || (match[3] && match[3] === match[4])) return undefined;
  const [, sign, before, , , behind] = match;
  return (sign === "-" ? "-" : "") + before.replace(/[., ]/g, "") + (behind ? `.${behind}` : "");
}

function storedAmount(typed) {
  const match = AMOUNT.exec(typed);
  return match ? Number(match[1] + match[2].replace(/[., ]/g, "")) : undefined;
}

const CLOCK = "(\\d{1,2}) ?(?::(?= ?\\d)|h|giờ) ?(?:(\\d{2})(?: ?(?:p|phút))?)?";
const DAY = "(\\d{1,2})[/.\\-](\\d{1,2})[/.\\-](\\d{4})";
const TIME = new RegExp(`^${CLOCK}$`, "i");
const DAY_FIRST = new RegExp(`^${DAY},? +(?:lúc +)?${CLOCK}$`, "i");
const TIME_FIRST = new RegExp(`^${CLOCK}(?:,| ngày| on)? +${DAY}$`, "i");
const two = (digits = "0") => digits.padStart(2, "0");

function storedTime(typed) {
  const match = TIME.exec(typed);
  return match ? `${two(match[1])}:${two(match[2])}` : undefined;
}

function storedMoment(typed) {
  const [first, last] = [DAY_FIRST.exec(typed), TIME_FIRST.exec(typed)];
  if (!first && !last) return undefined;
  const [day, month, year, hour, minute] = first ? first.slice(1) : [...last.slice(3), last[1], last[2]];
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00+07:00`;
}

function taxCode(typed) {
  const digits = typed.replace(/[ .-]/g, "");
  return digits.length === 13 ? `${digits.slice(0, 10)}-${digits.slice(10)}` : digits;
}

function linkedChoice(name) {
  const chosen = [];
  for (let level = 0; text(`${name}-${level}`); level += 1) chosen.push(text(`${name}-${level}`));
  return chosen;
}

function choice(value, name) {
  return value === "other" ? { other: text(`${name}-other`) } : value;
}

function address(name) {
  const parts = {};
  for (const part of ["country", "province", "ward", "detail"]) {
    const value = text(`${name}-${part}`);
    if (value) parts[part] = value;
  }
  parts.country ??= "VN";
  return parts.ward || parts.country !== "VN" ? parts : undefined;
}

// One reader for each kind whose stored form differs from what is typed.
const READ = {
  integer: (name) => (/^[+-]?\d[\d. ]*$/.test(text(name)) ? Number(text(name).replace(/[. ]/g, "")) : undefined),
  date: (name) => storedDate(text(name)),
  decimal: (name) => storedNumber(text(name)),
  money: (name) => storedAmount(text(name)),
  time: (name) => storedTime(text(name)),
  datetime: (name) => storedMoment(text(name)),
  tax_code: (name) => taxCode(text(name)),
  linked_choice: linkedChoice,
  signature: (name) => ticked(`${name}-drawn`)[0] || document.getElementById(`${name}-drawn`)?.value || text(name),
  national_id: (name) => text(name).replace(/[ .-]/g, ""),
  yes_no: (name) => ({ true: true, false: false })[one(name)],
  confirm: (name) => ticked(name).length > 0 || undefined,
  choice: (name) => choice(one(name), name),
  choices: (name) => ticked(name).map((value) => choice(value, name)),
  address,
  file: (name) => {
    const way = one(`${name}-way`);
    if (way === "on_file") return { on_file: text(`${name}-number`) };
    if (way && way !== "attach") return way;
    return [
      ...ticked(`${name}-keep`),
      ...[...(document.getElementById(name)?.files ?? [])].map((file) => file.name),
    ];
  },
};

function answered(value) {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length);
}

// Takes away the choices of a field that are not offered with the answers before it.
function offer(field, view, types) {
  for (const choice of field.querySelectorAll(".mc-option[data-when], option[data-when]")) {
    const input = choice.querySelector("input") ?? choice;
    choice.hidden = input.disabled = holds(JSON.parse(choice.dataset.when), view, types) === false;
    if (choice.hidden) input[choice === input ? "selected" : "checked"] = false;
  }
}

// Says of a field whether it must be answered, where that hangs on the answers before it.
function require(field, view, types) {
  if (!field.dataset.requiredWhen) return;
  const wanted = holds(JSON.parse(field.dataset.requiredWhen), view, types) === true;
  if (wanted) field.dataset.required = "true";
  else delete field.dataset.required;
  const own = field.dataset.kind === "group" ? ":scope > legend .mc-optional" : ".mc-optional";
  for (const mark of field.querySelectorAll(own)) mark.hidden = wanted;
}

const PARTS = "[data-field], [data-when]";

// Shows or hides a part, and puts the answer of one that is shown into the view, under its name without the prefix.
function decide(part, view, types, prefix = "") {
  const shown = !part.dataset.when || holds(JSON.parse(part.dataset.when), view, types) !== false;
  part.hidden = !shown;
  const name = part.dataset.field;
  if (!name || !shown || part.closest("[hidden]")) return;
  require(part, view, types);
  const own = name.slice(prefix.length);
  const rows = part.dataset.kind === "group" && rowsOf(part, view, types);
  if (!rows) offer(part, view, types);
  const value = rows || (READ[part.dataset.kind] ?? text)(name);
  if (answered(value)) view[own] = value;
  else if (ticked(`${name}-none`).length) view[`${own}#none`] = true; // with an answer beside it, it says nothing
}

// The rows of a group in stored form; inside a row its own answers are asked before the form's. A row in which nothing
// differs from what was prefilled does not count.
function rowsOf(group, view, types) {
  const name = group.dataset.field;
  const blank = JSON.parse(group.dataset.blank);
  const columns = Object.entries(types).filter(([full]) => full.startsWith(`${name}.`));
  const own = { ...types, ...Object.fromEntries(columns.map(([full, type]) => [full.slice(name.length + 1), type])) };
  const rows = [];
  for (const row of group.querySelectorAll("[data-row]")) {
    const around = { ...view };
    for (const part of row.querySelectorAll(PARTS)) decide(part, around, own, `${row.id}-`);
    const added = Object.entries(around).filter(([key]) => !(key in view));
    const typed = added.some(([key, value]) => JSON.stringify(value) !== JSON.stringify(blank[key]));
    if (typed) rows.push(Object.fromEntries(added));
  }
  return rows;
}

function update(root, types, outside) {
  const view = { ...outside };
  for (const part of root.querySelectorAll(PARTS)) if (!part.closest("[data-row]")) decide(part, view, types);
}

function showOthers(root) {
  for (const part of root.querySelectorAll("[data-other-of]")) {
    const name = part.dataset.otherOf;
    part.hidden = one(name) !== "other" && !ticked(name).includes("other");
  }
}

// Shows what belongs to the way in which a paper comes.
function showWays(root) {
  for (const part of root.querySelectorAll("[data-way-of]")) {
    part.hidden = (one(`${part.dataset.wayOf}-way`) || "attach") !== part.dataset.way;
  }
}

function showDomestic(root) {
  for (const part of root.querySelectorAll('[data-kind="address"]')) {
    const country = part.querySelector("select[name$='-country']");
    const home = !country || country.value === "VN";
    for (const inner of part.querySelectorAll("[data-domestic]")) inner.hidden = !home;
  }
}

async function loadWards(province) {
  const wards = document.getElementById(province.dataset.wards);
  const first = wards.options[0].outerHTML;
  wards.innerHTML = first;
  if (!province.value) return;
  const answer = await fetch(`/don-vi-hanh-chinh/${encodeURIComponent(province.value)}`);
  if (answer.ok) wards.innerHTML = first + (await answer.text());
}

// Asks the server for the same page with what is chosen so far, and takes the lists below from it.
async function loadLinked(outer, root) {
  const form = outer.form;
  const data = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"]')) data.delete(input.name);
  data.set("_action", "refresh");
  const answer = await fetch(form.action, { method: "POST", body: data });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (data.get(outer.name) !== outer.value) return; // chosen anew meanwhile
  for (let name = outer.dataset.links; name; name = root.querySelector(`#${name}`)?.dataset.links) {
    const fresh = page.getElementById(name);
    if (fresh) document.getElementById(name).replaceChildren(...fresh.children);
  }
}

export function start(root) {
  const types = JSON.parse(root.dataset.types ?? "{}");
  const outside = JSON.parse(root.dataset.view ?? "{}");
  const refresh = () => {
    update(root, types, outside);
    showOthers(root);
    showWays(root);
    showDomestic(root);
    for (const button of root.querySelectorAll("[data-links-refresh]")) button.hidden = true;
  };
  root.addEventListener("input", refresh);
  root.addEventListener("change", async (event) => {
    if (event.target.dataset.wards) await loadWards(event.target);
    if (event.target.dataset.links) await loadLinked(event.target, root);
    refresh();
  });
  if (root.querySelector("[data-draw]")) import("./signature.js").then((drawn) => drawn.start(root, refresh));
  if (root.querySelector('[data-kind="group"]')) import("./rows.js").then((rows) => rows.start(root, refresh));
  refresh();
}

for (const root of document.querySelectorAll(".mc-fields")) start(root);
