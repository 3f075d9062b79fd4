// A form with typed text is sent only while its writer is signed in; without this file the answer to
// it shows what was typed (govsocial.web.signed_out).
(() => {
  "use strict";

  const PATIENCE = 4000;

  const template = document.getElementById("session-ended");
  if (!template) return;
  const asking = new WeakSet();
  const passed = new WeakSet();

  const takeBack = (form) => form.querySelector(":scope > .session-ended")?.remove();
  const tell = (form) => {
    takeBack(form);
    const notice = template.content.firstElementChild.cloneNode(true);
    form.prepend(notice);
    return notice;
  };

  // Whoever signed in again in another tab has another token: take it, so that this page can go on.
  const renew = (token) => {
    for (const field of document.querySelectorAll("[name='csrfmiddlewaretoken']")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
  };

  const isSignedIn = async () => {
    try {
      const answer = await fetch(template.dataset.check, { signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) return true;
      const { person, token } = await answer.json();
      // As somebody else it would be sent in another name.
      if (String(person) !== template.dataset.person) return false;
      renew(token);
    } catch {
      // No answer says nothing about the session: the browser tells of the connection.
    }
    return true;
  };

  window.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("form[method='post'][data-warn-unsaved]") || passed.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking.has(form)) return;
    asking.add(form);
    const may = await isSignedIn();
    asking.delete(form);
    if (!may) {
      tell(form).focus();
      return;
    }
    takeBack(form);
    // Pressed in what was replaced since: it would be another button.
    if (!form.isConnected || (submitter && !submitter.isConnected)) return;
    passed.add(form);
    form.requestSubmit(submitter);
    passed.delete(form);
  }, true);

  // The composer found out while it kept what is typed.
  document.addEventListener("session-ended", ({ target }) => tell(target));
  document.addEventListener("kept", ({ target }) => takeBack(target));
})();
