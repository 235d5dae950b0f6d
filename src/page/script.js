"use strict";
// Sends what the forms hold, looks again after a change, and keeps the tokens of this tab. Without it
// everything can still be looked at.
(() => {
  const STORE = "etalon-tokens";
  const tokens = () => JSON.parse(sessionStorage.getItem(STORE) || "{}");
  // How a token is kept: that of each ledger by its number, those of the other APIs by their name.
  const key = (kind, ledger) => (kind === "ledger" ? `ledger ${ledger || ""}` : kind);
  const keyOf = (url) => {
    if (url.pathname.endsWith("/gateway")) return key("gateway");
    if (url.pathname.endsWith("/accounts")) return key("tmf");
    if (/\/(requests|verdict)$/.test(url.pathname)) return key("admin");
    return key("ledger", url.searchParams.get("ledger"));
  };
  const known = (name) => {
    const all = tokens();
    return name in all ? all[name] : name.startsWith("ledger") ? all["ledger "] : undefined;
  };
  const utf8 = (text) => String.fromCharCode(...new TextEncoder().encode(text));
  const credentials = (token) => (token.includes(":") ? `Basic ${btoa(utf8(token))}` : `Bearer ${token}`);

  async function view(url) {
    const token = known(keyOf(url));
    const headers = token ? { Authorization: credentials(token) } : {};
    const answer = await fetch(url, { headers });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function go(url, keepsHistory) {
    const shown = await view(url);
    document.title = shown.title;
    document.querySelector("header").replaceWith(shown.querySelector("header"));
    document.querySelector("main").replaceWith(shown.querySelector("main"));
    if (!keepsHistory) history.pushState(null, "", url);
    document.querySelector("main").focus();
  }

  // Looks again at what a view shows, and leaves its forms as they are.
  async function again(selector) {
    const shown = await view(new URL(location.href));
    for (const part of document.querySelectorAll(selector)) {
      const fresh = shown.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.dataset.seen) continue;
      const open = [...part.querySelectorAll("details[open]")].map((each) => each.id);
      part.innerHTML = fresh.innerHTML;
      part.dataset.seen = fresh.innerHTML;
      for (const each of part.querySelectorAll("details")) each.open = open.includes(each.id);
    }
  }

  const isOwn = (url) => url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/etalon/page/"));
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  // The line that sends the same from a shell; a token is named, never shown.
  function curl(kind, ledger, method, url, media, body) {
    const named = { gateway: "$GATEWAY_USER", tmf: "$TMF_TOKEN", admin: "$ETALON_ADMIN_TOKEN" }[kind];
    const variable = named ?? `$TOKEN_${(ledger || "").replace(/[^a-zA-Z0-9]/g, "_")}`;
    const who = kind === "gateway" ? ` -u "${variable}"` : ` -H "Authorization: Bearer ${variable}"`;
    const sent = body ? ` -H ${quoted(`Content-Type: ${media}`)} --data-binary ${quoted(body)}` : "";
    return `curl -i -X ${method}${who}${sent} ${quoted(url.href)}`;
  }

  function readable(text) {
    try { return JSON.stringify(JSON.parse(text), null, 2) === undefined ? text : indented(text); } catch { return text; }
  }

  // Indents JSON as it stands, so that no digit of a number is lost.
  function indented(json) {
    let depth = 0, isText = false, out = "";
    const line = () => `\n${"  ".repeat(depth)}`;
    for (let at = 0; at < json.length; at++) {
      const c = json[at];
      if (isText) { out += c; if (c === "\\") out += json[++at]; else if (c === '"') isText = false; continue; }
      if (/\s/.test(c)) continue;
      if (c === '"') { isText = true; out += c; }
      else if (c === "{" || c === "[") { const end = json.slice(at + 1).match(/^\s*([\]}])/); if (end) { out += c + end[1]; at += end[0].length; } else { depth++; out += c + line(); } }
      else if (c === "}" || c === "]") { depth--; out += line() + c; }
      else if (c === ",") out += c + line();
      else if (c === ":") out += ": ";
      else out += c;
    }
    return out;
  }

  async function send(form) {
    const fields = new FormData(form);
    const { kind, ledger: named } = form.dataset;
    const method = fields.get("method").trim().toUpperCase();
    const url = new URL(fields.get("path"), location.origin);
    const output = form.querySelector("output");
    output.replaceChildren();
    const add = (name, text) => {
      const part = document.createElement("pre");
      part.className = name;
      part.textContent = text;
      output.append(part);
    };
    if (url.origin !== location.origin) return add("refused", "Only this server is asked.");
    const inPath = kind === "ledger" ? (url.pathname.match(/\/v1\/([^/]+)/) || [])[1] : undefined;
    const ledger = named || inPath;
    const token = known(key(kind, ledger)) ?? (kind === "ledger" && ledger ? `etalon-${ledger}` : undefined);
    const media = fields.get("media"), body = fields.get("body") || undefined;
    const headers = {};
    if (token) headers.Authorization = credentials(token);
    if (body) headers["Content-Type"] = media;
    if (kind === "gateway") headers.Accept = "application/json";
    add("sent", `${method} ${url.pathname}${url.search}${body ? `\nContent-Type: ${media}\n\n${body}` : ""}`);
    add("curl", curl(kind, ledger, method, url, media, body));
    try {
      const answer = await fetch(url, { method, headers, body });
      const text = await answer.text();
      const told = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      add("came", `${answer.status} ${answer.statusText}\n${told}\n\n${readable(text)}`);
      if (answer.ok && method !== "GET") await again("[data-view]");
    } catch (error) {
      add("refused", `There was no answer: ${error.message}`);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("send" in form.dataset) {
      event.preventDefault();
      send(form);
    } else if ("token" in form.dataset) {
      event.preventDefault();
      const url = new URL(location.href);
      const token = new FormData(form).get("token").trim();
      const name = form.dataset.token === "ledger" ? key("ledger", url.searchParams.get("ledger")) : form.dataset.token;
      sessionStorage.setItem(STORE, JSON.stringify({ ...tokens(), [name]: token }));
      go(url, true);
    } else if (form.method === "get" && sessionStorage.getItem(STORE)) {
      event.preventDefault();
      const url = new URL(form.action);
      url.search = new URLSearchParams(new FormData(form)).toString();
      go(url);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (!isOwn(url) || url.hash || !sessionStorage.getItem(STORE)) return;
    event.preventDefault();
    go(url);
  });
  addEventListener("popstate", () => go(new URL(location.href), true));
  // Whoever comes by an address, with a token that the tab has.
  if (known(keyOf(new URL(location.href)))) go(new URL(location.href), true);
  setInterval(() => {
    if (!document.hidden && document.querySelector("[data-live]")) again("[data-live]").catch(() => {});
  }, 2000);
})();
