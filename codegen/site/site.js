// The search of the site, and what pages need on phones and for screen readers. Data arrive as
// scripts, so that all of it works in a copy of the site that is opened as files.
"use strict";

const capchain = {
    names: null,
    prose: null,
    setNames(rows) {
        const [name, kind, owner, since, summary, target] = [0, 1, 2, 3, 4, 5];
        this.names = rows.map((row) => ({
            name: row[name],
            kind: row[kind],
            owner: row[owner],
            since: row[since],
            summary: row[summary],
            target: row[target],
            lower: row[name].toLowerCase(),
            path: row[owner] ? `${row[owner]}.${row[name]}`.toLowerCase() : null,
            order: kindOrder(row[kind]),
        }));
    },
    setProse(rows) {
        const [page, heading, text, target] = [0, 1, 2, 3];
        this.prose = rows.map((row) => ({
            page: row[page],
            heading: row[heading],
            text: row[text],
            target: row[target],
            lowerHeading: `${row[page]} ${row[heading]}`.toLowerCase(),
            lowerText: row[text].toLowerCase(),
        }));
    },
};

// Kinds in the order of hits that match equally well.
const KINDS = [
    "struct", "ioctl", "capability", "flag", "constant", "enumerator", "enum", "macro", "chain",
    "id space", "group", "code", "release", "field", "union", "flags", "values", "section",
    "file descriptor", "backend",
];

function kindOrder(kind) {
    const at = KINDS.indexOf(kind);
    return at < 0 ? KINDS.length : at;
}

const MOST_NAMES = 40;
const MOST_PARTS = 15;

/** The quality of a match, from 0; null without one. */
function quality(entry, text, lower, words) {
    if (entry.name === text) return 0;
    if (entry.path === lower || text.endsWith(`::${entry.name}`)) return 1;
    if (entry.lower === lower) return 2;
    if (entry.lower.startsWith(lower)) return 3;
    if (["_", ":", "."].some((mark) => entry.lower.includes(mark + lower))) return 4;
    if (entry.lower.includes(lower)) return 5;
    const all = `${entry.lower} ${entry.owner || ""} ${entry.summary}`.toLowerCase();
    return words.every((word) => all.includes(word)) ? 6 : null;
}

/** The names that match a text, best first. */
function findNames(typed) {
    const text = typed.trim().replace(/^(struct|enum|union) +/, "").replace(/\(\)$/, "");
    const lower = text.toLowerCase();
    const words = lower.split(/\s+/);
    const hits = [];
    for (const entry of capchain.names || []) {
        const found = quality(entry, text, lower, words);
        if (found !== null) hits.push({ found, entry });
    }
    hits.sort((a, b) => a.found - b.found || a.entry.order - b.entry.order
        || a.entry.name.length - b.entry.name.length || (a.entry.lower < b.entry.lower ? -1 : 1));
    return hits.map((hit) => hit.entry);
}

/** The parts of guides that have all words, those with the words in their headings first. */
function findParts(typed) {
    const words = typed.trim().toLowerCase().split(/\s+/).filter((word) => word.length > 1);
    if (words.length === 0) return [];
    const hits = [];
    for (const part of capchain.prose || []) {
        const inHeading = words.filter((word) => part.lowerHeading.includes(word)).length;
        const all = words.every((word) => part.lowerHeading.includes(word) || part.lowerText.includes(word));
        if (all) hits.push({ inHeading, part });
    }
    hits.sort((a, b) => b.inHeading - a.inHeading);
    return hits.map((hit) => hit.part);
}

const loading = new Map();

/** Loads a script of the site once. */
function load(path) {
    if (!loading.has(path)) {
        loading.set(path, new Promise((resolve, reject) => {
            const script = document.createElement("script");
            script.src = path_to_root + path;
            script.onload = resolve;
            script.onerror = () => reject(new Error(`${path} cannot be loaded`));
            document.head.append(script);
        }));
    }
    return loading.get(path);
}

function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
}

/** Text with parts in backticks as code. */
function withCode(text) {
    return text.split("`").map((part, at) => at % 2 ? element("code", {}, part) : part);
}

function nameHit(entry) {
    const about = [entry.kind, entry.owner && `of ${entry.owner}`, entry.since && `since ${entry.since}`];
    return element("li", {}, element("a", { href: path_to_root + entry.target },
        element("code", { class: "hit" }, entry.name),
        element("span", { class: "about" }, ` ${about.filter(Boolean).join(" ")}`),
        element("span", { class: "summary" }, ...withCode(entry.summary))));
}

