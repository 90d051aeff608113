// Line numbers beside the text, and links that go to a line.
const area = document.querySelector("[data-yaml]");
const gutter = document.querySelector("[data-lines]");
const marks = JSON.parse(gutter.dataset.marks || "{}");

function number() {
  const count = area.value.split("\n").length;
  while (gutter.childElementCount > count) gutter.lastElementChild.remove();
  while (gutter.childElementCount < count) {
    const line = document.createElement("div");
    line.textContent = gutter.childElementCount + 1;
    const mark = marks[line.textContent];
    if (mark) line.className = mark;
    gutter.append(line);
  }
  gutter.scrollTop = area.scrollTop;
}

export function goTo(line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] || "").length);
  area.scrollTop = Math.max(0, (line - 6) * 20);
  area.scrollLeft = 0;
  gutter.scrollTop = area.scrollTop;
}

area.addEventListener("input", number);
area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
document.querySelectorAll("[data-line]").forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });
});
number();

// What was typed is not lost by a wrong click.
let typed = false;
area.addEventListener("input", () => { typed = true; });
area.form?.addEventListener("submit", () => { typed = false; });
window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
