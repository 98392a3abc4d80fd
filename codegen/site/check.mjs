// Tests the site in Chromium: node check.mjs SITE TOOLS SCREENSHOTS. Prints each fault, and the
// numbers at the end; exit code 1 if there is a fault. `.ci/site-check` runs it.
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { dirname, extname, join, normalize, relative, resolve } from "node:path";

const [site, tools, screenshots] = process.argv.slice(2).map((path) => resolve(path));
const modules = createRequire(join(tools, "package.json"));
const puppeteer = modules("puppeteer-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
const capchain = "target/debug/capchain";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const faults = [];
const numbers = {};
const fault = (text) => { faults.push(text); console.log(`fault: ${text}`); };

/** Every file below a folder, by its path from there. */
function files(folder, from = folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? files(path, from) : [relative(from, path)];
    });
}

const all = new Set(files(site));
const pages = [...all].filter((path) => path.endsWith(".html")
    && !["toc.html", "404.html"].includes(path) && !path.startsWith("playground/")).sort();

// The ABIs of the site, and the one that commands use without `--abi`.
const ABIS = readdirSync(join(site, "docs/reference")).filter((name) => all.has(`docs/reference/${name}/README.html`));
const MAIN = ABIS.includes("vfio") ? "vfio" : ABIS[0];

/** The first and the last release of an ABI, of those that have a page. */
function releases(abi) {
    const { releases: found } = JSON.parse(readFileSync(`generated/${abi}-abi/abi.json`, "utf8"));
    return [found[0], found.at(-1)];
}

/** One page of each kind, for axe in both themes and widths, and for the screenshots. */
function kinds() {
    const [old, newer] = releases(MAIN);
    const every = ABIS.flatMap((abi) => {
        const [first] = releases(abi);
        const below = (folder) => pages.filter((page) => page.startsWith(`${folder}/`) && !page.endsWith("/README.html"));
        const own = below(`docs/reference/${abi}`).filter((page) => page.split("/").length === 4);
        // The longest page of items has every kind of picture and table.
        const longest = own.filter((page) => !/(names|numbers)\.html$/.test(page))
            .sort((a, b) => statSync(join(site, b)).size - statSync(join(site, a)).size)[0];
        return [
            `docs/reference/${abi}/README.html`, longest, `docs/reference/${abi}/numbers.html`, `docs/reference/${abi}/names.html`,
            below(`docs/reference/${abi}/registry`)[0], `docs/reference/${abi}/releases/README.html`,
            `docs/reference/${abi}/releases/${first}.html`, `changes/${abi}/README.html`, `changes/${abi}/${first}.html`,
            `api/${abi}/rust.html`, `api/${abi}/c.html`,
        ].filter((page) => all.has(page));
    });
    return [
        "index.html", "find.html?q=VFIO_DEVICE_GET_REGION_INFO", `compare.html?abi=${MAIN}&old=${old}&new=${newer}`,
        "docs/guide-rust.html", "docs/compat.html", "codes/lint.html", ...every,
    ];
}
const KINDS = kinds();

/** The links and anchors of all pages. */
function checkLinks() {
    const anchors = new Map(pages.map((page) => {
        const html = readFileSync(join(site, page), "utf8");
        return [page, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((found) => found[1]))];
    }));
    let links = 0;
    for (const page of pages) {
        const html = readFileSync(join(site, page), "utf8").replace(/<(pre|code|script|style)\b[\s\S]*?<\/\1>/g, "");
        for (const [, raw] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
            links += 1;
            const link = raw.replaceAll("&amp;", "&");
            if (/^[a-z]+:/.test(link)) {
                if (/<(?:script|link|img)[^>]*$/.test(html.slice(0, html.indexOf(raw)))) fault(`${page}: asks ${link}`);
                continue;
            }
            const [path, anchor] = link.split("#");
            const bare = path.split("?")[0];
            const target = bare ? normalize(join(dirname(page), bare)) : page;
            if (!all.has(target)) fault(`${page}: ${link} leads nowhere`);
            else if (anchor && anchors.has(target) && !anchors.get(target).has(decodeURIComponent(anchor))) {
                fault(`${page}: ${link} has no such anchor`);
            }
        }
    }
    numbers.pages = pages.length;
    numbers.links = links;
    return anchors;
}

/** Every string under a key `name` of a document. */
function names(value, found = new Set()) {
    if (Array.isArray(value)) value.forEach((one) => names(one, found));
    else if (value && typeof value === "object") {
        for (const [key, one] of Object.entries(value)) {
            if (key === "name" && typeof one === "string") found.add(one);
            names(one, found);
        }
    }
    return found;
}

