
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const controls = by("controls");
  const inputs = ["words", "verdict", "api"].map(by);
  const cases = Array.from(document.querySelectorAll("[data-case]"));
  const sections = Array.from(document.querySelectorAll("[data-cases]"));
  const passed = by("passed");
  const texts = new Map();

  // Read once, when first asked for.
  const text = (one) => {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  };

  const filter = () => {
    const [typed, verdict, api] = inputs.map((input) => input.value);
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of cases) {
      const fits =
        (!verdict || one.dataset.case === verdict) &&
        (!api || one.dataset.api === api) &&
        words.every((word) => text(one).includes(word));
      one.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const section of sections) {
      section.hidden = !section.querySelector("[data-case]:not([hidden])");
    }
    const narrows = words.length > 0 || verdict || api;
    if (passed) passed.open = Boolean(narrows);
    by("shown").value = narrows ? `${shown} of ${cases.length} cases` : "";
  };

  // What is folded away is opened when a link leads to it.
  const reveal = () => {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return;
    }
    const target = id && by(id);
    if (!target) return;
    if (target.closest("[hidden]")) {
      controls.reset();
      filter();
    }
    for (let one = target; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    target.scrollIntoView();
  };

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll(".paper details.card:not([open])"));
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });

  controls.hidden = false;
  for (const input of inputs) input.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
