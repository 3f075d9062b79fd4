// Moving posts in the calendar. Without this file "Move to…" leads to a page of its own.
(() => {
  "use strict";

  const dialog = document.getElementById("calendar-dialog");
  const told = document.getElementById("calendar-moved");
  // The entry under the pointer, and the link to go back to when the dialog closes.
  let dragged = null;
  let opener = null;

  const here = () => document.getElementById("results").dataset.calendar;
  const moveLink = (entry) => entry.querySelector(".cal-move");
  // The days are the reader's, the time is read in the zone of the post's unit: shift it by days.
  const shifted = (entry, cell) => {
    const days = Date.parse(cell.dataset.day) - Date.parse(day(entry).dataset.day);
    return new Date(Date.parse(`${entry.dataset.at}Z`) + days).toISOString().slice(0, 16);
  };
  const day = (target) => (target.closest ? target.closest("[data-day]") : null);

  const mark = (cell) => {
    for (const one of document.querySelectorAll(".cal-over")) one.classList.remove("cal-over");
    if (cell) cell.classList.add("cal-over");
  };

  // A name that is cut is told whole: said in each entry of a month, it would double the page.
  document.addEventListener("mouseover", (event) => {
    const name = event.target.closest ? event.target.closest(".cal-name") : null;
    if (name && name.scrollHeight > name.clientHeight) name.title = name.textContent;
  });

  document.addEventListener("dragstart", (event) => {
    const entry = event.target.closest ? event.target.closest("[data-version]") : null;
    if (!entry) return;
    dragged = entry;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.querySelector(".cal-name").textContent);
  });

  document.addEventListener("dragover", (event) => {
    const cell = dragged && day(event.target);
    if (!dragged) return;
    mark(cell);
    if (!cell) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });

  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });

  document.addEventListener("drop", (event) => {
    const cell = dragged && day(event.target);
    const entry = dragged;
    dragged = null;
    mark(null);
    if (!cell) return;
    event.preventDefault();
    if (cell === day(entry)) return;
    opener = moveLink(entry);
    htmx.ajax("POST", opener.href, {
      source: entry,
      target: told,
      swap: "innerHTML",
      values: {
        planned_at: shifted(entry, cell),
        based_on: entry.dataset.version,
        back: here(),
      },
    });
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cal-move");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      opener = link;
      const address = `${link.href}?back=${encodeURIComponent(here())}`;
      htmx.ajax("GET", address, { source: link, target: dialog, swap: "innerHTML" });
    } else if (event.target.closest("#calendar-dialog a[data-close]")) {
      // app.js closes it; the link is for the page without a script.
      event.preventDefault();
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog) {
      // htmx would bind the form only a moment later: who is as quick as that loads the page anew.
      htmx.process(dialog);
      if (!dialog.open) dialog.showModal();
      const field = dialog.querySelector("[aria-invalid='true'], [name='planned_at']");
      if (field) field.focus();
    } else if (event.detail.target === told) {
      // What was opened from is about to be read anew: the dialog leads on to what is told, now and
      // once the browser has closed it.
      opener = told;
      dialog.close();
      told.focus();
    }
  });

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  });

  const failed = (event) => {
    if (event.detail.target !== told && event.detail.target !== dialog) return;
    opener = null;
    dialog.close();
    told.textContent = told.dataset.failed;
    told.focus();
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
})();