/** The names that the search has to find, apart from what its own index lists. */
function expectedNames() {
    const found = new Set();
    for (const folder of readdirSync("generated").filter((name) => name.endsWith("-abi"))) {
        const abi = JSON.parse(readFileSync(`generated/${folder}/abi.json`, "utf8"));
        names(abi, found);
        abi.releases.forEach((release) => found.add(release));
        found.add(abi.package.crate).add(abi.package.header);
    }
    numbers.namesOfAbi = found.size;
    for (const file of readdirSync("codegen/catalogue")) {
        const text = readFileSync(`codegen/catalogue/${file}`, "utf8");
        [...text.matchAll(/^- code: (\S+)/gm)].forEach((code) => found.add(code[1]));
    }
    return found;
}

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json", ".wasm": "application/wasm", ".png": "image/png", ".woff2": "font/woff2" };

function serve() {
    const server = createServer((request, response) => {
        const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).slice(1) || "index.html";
        const file = join(site, path);
        if (!existsSync(file) || !statSync(file).isFile()) {
            response.writeHead(404).end();
            return;
        }
        response.writeHead(200, { "content-type": TYPES[extname(file)] || "application/octet-stream" });
        createReadStream(file).pipe(response);
    });
    return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

async function newTab(browser, origin) {
    const tab = await browser.newPage();
    const note = (text) => fault(`${tab.url().replace(origin, "")}: ${text}`);
    tab.on("console", (message) => { if (["error", "warn"].includes(message.type())) note(message.text()); });
    tab.on("pageerror", (error) => note(error.message));
    tab.on("requestfailed", (request) => note(`${request.url()} failed`));
    tab.on("request", (request) => {
        if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) note(`asks ${request.url()}`);
    });
    return tab;
}

/** Types every name, and reads the first hit and its place. */
async function checkSearch(tab, origin, anchors) {
    await tab.setViewport(DESKTOP);
    await tab.goto(`${origin}/index.html`);
    await tab.keyboard.press("/");
    await tab.waitForFunction(() => document.querySelector("dialog#name-search").open);
    await tab.waitForFunction(() => capchain.names && capchain.prose);
    const expected = expectedNames();
    const listed = await tab.evaluate(() => capchain.names.map((entry) => entry.name));
    listed.forEach((name) => expected.add(name));
    const hits = await tab.evaluate(async (all) => {
        const input = document.getElementById("search-input");
        const hits = [];
        for (const name of all) {
            input.value = name;
            input.dispatchEvent(new Event("input"));
            await new Promise((done) => setTimeout(done));
            const first = document.querySelector("#name-search .hits a");
            hits.push([name, first?.querySelector(".hit").textContent, first?.getAttribute("href")]);
        }
        return hits;
    }, [...expected]);
    let found = 0;
    for (const [name, hit, href] of hits) {
        const [page, anchor] = (href || "").split("#");
        if (hit !== name) fault(`search: ${name} finds ${hit}`);
        else if (!all.has(page) || (anchor && !anchors.get(page).has(anchor))) fault(`search: ${name} leads to ${href}`);
        else found += 1;
    }
    numbers.namesTyped = expected.size;
    numbers.namesFoundFirst = found;
    const bare = await tab.evaluate(() => findNames("struct vfio_region_info")[0].name);
    if (bare !== "vfio_region_info") fault(`search: struct vfio_region_info finds ${bare}`);
    const member = await tab.evaluate(() => findNames("vfio_region_info.argsz")[0].target);
    if (!member.endsWith("#vfio_region_info.argsz")) fault(`search: a member leads to ${member}`);
    const prose = await tab.evaluate(() => findParts("short reply").length);
    if (prose === 0) fault("search: no prose about a short reply");
}

/** The search and a comparison by keyboard alone. */
async function checkKeyboard(tab, origin) {
    await tab.goto(`${origin}/docs/guide-c.html`);
    await tab.keyboard.press("s");
    await tab.keyboard.type("VFIO_REGION_INFO_FLAG_CAPS");
    await tab.waitForSelector("#name-search .hits a");
    await tab.keyboard.press("ArrowDown");
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press("Enter")]);
    if (!tab.url().endsWith("region_info.html#VFIO_REGION_INFO_FLAG_CAPS")) fault(`keyboard: came to ${tab.url()}`);
    await tab.keyboard.press("/");
    await tab.keyboard.press("Escape");
    if (await tab.$eval("dialog#name-search", (dialog) => dialog.open)) fault("keyboard: Escape does not close the search");
    await tab.goto(`${origin}/find.html?go=C15`);
    await tab.waitForFunction(() => location.hash === "#C15").catch(() => fault("find.html?go=C15 does not go there"));
}

