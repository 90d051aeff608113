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
  national_id: (name) => text(name).replace(/[ .-]/g, ""),
  yes_no: (name) => ({ true: true, false: false })[one(name)],
  confirm: (name) => ticked(name).length > 0 || undefined,
  choice: (name) => choice(one(name), name),
  choices: (name) => ticked(name).map((value) => choice(value, name)),
  address,
  file: (name) => [
    ...ticked(`${name}-keep`),
    ...[...(document.getElementById(name)?.files ?? [])].map((file) => file.name),
  ],
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
  for (const mark of field.querySelectorAll(".mc-optional")) mark.hidden = wanted;
}

function update(root, types, outside) {
  const view = { ...outside };
  for (const part of root.querySelectorAll("[data-field], [data-when]")) {
    const shown = !part.dataset.when || holds(JSON.parse(part.dataset.when), view, types) !== false;
    part.hidden = !shown;
    const name = part.dataset.field;
    if (!name || !shown || part.closest("[hidden]")) continue;
    offer(part, view, types);
    require(part, view, types);
    if (ticked(`${name}-none`).length) view[`${name}#none`] = true;
    const value = (READ[part.dataset.kind] ?? text)(name);
    if (answered(value)) view[name] = value;
  }
}

function showOthers(root) {
  for (const part of root.querySelectorAll("[data-other-of]")) {
    const name = part.dataset.otherOf;
    part.hidden = one(name) !== "other" && !ticked(name).includes("other");
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

export function start(root) {
  const types = JSON.parse(root.dataset.types ?? "{}");
  const outside = JSON.parse(root.dataset.view ?? "{}");
  const refresh = () => {
    update(root, types, outside);
    showOthers(root);
    showDomestic(root);
  };
  root.addEventListener("input", refresh);
  root.addEventListener("change", async (event) => {
    if (event.target.dataset.wards) await loadWards(event.target);
    refresh();
  });
  refresh();
}

for (const root of document.querySelectorAll(".mc-fields")) start(root);
