// The composer keeps what is typed while somebody writes; without this file it is saved by its button.
(() => {
  "use strict";

  const PAUSE = 2500;
  const LONGEST = 8000;

  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const note = form.querySelector("[data-kept]");
  let waiting = null;
  let changed = 0;
  let typed = false;
  let call = null;

  const body = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") data.append(name, value);
    }
    return data;
  };

  // Whoever signed in again in another tab has another token: take it, so that this page can go on.
  const renewToken = async () => {
    const answer = await fetch(location.pathname + location.search, { redirect: "manual" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-keep] [name='csrfmiddlewaretoken']");
    if (!token) return false;
    for (const field of document.querySelectorAll("[name='csrfmiddlewaretoken']")) {
      field.value = token.value;
    }
    return true;
  };

  const send = (options) => fetch(form.dataset.keep, {
    method: "POST",
    body: body(),
    redirect: "manual",
    headers: { Accept: "application/json" },
    ...options,
  });

  const told = async (answer) => {
    const type = answer.headers.get("Content-Type") || "";
    if (type.includes("json")) return (await answer.json()).message;
    typed = true;
    return note.dataset.failed;
  };

  const sent = async (signal) => {
    const answer = await send({ signal });
    return answer.status === 403 && (await renewToken()) ? send({ signal }) : answer;
  };

  const keep = async () => {
    clearTimeout(waiting);
    // One after the other: an older text must not arrive after a newer one.
    if (!typed || call) return;
    typed = false;
    changed = 0;
    call = new AbortController();
    try {
      const answer = await sent(call.signal);
      if (answer.type === "opaqueredirect") {
        note.textContent = note.dataset.ended;
        form.dispatchEvent(new Event("session-ended", { bubbles: true }));
        typed = true;
        return;
      }
      note.textContent = await told(answer);
      // It was saved just now: what is typed since is sent again.
      typed ||= answer.status === 425;
      if (answer.ok && !typed) form.dispatchEvent(new Event("kept", { bubbles: true }));
    } catch (error) {
      if (error.name === "AbortError") return;
      note.textContent = note.dataset.failed;
      typed = true;
    } finally {
      call = null;
    }
    if (typed) waiting = setTimeout(keep, LONGEST);
  };

  // Nobody has to say why something may stand that is no longer there. Its reason stays on the page:
  // whoever types it again finds it.
  document.body.addEventListener("htmx:afterSwap", () => {
    const found = document.querySelector("#preview [data-found]");
    const part = form.querySelector("[data-findings]");
    if (!found || !part) return;
    const keys = new Set(found.dataset.found.split(" "));
    const rows = [...part.querySelectorAll("[data-finding]")];
    for (const row of rows) {
      row.hidden = !keys.has(row.dataset.finding) && !row.contains(document.activeElement);
    }
    part.hidden = rows.every((row) => row.hidden);
  });

  // A narrative of the message bank goes where the caret is.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const field = form.elements.text;
    if (!button || !field) return;
    const text = button.closest("li").querySelector("[data-insert-text]").textContent;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const gap = from > 0 && !field.value.slice(0, from).endsWith("\n") ? "\n\n" : "";
    field.setRangeText(gap + text, from, to, "end");
    // Who wrote it does not decide on the post.
    const taken = Object.assign(document.createElement("input"), {
      type: "hidden",
      name: "from_bank",
      value: button.dataset.insert,
    });
    form.append(taken);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest("dialog")?.addEventListener("close", () => field.focus(), { once: true });
  });

  // As if it was typed from there to the end: so it can be taken back with Ctrl+Z.
  const type = (field, from, words) => {
    field.focus();
    field.setSelectionRange(from, field.value.length);
    // What is folded away cannot be typed in.
    if (document.activeElement === field && document.execCommand("insertText", false, words)) return;
    field.setRangeText(words, from, field.value.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // A sentence that mends a finding goes to the end of every text that was found to lack it, and of
  // those that say the same.
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-adding]")) return;
    const shown = "[data-finding]:not([hidden]) [data-adding], #preview [data-adding]";
    const adding = new Map();
    for (const { dataset } of document.querySelectorAll(shown)) {
      for (const name of dataset.addingTo.split(" ")) {
        const text = form.elements[name]?.value.trim();
        if (text && !text.includes(dataset.adding)) adding.set(text, dataset.adding);
      }
    }
    const texts = form.querySelectorAll("textarea[name='text'], textarea[name^='text_']");
    const lacking = [...texts].filter((field) => adding.has(field.value.trim()));
    for (const field of lacking) {
      const text = field.value.trim();
      type(field, field.value.trimEnd().length, (/[.!?]$/.test(text) ? " " : "\n") + adding.get(text));
    }
    // Where the button goes away with its finding, whoever pressed it stands in the text.
    lacking[0]?.focus();
  });

  // A text of its own is offered for the accounts that are chosen; without this file for all. What was
  // typed for one that is not chosen any more stays, and comes back with it.
  const ownTexts = [...form.querySelectorAll("[data-own-text]")];
  const showOwnTexts = () => {
    const chosen = new Set(new FormData(form).getAll("accounts"));
    for (const row of ownTexts) row.hidden = !chosen.has(row.dataset.ownText);
    const none = form.querySelector("[data-own-text-none]");
    if (none) none.hidden = ownTexts.some((row) => !row.hidden);
  };
  showOwnTexts();
  form.addEventListener("change", ({ target }) => {
    if (target.name === "accounts") showOwnTexts();
  });
  // The browser fills in what was ticked before somebody went away and came back.
  window.addEventListener("pageshow", showOwnTexts);

  // Another part of a thread; without this file the button asks the server for it.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-part]");
    if (!button) return;
    event.preventDefault();
    const fields = form.querySelectorAll("[data-parts] > .field");
    const last = fields[fields.length - 1];
    const copy = last.cloneNode(true);
    const place = fields.length;
    copy.querySelectorAll(".errorlist").forEach((list) => list.remove());
    const [label, field] = [copy.querySelector("label"), copy.querySelector("textarea")];
    label.firstChild.textContent = button.dataset.label.replace("%(number)s", place + 2) + " ";
    label.htmlFor = field.id = `id_thread_${place}`;
    field.name = `thread_${place}`;
    field.value = field.defaultValue = "";
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    last.after(copy);
    field.focus();
    button.hidden = place + 1 >= Number(button.dataset.most);
  });

  // Times are read in the zone of the unit; where this file does not run, the next page names it.
  const ZONE = /\((WIB|WITA|WIT|UTC[+\d-]*)\)/;
  form.addEventListener("change", ({ target }) => {
    const zone = target.name === "unit" && target.selectedOptions?.[0]?.dataset.zone;
    if (!zone) return;
    for (const field of form.querySelectorAll("[type='datetime-local']")) {
      const words = field.labels[0]?.firstChild;
      if (words) words.data = words.data.replace(ZONE, `(${zone})`);
    }
  });

  // What was confirmed is confirmed of a text: a tick that came along from an earlier version is
  // taken away as soon as the text is another one. The server does so where this file does not run.
  const SAID = /^(text(_\d+)?|thread_\d+|first_comment|headline|link|film(_alt)?|(alt|file|kept|remove)_\d+)$/;
  form.addEventListener("input", ({ target }) => {
    if (!SAID.test(target.name || "")) return;
    for (const tick of form.querySelectorAll("[data-carried] input:checked")) {
      if (!/^\d+$/.test(tick.value)) continue;
      tick.checked = false;
      tick.value = "on";
      tick.closest("[data-carried]").querySelector("[data-declare-again]").hidden = false;
      tick.closest("details.form-group").open = true;
    }
  });

  // Whoever went back finds what the browser remembers, and not the unsaved text that the page came
  // with: that one is another tab's, and stays.
  window.addEventListener("pageshow", () => {
    const fields = [...form.querySelectorAll("textarea, input[type='text']")];
    if (typed || fields.every((field) => field.value === field.defaultValue)) return;
    form.elements.scratch_over.value = form.elements.scratch_seen.value = "";
  });

  form.addEventListener("input", () => {
    typed = true;
    changed ||= Date.now();
    clearTimeout(waiting);
    waiting = setTimeout(keep, Math.max(0, Math.min(PAUSE, changed + LONGEST - Date.now())));
  });
  // Signed in again in another tab, or the connection is back.
  window.addEventListener("focus", keep);
  window.addEventListener("online", keep);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !typed) return;
    typed = false;
    // What is larger than browsers take on leaving is refused by them, not cut.
    send({ keepalive: true }).catch(() => { typed = true; });
  });
  // What is being saved or thrown away needs no copy, and none that arrives after it.
  document.addEventListener("submit", ({ target }) => {
    if (target !== form && !target.hasAttribute("data-ends-keeping")) return;
    clearTimeout(waiting);
    call?.abort();
    typed = false;
  });
})();
