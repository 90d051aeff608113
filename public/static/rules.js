// Evaluates the conditions of a form in the browser, to show and hide. The server decides; both are held to the
// same answers by the vectors in tests/vectors/rules.json. A formula is the server's alone: it gives null, unknown.

const LOCAL_MS = 7 * 3600 * 1000; // Việt Nam's offset, without daylight saving
const FAMILIES = {
  text: "text", choice: "text", integer: "number", money: "number", decimal: "number", boolean: "boolean",
  date: "moment", datetime: "moment", time: "time", choices: "list", file: "list", group: "list",
  address: "address",
};
const BESIDE = ["other", "on_file"]; // words that stand with a text of their own, `{word: text}`
const WHOLE = ["integer", "money"];
const RESERVED = { today: "date", channel: "text", agency: "text" };
const ORDER = ["less_than", "at_most", "more_than", "at_least"];
const TIME_ORDER = ["before", "on_or_before", "after", "on_or_after"];
const ORDERED = [(sign) => sign < 0, (sign) => sign <= 0, (sign) => sign > 0, (sign) => sign >= 0];
const EQUAL = { is: (sign) => sign === 0, is_not: (sign) => sign !== 0 };
const NUMBERS = { ...EQUAL, ...Object.fromEntries(ORDER.map((name, index) => [name, ORDERED[index]])) };
const TIMES = { ...EQUAL, ...Object.fromEntries(TIME_ORDER.map((name, index) => [name, ORDERED[index]])) };
const TESTS = { text: EQUAL, boolean: EQUAL, number: NUMBERS, time: TIMES, moment: TIMES };

const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?$/;
const DATE = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/;
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const DATETIME = new RegExp(
  "^([0-9]{4}-[0-9]{2}-[0-9]{2})T((?:[01][0-9]|2[0-3]):[0-5][0-9])(:[0-5][0-9])?(?:\\.[0-9]+)?" +
    "(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$",
);

// Whether a tree holds of a view: true, false, or null where only the server knows.
//   tree: a condition as the definition writes it
//   view: the relevant answers in stored form by field, `today`, `channel`, `agency`, and `<field>#none`
//   types: the value type of each field, and of each column as `group.column`
export function holds(tree, view, types = {}) {
  return evaluate(tree, view, { ...RESERVED, ...types });
}

function evaluate(tree, view, types) {
  if ("all" in tree) return every(tree.all.map((part) => evaluate(part, view, types)));
  if ("any" in tree) return some(tree.any.map((part) => evaluate(part, view, types)));
  if ("not" in tree) return negated(evaluate(tree.not, view, types));
  return "field" in tree ? leaf(tree, view, types) : null;
}

const negated = (answer) => (answer === null ? null : !answer);