function partHit(part, typed) {
    const word = typed.trim().toLowerCase().split(/\s+/)[0];
    const from = Math.max(0, part.lowerText.indexOf(word) - 40);
    return element("li", {}, element("a", { href: path_to_root + part.target },
        element("span", { class: "hit" }, part.heading),
        element("span", { class: "about" }, ` ${part.page}`),
        element("span", { class: "summary" }, part.text.slice(from, from + 160).trim())));
}

/** An input with the list of its hits. */
function searchBox(id) {
    const input = element("input", {
        id, type: "search", autocomplete: "off", spellcheck: "false", autocapitalize: "off",
        placeholder: "VFIO_DEVICE_GET_REGION_INFO, argsz, C15, …",
    });
    const status = element("p", { role: "status", class: "status" });
    const list = element("ol", { class: "hits" });
    const form = element("form", { role: "search", class: "names" },
        element("label", { for: id }, "Name, code or words"), input, status, list);
    const links = () => [...list.querySelectorAll("a")];
    const update = () => {
        const typed = input.value;
        const names = typed.trim() ? findNames(typed) : [];
        const parts = typed.trim() ? findParts(typed) : [];
        list.replaceChildren(
            ...names.slice(0, MOST_NAMES).map(nameHit),
            ...parts.slice(0, MOST_PARTS).map((part) => partHit(part, typed)));
        const count = (many, word) => `${many} ${word}${many === 1 ? "" : "s"}`;
        status.textContent = typed.trim()
            ? `${count(names.length, "name")}, ${count(parts.length, "part")} of guides` : "";
    };
    const ready = () => Promise.all([load("names.js"), load("prose.js")]).then(update, (error) => {
        status.textContent = error.message;
    });
    input.addEventListener("focus", ready);
    input.addEventListener("input", () => ready());
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        ready().then(() => links()[0]?.click());
    });
    // mdBook turns pages by arrow keys.
    form.addEventListener("keydown", (event) => {
        event.stopPropagation();
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = [input, ...links()];
        const at = all.indexOf(document.activeElement);
        all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
    });
    return { form, input, ready, first: () => links()[0] };
}

/** The dialog that a button and two keys open on every page. */
function searchDialog() {
    const box = searchBox("search-input");
    const close = element("button", { type: "button", class: "close" }, "Close");
    const dialog = element("dialog", { id: "name-search", "aria-label": "Search" }, close, box.form);
    const open = () => {
        if (!dialog.open) dialog.showModal();
        box.input.focus();
        box.input.select();
    };
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest("a")) dialog.close();
    });
    const button = element("button", {
        type: "button", class: "search-button", "aria-keyshortcuts": "/ s",
    }, "Search");
    button.addEventListener("click", open);
    document.querySelector(".menu-bar .right-buttons").prepend(button);
    document.body.append(dialog);
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
        if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.key === "/" || event.key === "s") {
            event.preventDefault();
            open();
        }
    });
}

/** The page of the search, which takes its text from the address. */
function searchPage() {
    const place = document.querySelector("[data-search=page]");
    if (!place) return;
    const box = searchBox("page-search-input");
    place.append(box.form);
    const address = new URLSearchParams(location.search);
    const text = address.get("go") || address.get("q");
    if (text) {
        box.input.value = text;
        box.ready().then(() => {
            const first = box.first();
            if (address.has("go") && first) location.replace(first.href);
        });
    }
    box.input.addEventListener("input", () => {
        const query = box.input.value ? `?q=${encodeURIComponent(box.input.value)}` : location.pathname;
        try { history.replaceState(null, "", query); } catch { /* not allowed for files */ }
    });
}

/** Wide tables, pictures and code can be scrolled by keyboard. */
function scrollable() {
    const wide = (one) => one.scrollWidth > one.clientWidth;
    const found = document.querySelectorAll("main .table-wrapper, main pre, main pre > code, main p.picture");
    for (const one of found) {
        if (wide(one)) {
            one.tabIndex = 0;
            one.setAttribute("role", "group");
            one.setAttribute("aria-label", one.matches(".table-wrapper") ? "Table" : one.matches("p") ? "Picture" : "Code");
        } else if (one.hasAttribute("tabindex")) {
            one.removeAttribute("tabindex");
            one.removeAttribute("role");
            one.removeAttribute("aria-label");
        }
    }
}

/** The label that opens the list of pages works and is announced as a button. */
function sidebarButton() {
    const label = document.getElementById("mdbook-sidebar-toggle");
    document.getElementById("mdbook-menu-bar").setAttribute("role", "banner");
    label.setAttribute("role", "button");
    label.tabIndex = 0;
    label.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            label.click();
        }
    });
}

for (const picture of document.querySelectorAll("main p > img:only-child")) {
    picture.parentElement.classList.add("picture");
}
searchDialog();
sidebarButton();
searchPage();
scrollable();
window.addEventListener("resize", scrollable);
window.addEventListener("load", scrollable);
