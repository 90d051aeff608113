// Adds, copies and removes rows of a group without leaving the page. The server makes the rows, as it does without
// this script; only the group itself is taken from its answer, so that nothing else on the page changes.

const ROW_ACTION = /^(add|copy|remove):([a-z0-9_]+)/;

async function act(button, group) {
  const data = new FormData(button.form);
  for (const input of button.form.querySelectorAll('input[type="file"]')) data.delete(input.name);
  data.set(button.name, button.value);
  const answer = await fetch(button.form.action, { method: "POST", body: data });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(group.id);
  if (!fresh) throw new Error("no such group");
  group.replaceWith(document.adoptNode(fresh));
  return fresh;
}

// A new row is gone on with at its first input; after a removal the row that took its place is read out.
function goTo(group, action) {
  const row = group.querySelector("[autofocus]") ?? group;
  const input = action === "remove" ? null : row.querySelector("input:not([type=hidden]), select, textarea");
  (input ?? row).focus();
}

export function start(root, refresh) {
  let busy = false;
  let given = null; // a button that is left to the browser
  root.addEventListener("click", async (event) => {
    const button = event.target.closest('button[name="_action"]');
    const [, action, name] = ROW_ACTION.exec(button?.value ?? "") ?? [];
    const group = name && document.getElementById(name);
    if (!group || button === given) return;
    event.preventDefault();
    if (busy) return;
    busy = group.inert = true;
    try {
      const fresh = await act(button, group);
      refresh();
      goTo(fresh, action);
    } catch {
      group.inert = false;
      given = button;
      button.click(); // as without this script
    } finally {
      busy = false;
    }
  });
}
