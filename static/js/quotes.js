// Words that an open comment quotes are marked where they stand in the post. Without this file, or
// in an older browser, the quotes stand beside the post alone.
(() => {
  "use strict";

  if (!window.CSS || !CSS.highlights) return;

  const SHOWN = ".post-text, .post-title, .post figcaption";
  const flat = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();

  // Any run of white space of the quote is any other in the post.
  const pattern = (quote) =>
    new RegExp(flat(quote).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s+"));

  const where = (quote) => {
    for (const shown of document.querySelectorAll(SHOWN)) {
      const nodes = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
      const parts = [];
      let text = "";
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        parts.push([text.length, node]);
        text += node.data;
      }
      const found = pattern(quote).exec(text);
      if (!found) continue;
      const range = new Range();
      const place = (at) => {
        const [start, node] = parts.findLast(([begin]) => begin <= at);
        return [node, at - start];
      };
      range.setStart(...place(found.index));
      const [last, behind] = place(found.index + found[0].length - 1);
      range.setEnd(last, behind + 1);
      return range;
    }
    return null;
  };

  const mark = () => {
    const ranges = [];
    for (const one of document.querySelectorAll(".thread:not(.thread-resolved) .thread-quote")) {
      const range = where(one.textContent);
      if (range) ranges.push(range);
    }
    CSS.highlights.set("quoted", new Highlight(...ranges));
  };

  document.addEventListener("htmx:afterSettle", mark);
  mark();
})();
