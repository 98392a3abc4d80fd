# Prints sizes, offsets and constants of the Python package in the folder that the
# first argument names; the second is the package.

import ctypes
import importlib
import sys

sys.path.insert(0, sys.argv[1])
package = sys.argv[2]
structs = importlib.import_module(package + ".structs")


def fields(struct):
    """The names of all fields but padding; of an anonymous union, its members."""
    for name, type_ in struct._fields_:
        if name in getattr(struct, "_anonymous_", ()):
            yield from fields(type_)
        elif not name.startswith("_padding_"):
            yield name


for name, struct in vars(structs).items():
    if isinstance(struct, type) and issubclass(struct, ctypes.Structure):
        print(f"size {name} {ctypes.sizeof(struct)}")
        for field in fields(struct):
            print(f"offset {name}.{field} {getattr(struct, field).offset}")

for module in ("numbers", "ioctls"):
    for name, value in vars(importlib.import_module(f"{package}.{module}")).items():
        if isinstance(value, (int, str)) and not name.startswith("_"):
            print(f"constant {name} {value}")
