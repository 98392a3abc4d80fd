// Views of answers: bytes coloured by field, tables, and the text of the command.
"use strict";

{
    const COLOURS = 8;

    const element = (name, attributes = {}, ...children) => {
        const made = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
        made.append(...children);
        return made;
    };

    /** The values that are shown in their own row, with their depth. */
    const rows = (values, depth = 0) => values.flatMap((value) => {
        const inner = Array.isArray(value.value) ? value.value : [];
        return [{ ...value, depth }, ...rows(inner, depth + 1)];
    });

    /** The rows of a reply: its fields, then each capability with its header and fields. */
    const replyRows = (decoded) => {
        const caps = decoded.caps.flatMap((cap) => [
            {
                name: cap.constant ?? `unknown capability ${cap.id}`,
                type: "capability",
                text: `id ${cap.id}, version ${cap.version}, ${cap.next ? `next at ${cap.next}` : "the last"}`,
                offset: cap.at,
                size: cap.size,
                depth: 0,
            },
            ...rows(cap.fields, 1),
        ]);
        return [...rows(decoded.fields), ...caps];
    };

    const shownText = (row) => {
        const gate = row.when && row.when.given !== true ? ` (valid with ${row.when.name})` : "";
        if (row.text != null) return row.text + gate;
        if (typeof row.value === "string") return row.value + gate;
        return gate;
    };

    const table = (head, body) => element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": head.join(", ") },
        element("table", {},
            element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
            element("tbody", {}, ...body)));

    /** The bytes in rows of 16, each with the colour of its innermost field. */
    const byteRows = (bytes, found, marks) => {
        const colours = new Array(bytes.length).fill(null);
        const names = new Array(bytes.length).fill("");
        found.forEach((row, index) => {
            for (let at = row.offset; at < Math.min(row.offset + row.size, bytes.length); at++) {
                colours[at] = index % COLOURS;
                names[at] = row.name;
            }
        });
        const wrong = (at) => marks.some((mark) => at >= mark.offset && at < mark.offset + mark.size);
        const view = element("div", { class: "bytes", role: "img", "aria-label": "The bytes, coloured by field; the table lists them" });
        for (let start = 0; start < bytes.length; start += 16) {
            const line = element("div", { class: "line" }, element("span", { class: "offset" }, String(start)));
            for (let at = start; at < Math.min(start + 16, bytes.length); at++) {
                const kind = ["byte", colours[at] == null ? "" : `colour${colours[at]}`, wrong(at) ? "wrong" : ""].join(" ");
                const text = bytes[at] == null ? "??" : bytes[at].toString(16).padStart(2, "0");
                line.append(element("span", { class: kind, title: `${at}: ${names[at] || "no field"}` }, text));
            }
            view.append(line);
        }
        return view;
    };

    /** Decoded bytes: the error, the bytes and the fields. */
    const decodedView = (decoded, bytes) => {
        const found = replyRows(decoded);
        const marks = decoded.error?.marks ?? [];
        const parts = [];
        if (decoded.error) {
            const at = marks.length > 0 ? ` (byte ${marks[0].offset})` : "";
            parts.push(element("p", { class: "error" }, `Error: ${decoded.error.message}${at}`));
        }
        if (decoded.short) parts.push(element("p", { class: "note" }, `Short reply: it needs ${decoded.need} bytes.`));
        for (const note of decoded.notes) parts.push(element("p", { class: "note" }, note));
        parts.push(byteRows(bytes, found, marks));
        parts.push(table(["Offset", "Name", "Type", "Value"], found.map((row, index) => element("tr", {},
            element("td", { class: "number" }, String(row.offset)),
            element("th", { scope: "row", style: `padding-left: ${0.5 + row.depth}em` },
                element("span", { class: `swatch colour${index % COLOURS}`, "aria-hidden": "true" }), row.name),
            element("td", {}, row.type),
            element("td", {}, shownText(row))))));
        return parts;
    };

    /** The number of parts of a log that are shown with their bytes; the text has all. */
    const MOST_PARTS = 50;

    /** The parts of a log or of a dump of spaces, each below its heading. */
    const partViews = (parts, bytes, heading) => {
        const shown = parts.slice(0, MOST_PARTS).flatMap((part, index) => [
            element("h3", {}, heading(part)),
            ...bytes[index]
                ? decodedView(part, bytes[index])
                : [element("p", { class: "error" }, `Error: ${part.error.message}`)],
        ]);
        if (parts.length > MOST_PARTS) {
            const text = `These are the first ${MOST_PARTS} of ${parts.length} parts; the text below has all.`;
            shown.push(element("p", { class: "note" }, text));
        }
        return shown;
    };

    const decodeViews = ({ json, bytes }) => {
        if (json.calls) return partViews(json.calls, bytes, (call) => `Line ${call.line}${call.head ? `: ${call.head}` : ""}`);
        if (json.spaces) {
            const spaces = json.spaces.map((space) => ({
                ...space,
                caps: space.chains.flatMap((chain) => chain.caps),
                error: space.error ?? space.chains.find((chain) => chain.error)?.error,
            }));
            return partViews(spaces, bytes, (space) => space.label ?? space.struct);
        }
        return decodedView(json, bytes[0]);
    };

    const textView = (answer) => element("details", { open: "" },
        element("summary", {}, `As the command prints it (exit code ${answer.code})`),
        element("pre", { tabindex: "0" }, answer.text));

    const warningViews = (answer) => (answer.warnings ?? []).map((text) => element("p", { class: "note" }, `Warning: ${text}`));

    const findingView = (code, subject, message, broken, details) => element("li", { class: broken ? "error" : "note" },
        element("strong", {}, `${code} ${subject ?? ""}`), ` ${message}`,
        ...details.map((text) => element("div", {}, text)));

    const replyView = (answer) => {
        const reply = answer.json.answers[0];
        const outcome = reply.error
            ? `${reply.release}, ${reply.handler}: ${reply.ioctl} fails with ${reply.error} for argsz ${reply.argsz}.`
            : `${reply.release}, ${reply.handler}: ${reply.ioctl} works with argsz ${reply.argsz}; the whole reply needs ${reply.need} bytes.`;
        const written = reply.written.map(([start, end]) => `${start} to ${end}`).join(", ");
        const parts = [element("p", { class: reply.error ? "error" : "good" }, outcome)];
        parts.push(element("p", {}, `The handler reads ${reply.read} bytes, and writes ${written ? `bytes ${written}` : "nothing"}.`));
        if (reply.past) parts.push(element("p", { class: "error" }, `It writes past the buffer: bytes ${reply.past.join(" to ")}.`));
        if (reply.decoded) parts.push(...decodedView(reply.decoded, reply.bytes));
        return parts;
    };

    playground.element = element;
    playground.views = {
        decode: (answer) => [...warningViews(answer), ...decodeViews(answer), textView(answer)],
        layout: (answer) => [...warningViews(answer), textView(answer)],
        compat: (answer) => [
            element("ul", { class: "findings" }, ...answer.json.findings.map((one) => {
                const finding = one.finding ?? one;
                const details = finding.affected ? [`Harmed: ${finding.affected}`] : [];
                return findingView(finding.code, finding.subject, finding.message, (one.verdict ?? "") === "breaks", details);
            })),
            textView(answer),
        ],
        review: (answer) => [
            element("ul", { class: "findings" }, ...answer.json.series.flatMap((series) => series.findings).map((one) =>
                findingView(one.code ?? "", one.subject, one.message, one.effect === "breaks", one.line ? [`Line ${one.line}: ${one.text}`] : []))),
            textView(answer),
        ],
        reply: (answer) => [...warningViews(answer), ...replyView(answer), textView(answer)],
    };
}