/** The comparisons of the page against those of the program. */
async function checkComparisons(tab, origin) {
    const pairs = [["v3.6", "v7.3"], ["v5.10", "v7.3"], ["v5.4", "v5.8"], ["v6.12", "v7.2"], ["v6.3", "v6.4"]];
    for (const [old, newer] of pairs) {
        let text;
        try {
            text = execFileSync(capchain, ["compat", old, newer, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 28 });
        } catch (error) {
            text = error.stdout;
        }
        const expected = JSON.parse(text).findings.map((one) => `${one.subject}: ${one.message}`.replaceAll("`", "")).sort();
        await tab.goto(`${origin}/compare.html?abi=${MAIN}&old=${old}&new=${newer}`);
        await tab.waitForFunction(() => document.getElementById("compare-summary").textContent);
        const shown = await tab.$$eval("#compare-result li", (lines) => lines.map((line) => line.textContent));
        const missing = expected.filter((one) => !shown.some((line) => line.startsWith(one)));
        if (missing.length || shown.length !== expected.length) {
            fault(`compare ${old} ${newer}: ${shown.length} of ${expected.length}; missing ${missing.slice(0, 3).join(" | ")}`);
        }
        numbers.comparedFindings = (numbers.comparedFindings || 0) + shown.length;
    }
}

/** axe on one page of each kind, in both themes and both widths. */
async function checkAccess(tab, origin) {
    numbers.axeRuns = 0;
    numbers.axeSerious = 0;
    numbers.axeOther = 0;
    for (const theme of ["light", "dark"]) {
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        for (const [width, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
            await tab.setViewport(viewport);
            for (const kind of KINDS) {
                await tab.goto(`${origin}/${kind}`);
                await new Promise((done) => setTimeout(done, 100));
                await tab.evaluate(axe);
                const { violations } = await tab.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
                numbers.axeRuns += 1;
                for (const found of violations) {
                    const serious = ["serious", "critical"].includes(found.impact);
                    numbers[serious ? "axeSerious" : "axeOther"] += 1;
                    const node = found.nodes[0];
                    const text = `axe ${theme} ${width} ${kind}: ${found.impact} ${found.id}, ${found.nodes.length} times: ${node.html.slice(0, 160)} ${(node.any[0]?.message || "").slice(0, 120)}`;
                    if (serious) fault(text); else console.log(`note: ${text}`);
                }
            }
        }
    }
}

/** Every page on a phone: no error, and nothing wider than the screen. */
async function checkPhone(tab, origin) {
    await tab.setViewport(PHONE);
    for (const page of pages) {
        await tab.goto(`${origin}/${page}`);
        const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) fault(`${page}: ${wide} pixels wider than a phone`);
    }
}

async function shoot(tab, origin) {
    mkdirSync(screenshots, { recursive: true });
    const shown = KINDS.map((kind) => [kind, kind.split("?")[0].replaceAll("/", "-").replace(".html", "")]);
    for (const [theme, width, viewport] of [["light", "desktop", DESKTOP], ["light", "phone", PHONE], ["dark", "desktop", DESKTOP], ["dark", "phone", PHONE]]) {
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        await tab.setViewport(viewport);
        for (const [kind, name] of shown) {
            await tab.goto(`${origin}/${kind}`);
            await new Promise((done) => setTimeout(done, 150));
            await tab.screenshot({ path: join(screenshots, `${name}-${theme}-${width}.png`) });
        }
    }
    numbers.screenshots = shown.length * 4;
}

const anchors = checkLinks();
const server = await serve();
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
});
const steps = { checkSearch, checkKeyboard, checkComparisons, checkAccess, checkPhone, shoot };
const only = process.env.ONLY?.split(",");
for (const [name, step] of Object.entries(steps).filter(([name]) => !only || only.includes(name))) {
    const tab = await newTab(browser, origin);
    await step(tab, origin, anchors).catch((error) => fault(`${name}: ${error.message}`));
    await tab.close();
    console.log(`${name}: done`);
}
await browser.close();
server.close();
console.log(JSON.stringify(numbers, null, 2));
console.log(faults.length ? `${faults.length} faults` : "no fault");
process.exit(faults.length ? 1 : 0);
