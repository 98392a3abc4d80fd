# Prints the conformance text of chains in a space by the Python package. The arguments are
# the folder of the package and its name. Each line of the input has a chain and the bytes in
# hexadecimal.

import importlib
import sys

sys.path.insert(0, sys.argv[1])
abi = importlib.import_module(sys.argv[2])


def lines(name, value):
    """The lines of a field."""
    if isinstance(value, int):
        yield f"  {name}={value}"
    elif isinstance(value, bytes):
        yield f"  {name}={value.hex()}"
    elif isinstance(value, dict):
        for member, one in value.items():
            yield from lines(f"{name}.{member}", one)
    else:
        for nth, one in enumerate(value):
            yield from lines(f"{name}[{nth}]", one)


def error_line(error):
    """The line of an error."""
    text = f"error {error.kind} at={error.at}"
    if error.id is not None:
        text += f" id={error.id} need={error.required_size} size={error.size}"
    return text


def answer(chain, space):
    """The lines of a chain."""
    yield "reply argsz=none need=none"
    try:
        for cap in getattr(abi, f"{chain}_caps")(space):
            if cap.error:
                yield error_line(cap.error)
                continue
            name = cap.name or "?"
            yield f"cap at={cap.offset} id={cap.id} version={cap.version} name={name}"
            fields = cap.fields
            layout = cap.known.layout if cap.known else None
            for field in layout.fields if layout else ():
                if field.name in cap.unknown:
                    yield f"  {field.name}=?"
                elif field.name in fields:
                    yield from lines(field.name, fields.pop(field.name))
            for field, value in fields.items():
                yield from lines(field, value)
            yield f"  bytes={len(cap.data)}"
    except abi.SpaceError as error:
        yield error_line(error)


for line in sys.stdin:
    chain, digits = line.rstrip("\n").split(" ")
    for text in answer(chain, bytes.fromhex(digits)):
        print(text)
    print(".")
