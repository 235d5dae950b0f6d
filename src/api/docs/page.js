"use strict";

// Shows the API that the address names, or the first.
const links = [...document.querySelectorAll("nav a")];
const asked = new URLSearchParams(location.search).get("api");
const current = links.find((link) => link.dataset.api === asked) ?? links[0];
current.setAttribute("aria-current", "page");
document.title = `Etalon: ${current.textContent}`;

// Swagger UI has a dark style, which somebody has to ask for.
const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

SwaggerUIBundle({
  url: `openapi/${current.dataset.api}.json`,
  dom_id: "#operations",
  deepLinking: true,
  // Nobody else is asked whether a document is one.
  validatorUrl: null,
  tryItOutEnabled: true,
  // A token is kept in this page alone, and gone with it.
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
