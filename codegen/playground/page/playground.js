// The forms: their choices, their link, and their answers.
"use strict";

{
    const { element, views } = playground;
    const TOOLS = ["decode", "layout", "compat", "review", "reply"];
    const MOST_BYTES = 1 << 20;
    const EXAMPLES = {
        decode: {
            abi: "vfio", name: "vfio_region_info", target: "x86_64",
            input: "00000000: 5000 0000 0f00 0000 0000 0000 2000 0000\n00000010: 0000 0200 0000 0000 0000 0000 0000 0000\n00000020: 0100 0100 4000 0000 0100 0000 0000 0000\n00000030: 0000 0000 0000 0000 0010 0000 0000 0000\n00000040: 0300 0100 4200 0000 0000 0000 0000 0000\n",
        },
        layout: { abi: "vfio", name: "vfio_iommu_type1_info_cap_migration" },
        compat: { abi: "vfio", old: "v5.10", new: "v6.6" },
        review: {
            input: "Subject: [PATCH] vfio: Add a capability for caching\n\n--- a/include/uapi/linux/vfio.h\n+++ b/include/uapi/linux/vfio.h\n@@ -384,6 +384,13 @@ struct vfio_region_info_cap_nvlink2_ssatgt {\n  */\n #define VFIO_REGION_INFO_CAP_MSIX_MAPPABLE\t3\n \n+#define VFIO_REGION_INFO_CAP_CACHE\t9\n+\n+struct vfio_region_info_cap_cache {\n+\tstruct vfio_info_cap_header header;\n+\t__u32 policy;\n+\t__u64 stride;\n+};\n",
        },
    };
    const status = document.getElementById("status");
    const result = document.getElementById("result");
    const form = (tool) => document.getElementById(tool);
    const field = (tool, name) => form(tool).elements.namedItem(name);
    const known = new Map();
    let facts = null;
    let shown = "decode";

    /** The names of a release, asked once. */
    const names = async (abi, release) => {
        const key = `${abi} ${release}`;
        if (!known.has(key)) known.set(key, await playground.ask({ tool: "names", abi, release }));
        return known.get(key);
    };

    const fill = (select, values, wanted) => {
        select.replaceChildren(...values.map(([value, text]) => element("option", { value }, text)));
        if (values.some(([value]) => value === wanted)) select.value = wanted;
    };

    const same = (values) => values.map((value) => [value, value]);

    /** Sets the choices that depend on the ABI, the release and the ioctl; keeps what is wanted. */
    const choices = async (tool, wanted = {}) => {
        const value = (name) => wanted[name] ?? field(tool, name)?.value ?? "";
        if (!field(tool, "abi")) return;
        fill(field(tool, "abi"), same(facts.abis.map((abi) => abi.name)), value("abi") || "vfio");
        const { releases } = facts.abis.find((abi) => abi.name === field(tool, "abi").value);
        const newestFirst = [...releases].reverse();
        if (tool === "compat") {
            fill(field(tool, "old"), same(newestFirst), value("old") || releases[0]);
            fill(field(tool, "new"), same(newestFirst), value("new"));
            return;
        }
        fill(field(tool, "release"), same(newestFirst), value("release"));
        if (field(tool, "target")) {
            const all = tool === "layout" ? [["", "all targets"]] : [];
            fill(field(tool, "target"), [...all, ...same(facts.targets)], value("target"));
        }
        const found = await names(field(tool, "abi").value, field(tool, "release").value);
        if (tool === "reply") {
            const ioctls = found.ioctls.filter((ioctl) => ioctl.handlers.length > 0);
            fill(field(tool, "name"), same(ioctls.map((ioctl) => ioctl.name)), value("name") || "VFIO_DEVICE_GET_REGION_INFO");
            const ioctl = ioctls.find((one) => one.name === field(tool, "name").value);
            const handlers = ioctl?.handlers ?? [];
            fill(field(tool, "handler"), same(handlers.map((handler) => handler.name)), value("handler"));
            const handler = handlers.find((one) => one.name === field(tool, "handler").value);
            capabilityChoices(handler?.capabilities ?? [], wanted.capabilities);
        } else {
            const all = tool === "decode" ? [...found.structs, ...found.chains, ...found.ioctls.map((ioctl) => ioctl.name)] : found.structs;
            document.getElementById(`${tool}-names`).replaceChildren(...all.map((name) => element("option", { value: name })));
        }
    };

    const capabilityChoices = (all, wanted) => {
        const box = document.getElementById("capabilities");
        const checked = wanted ?? [...box.querySelectorAll("input:checked")].map((input) => input.value);
        const labels = all.map((name) => {
            const input = element("input", { type: "checkbox", name: "capabilities", value: name });
            input.checked = checked.includes(name);
            return element("label", {}, input, ` ${name}`);
        });
        box.replaceChildren(box.querySelector("legend"), ...labels);
        box.hidden = all.length === 0;
    };

    /** The state of a form, without what is empty. */
    const state = (tool) => {
        const found = {};
        for (const [name, value] of new FormData(form(tool))) {
            if (typeof value !== "string" || value === "") continue;
            if (name === "capabilities") (found.capabilities ??= []).push(value);
            else found[name] = value;
        }
        return found;
    };

    const link = (tool) => {
        const parameters = new URLSearchParams({ tool });
        for (const [name, value] of Object.entries(state(tool))) {
            for (const one of [value].flat()) parameters.append(name, one);
        }
        history.replaceState(null, "", `#${parameters}`);
    };

    const run = async (tool) => {
        const { input = "", ...question } = state(tool);
        if (input.length > MOST_BYTES) {
            result.replaceChildren(element("p", { class: "error" }, "The input is longer than 1 MiB."));
            return;
        }
        link(tool);
        if (question.argsz !== undefined) question.argsz = Number(question.argsz);
        const answer = await playground.ask({ ...question, tool }, input);
        const failed = answer.failure !== undefined;
        result.replaceChildren(...failed ? [element("p", { class: "error" }, `Error: ${answer.failure}`)] : views[tool](answer));
        result.dataset.tool = tool;
    };

    const show = (tool, focus = false) => {
        shown = tool;
        for (const one of TOOLS) {
            const tab = document.getElementById(`tab-${one}`);
            form(one).hidden = one !== tool;
            tab.setAttribute("aria-selected", String(one === tool));
            tab.tabIndex = one === tool ? 0 : -1;
            if (focus && one === tool) tab.focus();
        }
        result.replaceChildren();
    };

    /** Shows what a link holds. */
    const open = async () => {
        const parameters = new URLSearchParams(location.hash.slice(1));
        const asked = parameters.get("tool");
        const tool = TOOLS.includes(asked) ? asked : "decode";
        show(tool);
        if (!asked) {
            await choices(tool);
            return;
        }
        await put(tool, { ...Object.fromEntries(parameters), capabilities: parameters.getAll("capabilities") });
    };

    /** Fills a form and runs it. */
    const put = async (tool, wanted) => {
        await choices(tool, wanted);
        for (const name of ["name", "input", "argsz"]) {
            const one = field(tool, name);
            if (one && wanted[name] !== undefined) one.value = wanted[name];
        }
        await run(tool);
    };

    /** The text of a file; digits if it is no text. */
    const textOf = async (file) => {
        const bytes = new Uint8Array(await file.arrayBuffer());
        try {
            const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
            if (!text.includes("\0")) return text;
        } catch { /* It is no text. */ }
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").replace(/.{64}/g, "$&\n");
    };

    const listen = (tool) => {
        const tab = document.getElementById(`tab-${tool}`);
        tab.addEventListener("click", async () => {
            show(tool);
            await choices(tool);
            link(tool);
        });
        tab.addEventListener("keydown", async (event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (!step) return;
            const next = TOOLS[(TOOLS.indexOf(tool) + step + TOOLS.length) % TOOLS.length];
            show(next, true);
            await choices(next);
        });
        form(tool).addEventListener("submit", (event) => {
            event.preventDefault();
            run(tool);
        });
        form(tool).addEventListener("change", async (event) => {
            if (event.target.type !== "file") {
                if (event.target.tagName === "SELECT") await choices(tool);
                return;
            }
            const [file] = event.target.files;
            if (!file) return;
            if (file.size > MOST_BYTES) {
                result.replaceChildren(element("p", { class: "error" }, "The file is longer than 1 MiB."));
                return;
            }
            field(tool, "input").value = await textOf(file);
            await run(tool);
        });
        form(tool).querySelector(".example")?.addEventListener("click", () => put(tool, EXAMPLES[tool]));
    };

    const begin = async () => {
        try {
            await playground.load();
            facts = await playground.ask({ tool: "start" });
        } catch (error) {
            status.textContent = `The module cannot be loaded: ${error.message}`;
            status.className = "error";
            return;
        }
        TOOLS.forEach(listen);
        window.addEventListener("hashchange", open);
        await open();
        status.hidden = true;
        document.body.dataset.ready = "yes";
    };

    begin();
}
