# Prints the conformance text of replies by the Python package. The arguments are the
# folder of the package, its name, and a table of the capabilities in JSON. Each line of the
# input has a chain, a byte order, a layout and the bytes in hexadecimal.

import importlib
import json
import sys

sys.path.insert(0, sys.argv[1])
abi = importlib.import_module(sys.argv[2])
with open(sys.argv[3], encoding="utf-8") as file:
    table = json.load(file)

ERROR_VALUES = {"body_short": "need", "count_out_of_bounds": "count", "overlap": "next"}


def element_lines(array, name, elements):
    """The lines of an array."""
    if array["element"] == "bytes":
        return [f"  {name}={bytes(elements).hex()}"]
    if array["element"] == "int":
        return [f"  {name}[{nth}]={each}" for nth, each in enumerate(elements)]
    return [
        f"  {name}[{nth}].{member}={getattr(each, member)}"
        for nth, each in enumerate(elements)
        for member in array["members"]
    ]


def cap_lines(cap, caps):
    """The lines of a capability."""
    name = cap.name or "?"
    yield f"cap at={cap.offset} id={cap.id} version={cap.version} name={name}"
    known = caps.get(str(cap.id)) if cap.name else None
    if known and known["struct"]:
        body = cap.read(getattr(abi, known["struct"]))
        for field, version in known["fields"]:
            if cap.version >= version:
                yield f"  {field}={getattr(body, field)}"
        array = known["array"]
        if array:
            elements = cap.elements(getattr(abi.structs, array["type"], None)
                                    or getattr(abi.structs.ctypes, array["type"]))
            yield from element_lines(array, array["field"], elements)
    yield f"  bytes={len(cap.data)}"


def answer(chain, reply):
    """The lines of a reply."""
    try:
        if chain["reply"]:
            found = getattr(abi, chain["python"])(reply)
            need = found.required_size
            yield f"reply argsz={found.argsz} need={'none' if need is None else need}"
            caps = found.caps()
        else:
            caps = getattr(abi, chain["python"])(reply)
            yield "reply argsz=none need=none"
        for cap in caps:
            yield from cap_lines(cap, chain["caps"])
    except abi.ReplyError as error:
        yield f"too_short len={error.size} minsz={error.minsz}"
    except abi.ChainError as error:
        text = f"error {error.kind} at={error.at}"
        if error.kind in ERROR_VALUES:
            text += f" id={error.id} {ERROR_VALUES[error.kind]}={error.value}"
        yield text


for line in sys.stdin:
    name, order, layout, digits = line.rstrip("\n").split(" ")
    native = order == ("le" if sys.byteorder == "little" else "be")
    if native and layout == "lp64" and name in table:
        for text in answer(table[name], bytes.fromhex(digits)):
            print(text)
    else:
        print("?")
    print(".")
