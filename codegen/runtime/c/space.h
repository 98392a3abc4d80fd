/* The errors of a chain in a space. Every value is below every errno. */
enum capchain_space_error_kind {
	/* a capability starts at the end of its chain or after it */
	CAPCHAIN_SPACE_OUT_OF_BOUNDS = -65601,
	/* a capability starts before its chain */
	CAPCHAIN_SPACE_TOO_LOW = -65602,
	/* the chain ends inside a capability's header */
	CAPCHAIN_SPACE_HEADER_CUT = -65603,
	/* the chain returns to a capability that was visited before */
	CAPCHAIN_SPACE_CYCLE = -65604,
	/* from a reader: a capability ends before its fields do */
	CAPCHAIN_SPACE_BODY_LIMITED = -65605,
};

/* The description of an error in a space. */
static inline const char *capchain_space_error_text(int kind)
{
	switch (kind) {
	case CAPCHAIN_SPACE_OUT_OF_BOUNDS:
		return "a capability starts after its chain";
	case CAPCHAIN_SPACE_TOO_LOW:
		return "a capability starts before its chain";
	case CAPCHAIN_SPACE_HEADER_CUT:
		return "the chain ends inside a capability's header";
	case CAPCHAIN_SPACE_CYCLE:
		return "the chain returns to an earlier capability";
	case CAPCHAIN_SPACE_BODY_LIMITED:
		return "a capability ends before its fields do";
	default:
		return "unknown error";
	}
}

/*
 * A block of little-endian bytes: in memory, or in a device that a function
 * reads. The function gets an offset that is a multiple of the width (1, 2 or
 * 4) and below the size, and returns the number. If an access fails, it
 * returns all ones, as a device that is gone does.
 */
struct capchain_space {
	const __u8 *bytes;	/* null if a function reads */
	__u32	size;
	__u32	(*read)(void *context, __u32 at, __u32 width);
	void	*context;
};

/* A space in memory. */
static inline struct capchain_space capchain_space_of(const void *buf,
						      capchain_size len)
{
	struct capchain_space space;

	CAPCHAIN__CLEAR(&space);
	space.bytes = CAPCHAIN__CAST(const __u8 *, buf);
	space.size = len > 0xffffffff ? 0xffffffff : CAPCHAIN__CAST(__u32, len);
	return space;
}

/* A space that a function reads. */
static inline struct capchain_space capchain_space_read_by(
		__u32 (*read)(void *context, __u32 at, __u32 width),
		void *context, __u32 size)
{
	struct capchain_space space;

	CAPCHAIN__CLEAR(&space);
	space.read = read;
	space.context = context;
	space.size = size;
	return space;
}

/* Reads 1, 2 or 4 bytes at a multiple of the width, inside of the space. */
static inline __u32 capchain__space_access(const struct capchain_space *space,
					   __u32 at, __u32 width)
{
	__u32 number = 0, nth;

	if (!space->bytes)
		return space->read(space->context, at, width);
	for (nth = width; nth > 0; nth--)
		number = number << 8 | space->bytes[at + nth - 1];
	return number;
}

/* Reads up to 8 bytes inside of the space, by aligned accesses. */
static inline __u64 capchain__space_number(const struct capchain_space *space,
					   __u32 at, __u32 width)
{
	__u64 number = 0;
	__u32 nth;

	if ((width == 1 || width == 2 || width == 4) && !(at % width))
		return capchain__space_access(space, at, width);
	if (width == 8 && !(at % 4)) {
		number = capchain__space_access(space, at + 4, 4);
		return number << 32 | capchain__space_access(space, at, 4);
	}
	for (nth = width; nth > 0; nth--)
		number = number << 8 |
			 capchain__space_access(space, at + nth - 1, 1);
	return number;
}

/* Bits of an integer in a struct. */
struct capchain__space_bits {
	__u32	at;	/* offset of the integer in the struct */
	__u32	width;	/* bytes of the integer; 0 if there are no bits */
	__u32	low;	/* the lowest bit */
	__u64	mask;	/* applied after the shift */
};

/* A value of some bits. */
struct capchain__space_value {
	struct capchain__space_bits bits;
	__u64	value;
};

/* The rules of a chain in a space, and the format of its headers. */
struct capchain__space_format {
	__u32	size;			/* size of the header */
	struct capchain__space_bits id;
	struct capchain__space_bits version;	/* without bits, always 1 */
	struct capchain__space_bits next;
	__u64	end;			/* the next that ends the chain */
	int	from_space;		/* next counts from the space's start */
	/* values that mean that there is no capability; ends with no bits */
	const struct capchain__space_value *empty;
	__u32	first;			/* lowest offset of a capability */
	__u32	limit;			/* first offset after the chain */
	__u32	align;
};

