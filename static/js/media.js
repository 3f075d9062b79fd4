// Enhancements of uploads and of choosing from the library; every page works without this file.
(() => {
  "use strict";

  const progress = (form) => form.querySelector("progress[data-upload]");

  // How much of the chosen files has been sent.
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = progress(event.detail.elt ?? event.target);
    if (!bar || !event.detail.total) return;
    bar.closest("[hidden]")?.removeAttribute("hidden");
    bar.max = event.detail.total;
    bar.value = event.detail.loaded;
  });

  // What is typed about a picture while it is on its way, and where its writer is meanwhile.
  let typed = null;
  let isElsewhere = false;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (!target.id.startsWith("slot-")) return;
    const here = document.activeElement;
    const isUpload = target.querySelector("input[type='file']")?.files.length > 0;
    const words = target.querySelector("textarea")?.value ?? "";
    // What the library says of a picture stands where nothing was typed.
    typed = isUpload || words ? words : null;
    isElsewhere = here.matches("input, textarea, select") && !target.contains(here);
  });

  // A file that did not arrive waits in its field, and goes with the form.
  const notice = (element) => element.closest?.(".picture-slot")?.querySelector("[data-upload-failed]");
  const failed = ({ detail: { elt } }) => {
    const told = elt.type === "file" && notice(elt);
    if (!told) return;
    told.setAttribute("role", "alert");
    told.hidden = false;
  };
  for (const name of ["responseError", "sendError", "timeout"]) {
    document.addEventListener(`htmx:${name}`, failed);
  }
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    const told = elt.type === "file" && notice(elt);
    if (told) told.hidden = true;
  });
  document.addEventListener("click", ({ target }) => {
    const again = target.closest("[data-upload-again]");
    const field = again?.closest(".picture-slot").querySelector("input[type='file']");
    field?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The library opens over the form; what is chosen, there or on the device, goes into its slot.
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "picker") {
      if (!target.open) target.showModal();
      return;
    }
    if (!target.id.startsWith("slot-")) return;
    const slot = document.getElementById(target.id);
    const words = slot.querySelector("textarea");
    if (typed !== null && words) words.value = typed;
    if (!isElsewhere) slot.querySelector("[aria-invalid='true'], textarea")?.focus();
    // The form has changed: it is not saved yet, and its previews are old.
    slot.querySelector("input[type='hidden']").dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
