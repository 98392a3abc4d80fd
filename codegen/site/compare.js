// The page that compares two releases, from data that `capchain compat` made.
"use strict";

const comparisons = new Map();
let abis = [];
capchain.setReleases = (all) => { abis = all; };
capchain.addComparison = (data) => comparisons.set(`${data.abi}/${data.old}`, data);

const form = document.getElementById("compare");
const field = (name) => form.elements.namedItem(name);
const summary = document.getElementById("compare-summary");
const result = document.getElementById("compare-result");

/** The releases of the chosen ABI: pairs of a release and the earlier one with the same ABI. */
function releases() {
    return abis.find((one) => one.name === field("abi").value).releases;
}

function fill(select, values, chosen) {
    select.replaceChildren(...values.map(([value, text]) => element("option", { value }, text)));
    if (values.some(([value]) => value === chosen)) select.value = chosen;
}

function fillReleases(old, newer) {
    const names = releases().map(([release]) => [release, `Linux ${release.slice(1)}`]).reverse();
    fill(field("old"), names, old);
    fill(field("new"), names, newer || names[0][0]);
}

/** The findings of a comparison by class, the breaks first. */
function show(old, newer, findings, breaksOnly) {
    const shown = findings.filter((one) => one.breaks || !breaksOnly);
    const classes = [...new Set(shown.map((one) => one.class))];
    classes.sort((a, b) => shown.find((one) => one.class === b).breaks - shown.find((one) => one.class === a).breaks);
    const parts = classes.flatMap((name) => {
        const found = shown.filter((one) => one.class === name);
        const lines = found.map((one) => element("li", {},
            element("a", { href: `find.html?go=${encodeURIComponent(one.subject)}` },
                element("code", {}, one.subject)), ": ", ...withCode(one.message),
            one.affected ? `; harms ${one.affected}` : "", " (",
            element("a", { href: `find.html?go=${one.code}` }, one.code), ")"));
        return [element("h2", {}, `${name} (${found.length})`), element("ul", {}, ...lines)];
    });
    result.replaceChildren(...parts);
    const breaks = findings.filter((one) => one.breaks).length;
    summary.textContent = `${old} to ${newer}: ${breaks} break${breaks === 1 ? "" : "s"}, `
        + `${findings.length - breaks} other difference${findings.length - breaks === 1 ? "" : "s"}.`;
}

async function compare() {
    const [abi, old, newer] = ["abi", "old", "new"].map((name) => field(name).value);
    const query = new URLSearchParams({ abi, old, new: newer });
    try { history.replaceState(null, "", `?${query}`); } catch { /* not allowed for files */ }
    const names = releases().map(([release]) => release);
    if (names.indexOf(old) > names.indexOf(newer)) {
        result.replaceChildren();
        summary.textContent = `${old} is newer than ${newer}. Choose the older release first.`;
        return;
    }
    const same = Object.fromEntries(releases());
    const [from, to] = [same[old], same[newer]];
    if (from !== to) await load(`compare/${abi}/${from}.js`);
    const data = comparisons.get(`${abi}/${from}`);
    const findings = from === to ? [] : data.to[to].map((at) => data.findings[at]);
    show(old, newer, findings, field("breaks").checked);
}

load("compare/releases.js").then(() => {
    const address = new URLSearchParams(location.search);
    fill(field("abi"), abis.map((one) => [one.name, one.title]), address.get("abi"));
    fillReleases(address.get("old") || "v5.10", address.get("new"));
    field("abi").addEventListener("change", () => fillReleases("v5.10"));
    form.addEventListener("change", compare);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => event.stopPropagation());
    compare();
});