/* A capability in a space. */
struct capchain_space_cap {
	const struct capchain_space *space;
	__u32	at;		/* its offset */
	__u32	id;
	__u32	version;
	__u32	next;		/* offset of the next one; 0 for the last */
	__u32	size;		/* number of bytes that can belong to it */
	__u32	need;		/* if these are too few for its fields: how
				   many they need; else 0 */
	__u32	other_at;	/* the capability of another chain on which */
	__u32	other_size;	/* fields depend; size 0 if it is not there */
};

/* The most offsets that a capability can have, in words of 32 bits. */
#define CAPCHAIN__SPACE_SLOTS	CAPCHAIN_SLOTS

/* The walk over a chain in a space. It ends on every input. */
struct capchain_space_walk {
	const struct capchain_space *space;
	__u32	end;		/* end of the chain in this space */
	__u32	at;		/* offset of the next capability */
	int	state;		/* 1 during the walk, 0 at its end, or error */
	__u32	error_at;	/* offset of the capability with the error */
	__u32	other_at;	/* as in every capability that it visits */
	__u32	other_size;
	__u32	visited[CAPCHAIN__SPACE_SLOTS];
};

/* The value of bits in an integer. */
static inline __u64 capchain__space_field(
		const struct capchain__space_bits *bits, __u64 number)
{
	return number >> bits->low & bits->mask;
}

/* Reads bits at the start of a space: 1, or 0 if the space ends before. */
static inline int capchain__space_start_bits(
		const struct capchain_space *space,
		const struct capchain__space_bits *bits, __u64 *value)
{
	*value = 0;
	if (bits->at > space->size || space->size - bits->at < bits->width)
		return 0;
	*value = capchain__space_field(bits,
			capchain__space_number(space, bits->at, bits->width));
	return 1;
}

/* Reads bits of a capability: 1, or 0 if it ends before. */
static inline int capchain__space_cap_bits(
		const struct capchain_space_cap *cap,
		const struct capchain__space_bits *bits, __u64 *value)
{
	*value = 0;
	if (bits->at > cap->size || cap->size - bits->at < bits->width)
		return 0;
	*value = capchain__space_field(bits,
			capchain__space_number(cap->space, cap->at + bits->at,
					       bits->width));
	return 1;
}

/* A number of a capability; 0 if the capability ends before. */
static inline __u64 capchain_space_get(const struct capchain_space_cap *cap,
				       __u32 offset, __u32 width)
{
	if (offset > cap->size || cap->size - offset < width || width > 8)
		return 0;
	return capchain__space_number(cap->space, cap->at + offset, width);
}

/* The empty walk. */
static inline struct capchain_space_walk capchain__space_no_walk(
		const struct capchain_space *space)
{
	struct capchain_space_walk walk;

	CAPCHAIN__CLEAR(&walk);
	walk.space = space;
	return walk;
}

/*
 * A walk that starts with the capability at first. There is no chain in a
 * space that ends before it.
 */
static inline struct capchain_space_walk capchain__space_start(
		const struct capchain__space_format *format,
		const struct capchain_space *space, __u64 first)
{
	struct capchain_space_walk walk = capchain__space_no_walk(space);

	walk.end = space->size < format->limit ? space->size : format->limit;
	walk.at = first > 0xffffffff ? 0xffffffff : CAPCHAIN__CAST(__u32, first);
	walk.state = walk.end > format->first;
	return walk;
}

/*
 * A walk whose capabilities depend on one of another chain: a cleared one if
 * it is not there.
 */
static inline struct capchain_space_walk capchain__space_beside(
		struct capchain_space_walk walk,
		const struct capchain_space_cap *other)
{
	walk.other_at = other->at;
	walk.other_size = other->version ? other->size : 0;
	return walk;
}

/* Ends a walk with an error. */
static inline int capchain__space_fail(struct capchain_space_walk *walk,
				       int kind)
{
	walk->error_at = walk->at;
	walk->state = kind;
	return kind;
}

/* Checks that a capability can be at an offset and was not visited before. */
static inline int capchain__space_enter(
		const struct capchain__space_format *format,
		struct capchain_space_walk *walk)
{
	const __u32 at = walk->at;
	__u32 slot, bit;

	if (at < format->first)
		return capchain__space_fail(walk, CAPCHAIN_SPACE_TOO_LOW);
	if (at >= walk->end)
		return capchain__space_fail(walk, CAPCHAIN_SPACE_OUT_OF_BOUNDS);
	if (walk->end - at < format->size)
		return capchain__space_fail(walk, CAPCHAIN_SPACE_HEADER_CUT);
	slot = (at - format->first) / format->align;
	bit = CAPCHAIN__CAST(__u32, 1) << slot % 32;
	slot /= 32;
	if (slot >= CAPCHAIN__SPACE_SLOTS || walk->visited[slot] & bit)
		return capchain__space_fail(walk, CAPCHAIN_SPACE_CYCLE);
	walk->visited[slot] |= bit;
	return 1;
}

