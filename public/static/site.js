/* What the public pages do beyond plain HTML. Every page works without this file. */

const quiet = 250; // milliseconds without a key before the search asks

function focusErrors() {
  const summary = document.querySelector("[data-errors]");
  if (summary) summary.focus();
}

/* A link of the error summary leads to the input itself, not only near it. */
function linkErrors() {
  document.querySelectorAll('[data-errors] a[href^="#"]').forEach((link) => {
    link.addEventListener("click", (event) => {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      event.preventDefault();
      const field = target.closest(".mc-field") || target;
      field.scrollIntoView({ block: "start" });
      target.focus({ preventScroll: true });
    });
  });
}

/* The box of the home page answers while one types, with the first procedures of the list page. */
function liveSearch(form) {
  const input = form.querySelector("input[type=search]");
  const found = document.querySelector("[data-live-results]");
  const status = document.querySelector("[data-live-status]");
  let timer = 0;
  let asking = null;

  const show = (page) => {
    const results = new DOMParser().parseFromString(page, "text/html").querySelector("[data-results]");
    if (!results) return;
    const items = [...results.querySelectorAll(".mc-list > li")].slice(0, 6);
    const count = results.querySelector("[data-count]");
    const list = document.createElement("ul");
    list.className = "mc-list";
    list.append(...items);
    const words = document.createElement("p");
    words.className = "mc-count";
    words.textContent = items.length && count ? count.textContent.trim() : found.dataset.none;
    found.replaceChildren(words, ...(items.length ? [list] : []));
    found.hidden = false;
    status.textContent = words.textContent;
  };

  const ask = async () => {
    const query = input.value.trim();
    if (asking) asking.abort();
    if (query.length < 2) {
      found.hidden = true;
      status.textContent = "";
      return;
    }
    asking = new AbortController();
    const address = new URL(form.action);
    address.searchParams.set("q", query);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (answer.ok) show(await answer.text());
    } catch (fault) {
      if (fault.name !== "AbortError") found.hidden = true; // the button still searches
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, quiet);
  });
}

function copyButton(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 3000);
  });
  words.setAttribute("aria-live", "polite");
}

function printButton(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* A new code without leaving the page; where that fails, the button posts as it does without this file. */
function refreshButton(button) {
  const box = button.closest("[data-captcha]");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(button.dataset.captchaRefresh, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": button.form.elements.csrf_token.value },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = await answer.json();
      box.querySelector("[data-captcha-image]").src = fresh.image_url;
      box.querySelector("[data-captcha-audio]").src = fresh.audio_url;
      box.querySelector("[data-captcha-id]").value = fresh.id;
      const input = box.querySelector("#captcha");
      input.value = "";
      input.focus();
    } catch {
      delete button.dataset.captchaRefresh;
      button.replaceWith(button.cloneNode(true));
      box.querySelector('button[value="refresh"]').click();
    }
  });
}

/* A second press while the first is on its way does nothing. The server keeps to one dossier in any case. */
function guard(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    sent = false;
    form.removeAttribute("aria-busy");
  });
}

focusErrors();
linkErrors();
document.querySelectorAll("[data-live-search]").forEach(liveSearch);
document.querySelectorAll("[data-copy]").forEach(copyButton);
document.querySelectorAll("[data-print]").forEach(printButton);
document.querySelectorAll("[data-captcha-refresh]").forEach(refreshButton);
document.querySelectorAll('form[method="post"]').forEach(guard);
