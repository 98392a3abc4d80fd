// The module: loads it, passes requests to it, and starts it again after a panic.
"use strict";

const playground = {};

{
    const MODULE = "capchain.wasm";
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    let compiled = null;
    let exports = null;
    let panic = null;

    /** The bytes of a memory. It moves when it grows, so a view must not be kept. */
    const bytes = (start, length) => new Uint8Array(exports.memory.buffer, start, length);

    /** A script instead of a request: pages of a folder cannot make any. */
    const embedded = () => new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${MODULE}.js`;
        script.onload = () => {
            const text = atob(window.embeddedModule);
            resolve(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
        };
        script.onerror = () => reject(new Error(`${script.src} cannot be loaded`));
        document.head.append(script);
    });

    const served = async () => {
        const response = await fetch(MODULE);
        if (!response.ok) throw new Error(`${MODULE}: ${response.status}`);
        return response.arrayBuffer();
    };

    const start = async () => {
        const page = {
            panicked: (at, length) => { panic = decoder.decode(bytes(at, length)); },
        };
        exports = (await WebAssembly.instantiate(compiled, { page })).exports;
        exports.start();
    };

    playground.load = async () => {
        const source = location.protocol === "file:" ? await embedded() : await served();
        compiled = await WebAssembly.compile(source);
        await start();
    };

    /** The answer to a question and its input, a string or bytes. */
    playground.ask = async (question, input = "") => {
        const body = typeof input === "string" ? encoder.encode(input) : input;
        const head = encoder.encode(`${JSON.stringify(question)}\n`);
        const at = exports.reserve(head.length + body.length);
        if (at === 0) return { failure: "the input is longer than 2 MiB" };
        bytes(at, head.length).set(head);
        bytes(at + head.length, body.length).set(body);
        try {
            const length = exports.ask();
            return JSON.parse(decoder.decode(bytes(exports.answer(), length)));
        } catch (error) {
            const message = panic ?? String(error);
            panic = null;
            await start();
            return { failure: `capchain has a bug; please report it with the input. ${message}` };
        }
    };
}
