// Enhancements only: every page works without this file.
(() => {
  "use strict";

  const reveal = (root) => {
    for (const element of root.querySelectorAll(".js-only[hidden]")) element.hidden = false;
  };

  // After a refused form: to the list of what has to change, or to the only field.
  const focusErrors = (root) => {
    const found = root.querySelector("[data-form-errors]") || root.querySelector("form[method='post'] [aria-invalid='true']");
    found?.focus();
    // The browser goes to the place that the address names when all is loaded.
    if (found && location.hash) window.addEventListener("load", () => found.focus(), { once: true });
  };

  // Forms marked data-warn-unsaved say so, and ask before the page is left.
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-warn-unsaved]");
    if (!form || dirty.has(form)) return;
    dirty.add(form);
    const actions = form.querySelector(".form-actions");
    if (!actions) return;
    const note = document.createElement("span");
    note.className = "unsaved";
    note.textContent = document.body.dataset.unsaved;
    actions.append(note);
  });
  document.addEventListener("submit", (event) => dirty.delete(event.target));
  // What the server keeps is not lost by leaving.
  document.addEventListener("kept", (event) => {
    dirty.delete(event.target);
    event.target.querySelector(".form-actions .unsaved")?.remove();
  });
  window.addEventListener("beforeunload", (event) => {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form);
    if (dirty.size) event.preventDefault();
  });

  // components/confirm.html: the unfolding question becomes a dialog.
  const openDialog = (details) => {
    const panel = details.querySelector("[data-confirm-panel]");
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", `${details.id}-title`);
    dialog.append(panel);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      details.append(panel);
      dialog.remove();
      details.querySelector("summary").focus();
    });
    dialog.showModal();
  };

  document.addEventListener("click", async (event) => {
    const target = event.target;
    const summary = target.closest("[data-confirm] > summary");
    if (summary) {
      event.preventDefault();
      openDialog(summary.parentElement);
      return;
    }
    if (target.closest("[data-close]") || target.matches("dialog.dialog")) {
      target.closest("dialog")?.close();
      return;
    }
    if (target.closest("[data-dismiss]")) {
      const toasts = target.closest(".toasts");
      target.closest(".toast").remove();
      if (!toasts.querySelector(".toast")) toasts.hidden = true;
      return;
    }
    if (target.closest("[data-print]")) {
      window.print();
      return;
    }
    const copy = target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = copy.dataset.copied;
    }
  });

  // The menu of a phone is opened by its address; Escape closes it and goes back to its button,
  // once the browser has gone to the content.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || location.hash !== "#menu") return;
    const back = () => document.querySelector("a[href='#menu']").focus();
    window.addEventListener("hashchange", back, { once: true });
    location.hash = "#content";
  });

  // "/" goes to the search, unless somebody is typing or has switched the key off.
  const SLASH = "govsocial-slash";
  const slashIsOff = () => {
    try {
      return localStorage.getItem(SLASH) === "off";
    } catch {
      return false;
    }
  };
  const nameSlash = (root) => {
    for (const button of root.querySelectorAll("[data-slash]")) {
      button.textContent = slashIsOff() ? button.dataset.on : button.dataset.off;
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-slash]")) return;
    localStorage.setItem(SLASH, slashIsOff() ? "on" : "off");
    nameSlash(document);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || slashIsOff()) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const field = document.getElementById("find-anything");
    if (!field) return;
    event.preventDefault();
    if (field.checkVisibility({ visibilityProperty: true })) field.focus();
    else location.assign(field.form.action);
  });

  // Where one decides, beside a long post: its style sheet asks how high it is.
  const decide = document.getElementById("decide");
  if (decide) new ResizeObserver(() => decide.style.setProperty("--own-height", `${decide.offsetHeight}px`)).observe(decide);
  // The way to it is needed only while it is out of the window.
  const toDecide = document.querySelector(".to-decide");
  if (decide && toDecide) {
    toDecide.classList.add("is-watching");
    new IntersectionObserver(([seen]) => toDecide.classList.toggle("is-there", seen.isIntersecting)).observe(decide);
  }

  // A file field in the language of the page and not of the browser. The browser's own lies over
  // it, unseen: it is what is clicked, dropped on, focused, and read out.
  const showFiles = (root) => {
    for (const input of root.querySelectorAll("input[type='file']:not(.file-input)")) {
      const [place, button, said] = ["file-place", "button button-small", "muted"].map((name) => {
        const part = document.createElement("span");
        part.className = name;
        return part;
      });
      const tell = () => {
        said.textContent = [...input.files].map((file) => file.name).join(", ") || document.body.dataset.noFile;
      };
      button.textContent = document.body.dataset.choose;
      for (const part of [button, said]) part.setAttribute("aria-hidden", "true");
      input.classList.add("file-input");
      input.before(place);
      place.append(button, said, input);
      input.addEventListener("change", tell);
      tell();
    }
  };

  reveal(document);
  showFiles(document);
  nameSlash(document);
  focusErrors(document);
  document.addEventListener("htmx:load", (event) => {
    reveal(event.detail.elt);
    showFiles(event.detail.elt);
    nameSlash(event.detail.elt);
    if (event.detail.elt !== document.body) focusErrors(event.detail.elt);
  });
})();
