// Compares the playground with the command line: node check.mjs PAGE [TOOLS SCREENSHOTS]. With
// TOOLS, a folder with puppeteer-core and axe-core, in Chromium; otherwise a few answers of
// the module alone, in node. Exit code 1 if there is a fault.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";

import { cases, difference, others } from "./cases.mjs";

const [folder, tools, screenshots] = process.argv.slice(2).map((path) => resolve(path));
const CAPTURES_IN_NODE = 20;
const CAPTURES = 500;
const AT_ONCE = 2;
const MOST_LOAD_MS = 1000;
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844, isMobile: true, hasTouch: true } };
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm" };

let faults = 0;
const fault = (text) => { faults += 1; console.log(`fault: ${text.slice(0, 2000)}`); };

/** Compares answers with the command line; `ask` takes a question and its input. */
async function compare(ask, count) {
    const all = cases(count);
    const decoded = [...all.vectors, ...all.captures, ...all.logs].map(({ name, target, input, abi = "vfio" }) => [
        { tool: "decode", abi, name, target },
        ["decode", "--abi", abi, ...name ? [name] : [], "--target", target],
        input,
    ]);
    const questions = [...decoded, ...others()];
    const next = questions.values();
    const worker = async () => {
        for (const [question, args, input = ""] of next) {
            const found = await difference(await ask(question, input), args, input);
            if (found) fault(`${args.join(" ")}: ${found}`);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    console.log(`compared: ${all.vectors.length} vectors, ${all.captures.length} captured replies, `
        + `${all.logs.length} logs and spaces, `
        + `${questions.length - decoded.length} questions of other tools`);
}

/** The module alone. */
async function inNode() {
    const page = { panicked: () => fault("the module has panicked") };
    const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, "capchain.wasm")), { page });
    const { memory, start, reserve, ask, answer } = instance.exports;
    start();
    await compare(async (question, input) => {
        const request = new TextEncoder().encode(`${JSON.stringify(question)}\n${input}`);
        const at = reserve(request.length);
        new Uint8Array(memory.buffer, at, request.length).set(request);
        const length = ask();
        return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, answer(), length)));
    }, CAPTURES_IN_NODE);
}

function serve() {
    const server = createServer((request, response) => {
        const name = basename(new URL(request.url, "http://page").pathname) || "index.html";
        response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "text/plain" });
        response.end(readFileSync(join(folder, name)));
    });
    return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

/** The page in Chromium, from a server and from its folder. */
async function inChromium() {
    const modules = createRequire(join(tools, "package.json"));
    const puppeteer = modules("puppeteer-core");
    const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
    const server = await serve();
    const address = `http://127.0.0.1:${server.address().port}/index.html`;
    const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    const open = async (url) => {
        const page = await browser.newPage();
        await page.setBypassCSP(true);
        page.on("console", (message) => { if (message.type() === "error") fault(`console: ${message.text()}`); });
        page.on("pageerror", (error) => fault(`page: ${error.message}`));
        page.on("request", (request) => {
            if (!/^(file:|data:|http:\/\/127\.0\.0\.1)/.test(request.url())) fault(`asks ${request.url()}`);
        });
        const start = Date.now();
        await page.goto(url);
        await page.waitForSelector("body[data-ready]");
        return { page, time: Date.now() - start };
    };
    mkdirSync(screenshots, { recursive: true });

    await (await open(address)).page.close();
    const { page, time } = await open(address);
    console.log(`loaded and ready after ${time} ms`);
    if (time > MOST_LOAD_MS) fault(`loaded after ${time} ms`);

    const looks = [
        "", "#tool=decode&abi=vfio&name=vfio_region_info&target=x86_64&input=50000000+0f000000+00000000+20000000+00000000+00000000+00000200+00000000+0100+0100+19000000+01000000+00000000",
        "#tool=layout&abi=vfio&name=vfio_iommu_type1_info_cap_migration", "#tool=compat&abi=vfio&old=v5.10&new=v6.6",
        `#${new URLSearchParams({ tool: "decode", abi: "vfio", input: "VFIO_DEVICE_GET_IRQ_INFO: 10 00 00 00 05 00 00 00 00 00 00 00 01 00 00 00\nVFIO_GROUP_GET_STATUS: zz\nVFIO_GROUP_GET_STATUS: 08 00 00 00 01 00 00 00\n" })}`,
        "#tool=reply&abi=vfio&release=v5.10&name=VFIO_DEVICE_GET_REGION_INFO&argsz=40&capabilities=VFIO_REGION_INFO_CAP_SPARSE_MMAP",
    ];
    await page.evaluate(axe);
    for (const [index, look] of looks.entries()) {
        for (const [size, viewport] of Object.entries(SIZES)) {
            for (const theme of ["light", "dark"]) {
                const shown = (await open(address + look)).page;
                await shown.setViewport(viewport);
                await shown.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
                if (look) await shown.waitForSelector("#result[data-tool]");
                await shown.screenshot({ path: join(screenshots, `${index}-${size}-${theme}.png`) });
                const wide = await shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                if (wide > 0) fault(`${look} is ${wide} pixels too wide, ${size}`);
                await shown.evaluate(axe);
                const found = await shown.evaluate(() => axe.run());
                found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
                    .forEach((one) => fault(`axe: ${look} ${size} ${theme}: ${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3)}`));
                await shown.close();
            }
        }
    }

    const survived = await page.evaluate(async () => [
        await playground.ask({ tool: "panic" }), await playground.ask({ tool: "start" }),
    ]);
    if (!/asked for a panic/.test(survived[0].failure) || !survived[1].abis) fault("no restart after a panic");

    const copy = (await open(`file://${join(folder, "index.html")}`)).page;
    if (!await copy.evaluate(async () => (await playground.ask({ tool: "start" })).abis)) fault("no answer from a folder");

    await compare((question, input) => page.evaluate((...both) => playground.ask(...both), question, input), CAPTURES);
    await browser.close();
    server.close();
}

await (tools ? inChromium() : inNode());
if (faults > 0) console.log(`${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
