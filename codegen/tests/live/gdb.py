# Runs in the gdb of the guest: prints the struct of every call that the probe captures, with
# the printers, a JSON object a line. The probe itself prints the bytes.
import json

import gdb

gdb.execute("set startup-with-shell off")
gdb.execute("set debuginfod enabled off")
gdb.execute("source /vfio_abi.py")
print("GNU gdb " + gdb.VERSION)

with open("/abi.json") as file:
    STRUCTS = {one["name"]: one["argument"].get("struct") for one in json.load(file)["ioctls"]}


class Captured(gdb.Breakpoint):
    """After a captured call."""

    def stop(self):
        ioctl = gdb.parse_and_eval("q->name").string()
        value = gdb.parse_and_eval(f"*(struct {STRUCTS[ioctl]} *)buf")
        text = value.format_string()
        argsz = int(gdb.parse_and_eval("argsz"))
        result = int(gdb.parse_and_eval("value"))
        row = {"printed": text, "ioctl": ioctl, "argsz": argsz, "result": result}
        print(json.dumps(row), flush=True)
        return False


Captured("probe.c:@LINE@")
gdb.execute("run")
