// Questions for the decoder with the answers of the command line: the vectors of the
// repository, and replies of real kernels.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const VECTORS = "codegen/tests/vectors";
const CAPTURES = ["codegen/tests/captures", "codegen/tests/live"];
const HOSTS = { device: "vfio_device_info", region: "vfio_region_info", type1: "vfio_iommu_type1_info" };
const STRUCTS = {
    VFIO_DEVICE_GET_INFO: "vfio_device_info",
    VFIO_DEVICE_GET_IRQ_INFO: "vfio_irq_info",
    VFIO_DEVICE_GET_PCI_HOT_RESET_INFO: "vfio_pci_hot_reset_info",
    VFIO_DEVICE_GET_REGION_INFO: "vfio_region_info",
    VFIO_GROUP_GET_STATUS: "vfio_group_status",
    VFIO_IOMMU_GET_INFO: "vfio_iommu_type1_info",
};
const capchain = resolve("target/debug/capchain");
const elsewhere = mkdtempSync(join(tmpdir(), "playground-"));

/** Every vector: the text of its bytes, with comments. */
function vectors() {
    return readdirSync(VECTORS).flatMap((file) => {
        const text = readFileSync(join(VECTORS, file), "utf8");
        const name = HOSTS[/^chain: (\S+)/m.exec(text)[1]];
        return text.split(/^ {2}- name: /m).slice(1).map((part) => ({
            name,
            target: /^ {4}target: (\S+)/m.exec(part)?.[1] ?? "x86_64",
            input: /^ {4}bytes: \|\n((?: {6}.*\n|\n)*)/m.exec(part)[1].replaceAll(/^ {6}/gm, ""),
        }));
    });
}

/** Different replies of kernels, spread over all captures. */
function captures(count) {
    const own = CAPTURES.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
    const folder = process.env.CAPCHAIN_CAPTURES;
    const others = folder ? readdirSync(folder).map((file) => join(folder, file)) : [];
    const found = new Set();
    for (const file of [...own, ...others].filter((path) => path.endsWith(".jsonl"))) {
        let ioctl = "";
        for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
            const row = JSON.parse(line);
            ioctl = row.ioctl ?? ioctl;
            // A packed row: argsz, fill, return value, errno, length, bytes.
            const bytes = Array.isArray(row) ? row[5] : row.out_hex;
            if (bytes && STRUCTS[ioctl]) found.add(`${STRUCTS[ioctl]} ${bytes}`);
        }
    }
    const all = [...found];
    const step = Math.max(all.length / count, 1);
    const chosen = Array.from({ length: Math.min(count, all.length) }, (_, at) => all[Math.floor(at * step)]);
    return chosen.map((one) => {
        const [name, input] = one.split(" ");
        return { name, target: "x86_64", input };
    });
}

/** Logs with several calls, dumps without names, and spaces. */
function logs(captured) {
    const named = captured.slice(0, 12);
    const space = (label) => `${label} a device\n00: 86 80 15 12 07 04 10 00 01 00 00 02 00 00 00 00\n`;
    const calls = named.map(({ name, input }) => `[   12.345678] ${name}:\n${input}\n`);
    const inputs = [
        ["", calls.join("")],
        [named[0].name, calls.join("done\n")],
        ["", [...calls.slice(0, 3), "vfio_region_info: zz\n"].join("")],
        ["", named.map(({ input }) => `${input}\n`).join("\n")],
        [named[0].name, named.map(({ input }) => `${input}\n`).join("")],
        ["", "ioctl(14, VFIO_DEVICE_GET_INFO, 0x7ffc0b2ce4b0) = 0\n"],
        ["ioctl(14, 0x3b6d, 0x7ffc0b2ce4b0) = 0", "10 00 00 00 05 00 00 00 00 00 00 00 01 00 00 00"],
        ["", `${"00000000\n".repeat(2000)}`],
        ["", space("00:1f.2")],
        ["pci_header", space("00:1f.2") + space("00:1f.3"), "pci"],
        ["", space("00:1f.2") + space("00:1f.3"), "pci"],
        ["pci_header", "86 80 15 12", "pci"],
    ];
    return inputs.map(([name, input, abi = "vfio"]) => ({ name, input, abi, target: "x86_64" }));
}