function every(answers) {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function some(answers) {
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

function leaf(tree, view, types) {
  const operator = Object.keys(tree).find((key) => key !== "field");
  const evaluateLeaf = LEAVES[operator] ?? pair;
  return evaluateLeaf(tree.field, operator, tree[operator], view, types);
}

const LEAVES = {
  in: (field, _, operand, view, types) => operand.some((item) => pair(field, "is", item, view, types)),
  not_in: (field, _, operand, view, types) => operand.every((item) => pair(field, "is_not", item, view, types)),
  contains: (field, _, operand, view, types) => contains(field, operand, view, types),
  contains_any: (field, _, operand, view, types) => operand.some((item) => contains(field, item, view, types)),
  contains_all: (field, _, operand, view, types) => operand.every((item) => contains(field, item, view, types)),
  filled: (field, _, __, view) => !nothing(reached(view, field)),
  empty: (field, _, __, view) => nothing(reached(view, field)),
  none: (field, _, __, view) => view[`${field}#none`] === true,
  count,
  any_row: (field, _, inner, view, types) => some(rowAnswers(field, inner, view, types)),
  every_row: (field, _, inner, view, types) => {
    const answers = rowAnswers(field, inner, view, types);
    return answers.length ? every(answers) : false;
  },
};

// The comparison of one field with one operand.
function pair(field, operator, operand, view, types) {
  const family = familyOf(field, operator, operand, types);
  const test = TESTS[family]?.[operator];
  if (!test) return false;
  const type = field.includes(".") ? "text" : types[field];
  const read = type === "file" && family === "text" ? way : READERS[family];
  const left = read(reached(view, field), type);
  const right = operandValue(operand, family, type, view, types);
  return left === null || right === null ? false : test(compare(family, left, right));
}

// How a paper comes; one whose files are sent comes in none of the other ways, so it `is_not` each of them.
const way = (value) => (Array.isArray(value) && value.length ? "attach" : textOf(value));

// The family in which a field is compared: its own, or, where its type leaves it open, the operand's.
function familyOf(field, operator, operand, types) {
  if (field.includes(".")) return "text";
  const type = types[field];
  if (type === "file" && (operator === "is" || operator === "is_not")) return "text";
  if (type in FAMILIES) return FAMILIES[type];
  if (ORDER.includes(operator)) return "number";
  return TIME_ORDER.includes(operator) ? "moment" : operandFamily(operand, types);
}

function operandFamily(operand, types) {
  if (isToday(operand)) return "moment";
  if (isObject(operand)) return operand.field.includes(".") ? "text" : (FAMILIES[types[operand.field]] ?? "text");
  return { boolean: "boolean", string: "text" }[typeof operand] ?? "number";
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isToday = (operand) => operand === "today" || (isObject(operand) && "today" in operand);

function operandValue(operand, family, type, view, types) {
  if (isToday(operand)) return todayValue(operand, family, view);
  if (isObject(operand)) return otherField(operand, family, view, types);
  if ((typeof operand === "boolean") !== (family === "boolean")) return null;
  if (typeof operand === "string" && WHOLE.includes(type)) return null;
  return READERS[family]?.(operand, "decimal") ?? null;
}

function todayValue(operand, family, view) {
  const shift = isObject(operand) ? operand.today : null;
  if (family === "text" && !shift) return "today"; // a choice may be called so
  const day = family === "moment" ? momentOf(view.today) : null;
  return day === null || !shift ? day : shifted(day, shift);
}

function otherField(operand, family, view, types) {
  const type = operand.field.includes(".") ? "text" : types[operand.field];
  if (!(family in READERS) || (FAMILIES[type] ?? family) !== family) return null;
  const value = READERS[family](reached(view, operand.field), type);
  if (!operand.plus || value === null) return value;
  return family === "moment" ? shifted(value, operand.plus) : null;
}

function reached(view, name) {
  const [base, part] = name.split(".");
  const value = own(view, base);
  if (part === undefined) return value;
  return isObject(value) ? own(value, part) : null;
}

const own = (view, name) => (Object.hasOwn(view, name) ? view[name] : null);

function nothing(value) {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function contains(field, item, view, types) {
  const values = reached(view, field);
  const wanted = operandValue(item, "text", "text", view, types);
  if ((types[field] ?? "choices") !== "choices" || wanted === null || !Array.isArray(values)) return false;
  return values.some((value) => textOf(value) === wanted);
}

function count(field, _, operand, view, types) {
  const values = reached(view, field);
  const [operator] = Object.keys(operand);
  const number = operandValue(operand[operator], "number", "integer", view, types);
  const counted = FAMILIES[types[field] ?? "group"] === "list" && Array.isArray(values) && values.length > 0;
  return counted && number !== null && NUMBERS[operator](compare("number", String(values.length), number));
}

// What a tree says of each row; a row's own answers come before the form's.
function rowAnswers(group, inner, view, types) {
  const rows = reached(view, group);
  const prefix = `${group}.`;
  const columns = Object.entries(types).filter(([name]) => name.startsWith(prefix));
  const rowTypes = { ...types, ...Object.fromEntries(columns.map(([name, type]) => [name.slice(prefix.length), type])) };
  if (!Array.isArray(rows)) return [];
  return rows.filter(isObject).map((row) => evaluate(inner, { ...view, ...row }, rowTypes));
}

// How a value is read in a family; null where it is nothing, or of another family. Numbers are kept as texts.
const READERS = {
  text: textOf,
  number: numberOf,
  boolean: (value) => (typeof value === "boolean" ? value : null),
  moment: momentOf,
  time: (value) => (typeof value === "string" && TIME.test(value) ? value : null),
};

function textOf(value) {
  if (typeof value === "string") return value.normalize("NFC") || null;
  const [word, ...more] = isObject(value) ? Object.keys(value) : [];
  return BESIDE.includes(word) && !more.length ? word : null;
}

function numberOf(value, type) {
  if (!["string", "number", "bigint"].includes(typeof value)) return null;
  const text = String(value);
  const fits = WHOLE.includes(type) ? typeof value !== "string" && !text.includes(".") : true;
  return fits && DECIMAL.test(text) ? text : null;
}

// A date as it is; a datetime as YYYY-MM-DDTHH:MM:SS in local time, so that its first ten letters are its day.
function momentOf(value) {
  if (typeof value !== "string") return null;
  const date = DATE.exec(value);
  if (date) return dayExists(date[1], date[2] ?? "01", date[3] ?? "01") ? value : null;
  const found = DATETIME.exec(value);
  if (!found || !dayExists(...found[1].split("-"))) return null;
  const [, day, minute, second, zone] = found;
  const local = new Date(Date.parse(`${day}T${minute}${second ?? ":00"}${zone}`) + LOCAL_MS);
  const text = local.toISOString();
  return text.length === 24 && !text.startsWith("0000") ? text.slice(0, 19) : null;
}

function dayExists(year, month, day) {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= monthLength(y, m);
}

function monthLength(year, month) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

// The moment that many years, months and days later, within the month: a year after 29 February is 28 February.
function shifted(moment, { years = 0, months = 0, days = 0 }) {
  const length = Math.min(moment.length, 10);
  if ((days && length < 10) || (months && length < 7)) return null;
  const [y, m, d] = `${moment.slice(0, length)}-01-01`.split("-").map(Number);
  const index = y * 12 + m - 1 + years * 12 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (year < 1 || year > 9999) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, Math.min(d, monthLength(year, month)) + days);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return null;
  return date.toISOString().slice(0, length) + moment.slice(length);
}

// The sign of a - b. Dates are cut to the coarser precision of the two.
function compare(family, a, b) {
  if (family === "number") return compareNumbers(a, b);
  const length = family === "moment" ? Math.min(a.length, b.length) : undefined;
  const [left, right] = family === "moment" ? [a.slice(0, length), b.slice(0, length)] : [a, b];
  return left < right ? -1 : left > right ? 1 : 0;
}

// Exact, of decimal texts: both are scaled to whole numbers.
function compareNumbers(a, b) {
  const places = Math.max(placesOf(a), placesOf(b));
  const difference = scaled(a, places) - scaled(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const placesOf = (number) => (number.split(".")[1] ?? "").length;

function scaled(number, places) {
  const [whole, fraction = ""] = number.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
}
