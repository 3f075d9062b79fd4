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
  let typed = "";
  let isElsewhere = false;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (!target.id.startsWith("slot-")) return;
    const here = document.activeElement;
    typed = target.querySelector("textarea")?.value ?? "";
    isElsewhere = here.matches("input, textarea, select") && !target.contains(here);
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
    if (typed && words) words.value = typed;
    if (!isElsewhere) slot.querySelector("[aria-invalid='true'], textarea")?.focus();
    // The form has changed: it is not saved yet, and its previews are old.
    slot.querySelector("input[type='hidden']").dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