/* The value of bits in a header, which is read as one number. */
static inline __u64 capchain__space_header(
		const struct capchain__space_bits *bits, __u64 header)
{
	return capchain__space_field(bits, header >> bits->at * 8);
}

/*
 * Visits the next capability. Returns 1 if there is one, 0 at the end, or the
 * kind of the error. After an error, every call returns the same error.
 */
static inline int capchain__space_visit(
		const struct capchain__space_format *format,
		struct capchain_space_walk *walk,
		struct capchain_space_cap *cap)
{
	const struct capchain__space_value *empty;
	__u64 header, next, target;
	__u32 end;

	CAPCHAIN__CLEAR(cap);
	if (walk->state <= 0)
		return walk->state;
	if (capchain__space_enter(format, walk) != 1)
		return walk->state;
	cap->space = walk->space;
	cap->at = walk->at;
	cap->other_at = walk->other_at;
	cap->other_size = walk->other_size;
	header = capchain__space_number(walk->space, walk->at, format->size);
	for (empty = format->empty; empty->bits.width; empty++)
		if (capchain__space_header(&empty->bits, header) ==
		    empty->value) {
			walk->state = 0;
			return 0;
		}
	cap->id = CAPCHAIN__CAST(__u32,
			capchain__space_header(&format->id, header));
	cap->version = 1;
	if (format->version.width)
		cap->version = CAPCHAIN__CAST(__u32,
				capchain__space_header(&format->version,
						       header));
	next = capchain__space_header(&format->next, header);
	target = format->from_space ? next : next + cap->at;
	if (target > 0xffffffff || target < next)
		target = 0xffffffff;
	end = walk->end;
	if (next == format->end) {
		walk->state = 0;
	} else {
		walk->at = CAPCHAIN__CAST(__u32, target);
		cap->next = walk->at;
		if (target > cap->at && target < end)
			end = walk->at;
	}
	cap->size = end - cap->at;
	return 1;
}

/* Shortens a capability to its length. */
static inline void capchain__space_until(
		struct capchain_space_cap *cap,
		const struct capchain__space_bits *length)
{
	__u64 size;

	if (capchain__space_cap_bits(cap, length, &size) && size < cap->size)
		cap->size = CAPCHAIN__CAST(__u32, size);
}

/* Notes how many bytes a body needs, if it has fewer. */
static inline void capchain__space_body(struct capchain_space_cap *cap,
					__u64 need)
{
	if (need > 0xffffffff)
		need = 0xffffffff;
	cap->need = need > cap->size ? CAPCHAIN__CAST(__u32, need) : 0;
}

/* The same of all elements of its array, if it has its other fields. */
static inline void capchain__space_counted(struct capchain_space_cap *cap,
					   __u32 start, __u64 count,
					   __u32 each)
{
	/* More elements than this do not fit any space. */
	if (count > 0xffffffff)
		count = 0xffffffff;
	if (!cap->need)
		capchain__space_body(cap, start + count * each);
}

/* What has the bits of a condition. */
#define CAPCHAIN__SPACE_OF_BODY		0
#define CAPCHAIN__SPACE_OF_START	1	/* the start of the space */
#define CAPCHAIN__SPACE_OF_OTHER	2	/* the other capability */

/*
 * Fields of a body that need not exist: one row for each range of numbers that
 * their bits can have. All conditions of a field hold if it exists; the rows of
 * a field follow each other. A row without bits ends the table.
 */
struct capchain__space_part {
	__u32	at;		/* offset of the field, with every one before */
	__u32	size;		/* 0 for an array that can have any */
	__u32	condition;	/* from 1 on */
	int	of;		/* CAPCHAIN__SPACE_OF_... */
	struct capchain__space_bits bits;
	__u64	first;
	__u64	last;
};

/* A body whose layout depends on its bits. */
struct capchain__space_layout {
	const struct capchain__space_part *parts;
	int	compact;	/* fields that do not exist take no room */
	__u32	end;		/* of the other fields, with every part before */
};

/* A number that bits have: (bits + plus) * unit. */
struct capchain__space_quantity {
	struct capchain__space_bits bits;
	__u64	plus;
	__u64	unit;
};

/* Reads the bits of a condition: 1, or 0 if they are not there. */
static inline int capchain__space_held(
		const struct capchain_space_cap *cap,
		const struct capchain__space_part *part, __u64 *value)
{
	struct capchain_space_cap of = *cap;

	if (part->of == CAPCHAIN__SPACE_OF_START)
		return capchain__space_start_bits(cap->space, &part->bits,
						  value);
	if (part->of == CAPCHAIN__SPACE_OF_OTHER) {
		of.at = cap->other_at;
		of.size = cap->other_size;
	}
	return capchain__space_cap_bits(&of, &part->bits, value);
}