export function cases(count) {
    const captured = captures(count);
    const all = { vectors: vectors(), captures: captured, logs: logs(captured) };
    if (all.vectors.length < 40) throw new Error(`${all.vectors.length} vectors`);
    return all;
}

/** The exit code, the output and the message of a command outside of the repository. */
export function command(args, input = "") {
    return new Promise((done) => {
        const child = spawn(capchain, args, { cwd: elsewhere });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (data) => { stdout += data; });
        child.stderr.on("data", (data) => { stderr += data; });
        child.on("close", (code) => {
            const message = /^error: (?:standard input: )?([^]*)\n$/m.exec(stderr);
            done({ code, stdout, message: message?.[1] });
        });
        child.stdin.on("error", () => {});
        child.stdin.end(input);
    });
}

/** The difference between an answer and the command line, or null. */
export async function difference(answer, args, input) {
    const text = await command(args, input);
    if (answer.failure !== undefined || text.message !== undefined) {
        return answer.failure === text.message ? null : `${answer.failure} / ${text.message}`;
    }
    if (answer.code !== text.code) return `exit code ${answer.code} / ${text.code}`;
    if (answer.text !== text.stdout) return `${answer.text} / ${text.stdout}`;
    const object = await command([...args, "--format", "json"], input);
    const wanted = JSON.stringify(JSON.parse(object.stdout));
    const given = JSON.stringify(answer.json);
    return given === wanted ? null : `${given} / ${wanted}`;
}

/** Questions about replies. */
function replies() {
    const cap = "VFIO_REGION_INFO_CAP_SPARSE_MMAP";
    const asked = [
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v5.10", 40, [cap]],
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v5.10", 200, [cap]],
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v4.5", 40, []],
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v5.10", 8, []],
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v5.10", 5000, []],
        ["VFIO_DEVICE_GET_REGION_INFO", "no_such", "v5.10", 40, []],
        ["VFIO_DEVICE_GET_REGION_INFO", "vfio_pci", "v5.10", 40, ["VFIO_NO_CAP"]],
        ["VFIO_DEVICE_GET_REGION_INF", "vfio_pci", "v5.10", 40, []],
    ];
    return asked.map(([name, handler, release, argsz, capabilities]) => [
        { tool: "reply", abi: "vfio", name, handler, release, argsz, capabilities },
        ["reply", "--abi", "vfio", name, "--handler", handler, "--at", release, "--argsz", String(argsz),
            ...capabilities.flatMap((one) => ["--cap", one])],
    ]);
}

/** Questions of the other tools, with the command that answers them. */
export function others() {
    const patch = readdirSync("codegen/tests/mails").filter((file) => file.endsWith(".eml")).slice(0, 6);
    return [
        [{ tool: "layout", abi: "vfio" }, ["layout", "--abi", "vfio"]],
        [{ tool: "layout", abi: "vfio", name: "vfio_region_info", target: "i686", release: "v6.1" },
            ["layout", "--abi", "vfio", "vfio_region_info", "--target", "i686", "--at", "v6.1"]],
        [{ tool: "layout", abi: "iommufd" }, ["layout", "--abi", "iommufd"]],
        [{ tool: "layout", abi: "vfio", name: "vfio_regon_info" }, ["layout", "--abi", "vfio", "vfio_regon_info"]],
        [{ tool: "compat", abi: "vfio", old: "v5.10", new: "v6.6" }, ["compat", "--abi", "vfio", "v5.10", "v6.6"]],
        [{ tool: "compat", abi: "vfio", old: "v4.4", new: "v4.7" }, ["compat", "--abi", "vfio", "v4.4", "v4.7"]],
        [{ tool: "compat", abi: "vfio", old: "v3.6", new: "v7.3" }, ["compat", "--abi", "vfio", "v3.6", "v7.3"]],
        ...replies(),
        ...patch.map((file) => {
            const input = readFileSync(join("codegen/tests/mails", file), "utf8");
            return [{ tool: "review" }, ["review"], input];
        }),
    ];
}
