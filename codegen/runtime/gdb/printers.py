import gdb
import gdb.printing

def printers(name, numbers, structs, chains):
    """The printers of an ABI. All names are its own: gdb has one space of names for all
    scripts, those of other ABIs among them."""

    # Elements of a counted array, and capabilities of a chain, that are printed at most.
    MOST_ELEMENTS = 256
    MOST_CAPABILITIES = 256

    def plain(number):
        """A number in decimal, and in hexadecimal where that is more readable."""
        return str(number) if 0 <= number <= 9 else f"{number} ({number & 0xFFFFFFFFFFFFFFFF:#x})"

    def is_one_bit(number):
        return number > 0 and number & (number - 1) == 0

    def flags_text(bits, values, ids):
        """The names of the set flags, and the remaining bits as a number."""
        rest, parts = bits, []
        for number, short, _ in values:
            if is_one_bit(number) and rest & number:
                parts.append(short)
                rest &= ~number
        for number, short, _ in values:
            if is_one_bit(number):
                continue
            part, rest = rest & number, rest & ~number
            named = [value[1] for value in ids if value[0] == bits & number]
            if named:
                parts.insert(0, named[0])
            elif part:
                parts.append(f"{short}={part:#x}")
        if rest:
            parts.append(f"{rest:#x}")
        return f"{' | '.join(parts)} ({bits:#x})" if parts else "0"

    def number_text(number, field):
        """A number with its names, as `capchain decode` prints it."""
        group = numbers[field["numbers"]] if "numbers" in field else None
        if group and group["flags"]:
            ids = numbers[field["ids"]]["values"] if "ids" in field else []
            return flags_text(number, group["values"], ids)
        values = group["values"] if group else []
        names = [short for value, short, _ in values if value == number][:1]
        for index in field.get("indexes", []):
            names += [name for value, _, name in numbers[index]["values"] if value == number]
        if not names:
            return plain(number)
        return f"{names[0]} ({number})" if group else f"{number} ({' or '.join(names)})"

    def byte_order():
        return "big" if "big" in gdb.execute("show endian", to_string=True) else "little"

    def bits_at(address, field):
        """Some bits of an integer: its offset, its width, the lowest bit and a mask."""
        offset, width, low, mask = field
        memory = gdb.selected_inferior().read_memory(address + offset, width)
        return int.from_bytes(memory.tobytes(), byte_order()) >> low & mask

    class StructPrinter:
        """A struct with the names of its numbers, and its capabilities if memory has them."""

        def __init__(self, value, name):
            self.value = value
            self.name = name

        def children(self):
            yield from self.fields(self.value)
            chain = chains.get(self.name)
            if chain and self.value.address is not None:
                yield from self.capabilities(chain, int(self.value.address))

        def fields(self, value):
            known = structs[self.name]
            for field in value.type.fields():
                if not field.name:
                    yield from self.fields(value[field])
                    continue
                description = known.get(field.name, {})
                part = value[field]
                type_ = part.type.strip_typedefs()
                if type_.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_ENUM):
                    number = int(part)
                    if number or not description.get("reserved"):
                        yield field.name, number_text(number, description)
                elif "count" in description and type_.code == gdb.TYPE_CODE_ARRAY:
                    yield field.name, self.counted(part, int(value[description["count"]]))
                else:
                    yield field.name, part

        def counted(self, array, count):
            """As many elements as the count says."""
            if not count or array.address is None:
                return "{}"
            type_ = array.type.strip_typedefs().target().array(min(count, MOST_ELEMENTS) - 1)
            return array.address.cast(type_.pointer()).dereference()

        def capabilities(self, chain, start):
            argsz, flags = int(self.value[chain["argsz"]]), int(self.value[chain["flags"]])
            if chain["cap_offset"] not in [field.name for field in self.value.type.fields()]:
                return
            offset = int(self.value[chain["cap_offset"]]) if flags & chain["flag"] else 0
            if not offset:
                return
            seen = set()
            while len(seen) < MOST_CAPABILITIES:
                if offset < chain["bound"] or offset + chain["size"] > argsz or offset in seen:
                    yield f"[{offset}]", "error: no capability can start here"
                    return
                seen.add(offset)
                yield self.capability(chain, start, offset)
                following = bits_at(start + offset, chain["next"])
                if following == chain["end"]:
                    return
                offset = following if chain["from_reply"] else offset + following

        def capability(self, chain, start, offset):
            number = bits_at(start + offset, chain["id"])
            version = bits_at(start + offset, chain["version"]) if chain["version"] else 1
            name, struct = chain["capabilities"].get(str(number), [None, None])
            try:
                type_ = gdb.lookup_type(f"struct {struct}") if struct else None
            except gdb.error:
                type_ = None
            head = f"[{offset}] {name or 'unknown capability'}"
            if type_ is None:
                return head, f"id {number}, version {version}"
            return head, gdb.Value(start + offset).cast(type_.pointer()).dereference()

    class AbiPrinters(gdb.printing.PrettyPrinter):
        """The printers of all structs."""

        def __call__(self, value):
            type_ = value.type.strip_typedefs()
            if type_.code == gdb.TYPE_CODE_STRUCT and type_.tag in structs:
                return StructPrinter(value, type_.tag)
            return None

    return AbiPrinters(name)


gdb.printing.register_pretty_printer(
    None, printers(NAME, NUMBERS, STRUCTS, CHAINS), replace=True
)