/*
 * Whether the field at an offset exists: 1, 0, or -1 if the other capability
 * does not say it.
 */
static inline int capchain__space_presence(
		const struct capchain_space_cap *cap,
		const struct capchain__space_layout *layout, __u32 at)
{
	const struct capchain__space_part *part;
	__u32 condition = 0;
	__u64 value;
	int holds = 1, known = 1, found;

	for (part = layout->parts; part->bits.width; part++) {
		if (part->at != at)
			continue;
		if (part->condition != condition) {
			if (!holds)
				return 0;
			condition = part->condition;
			holds = 0;
		}
		found = capchain__space_held(cap, part, &value);
		if (found && part->first <= value && value <= part->last)
			holds = 1;
		if (!found && part->of == CAPCHAIN__SPACE_OF_OTHER) {
			holds = 1;
			known = 0;
		}
	}
	if (!holds)
		return 0;
	return known ? 1 : -1;
}

/* Whether the field at an offset is known to exist. */
static inline int capchain__space_exists(
		const struct capchain_space_cap *cap,
		const struct capchain__space_layout *layout, __u32 at)
{
	return capchain__space_presence(cap, layout, at) == 1;
}

/* Whether a row is the first one of its field. */
static inline int capchain__space_first_row(
		const struct capchain__space_layout *layout,
		const struct capchain__space_part *part)
{
	return part == layout->parts || part[-1].at != part->at;
}

/* The offset of what is at an offset if every field exists. */
static inline __u32 capchain__space_place(
		const struct capchain_space_cap *cap,
		const struct capchain__space_layout *layout, __u32 at)
{
	const struct capchain__space_part *part;
	__u32 gap = 0;

	for (part = layout->parts; layout->compact && part->bits.width; part++)
		if (part->at < at && capchain__space_first_row(layout, part) &&
		    !capchain__space_exists(cap, layout, part->at))
			gap += part->size;
	return at - gap;
}

/* The bytes up to the end of the last field of fixed size that exists. */
static inline __u32 capchain__space_needed(
		const struct capchain_space_cap *cap,
		const struct capchain__space_layout *layout)
{
	const struct capchain__space_part *part;
	__u32 need = capchain__space_place(cap, layout, layout->end), end;

	for (part = layout->parts; part->bits.width; part++) {
		if (!part->size || !capchain__space_first_row(layout, part) ||
		    !capchain__space_exists(cap, layout, part->at))
			continue;
		end = capchain__space_place(cap, layout, part->at) + part->size;
		if (end > need)
			need = end;
	}
	return need;
}

/* The number that bits of a capability mean: 1, or 0 if it ends before. */
static inline int capchain__space_amount(
		const struct capchain_space_cap *cap,
		const struct capchain__space_quantity *quantity, __u64 *value)
{
	if (!capchain__space_cap_bits(cap, &quantity->bits, value))
		return 0;
	if (*value > 0xffffffff)
		*value = 0xffffffff;
	*value = (*value + quantity->plus) * quantity->unit;
	return 1;
}

/* The capability from an offset on. */
static inline struct capchain_space_cap capchain__space_rest(
		const struct capchain_space_cap *cap, __u32 offset)
{
	struct capchain_space_cap rest = *cap;

	if (offset > cap->size)
		offset = cap->size;
	rest.at = cap->at + offset;
	rest.size = cap->size - offset;
	return rest;
}

/*
 * The end of some elements that have lengths, or of the first one that is not
 * complete.
 */
static inline __u64 capchain__space_elements(
		const struct capchain_space_cap *cap, __u32 start, __u64 count,
		const struct capchain__space_quantity *each)
{
	struct capchain_space_cap rest;
	__u64 end = start, size;

	for (; count > 0; count--) {
		rest = capchain__space_rest(cap, CAPCHAIN__CAST(__u32, end));
		if (!capchain__space_amount(&rest, each, &size))
			return end + each->bits.at + each->bits.width;
		end += size;
		if (end > cap->size)
			break;
	}
	return end;
}

/* Reads a field that need not exist: 1, or 0 if it does not. */
static inline int capchain__space_optional(
		const struct capchain_space_cap *cap,
		const struct capchain__space_layout *layout, __u32 at,
		__u32 width, __u64 *value)
{
	__u32 place;

	*value = 0;
	if (!capchain__space_exists(cap, layout, at))
		return 0;
	place = capchain__space_place(cap, layout, at);
	if (place > cap->size || cap->size - place < width)
		return 0;
	*value = capchain__space_number(cap->space, cap->at + place, width);
	return 1;
}
