/*
 * A walk over a chain in a space reads nothing outside of the space, visits
 * only offsets of its chain, and ends on every input.
 *
 * For a space of every size that a function reads, which returns any number
 * on every call: for any content, and for a device whose registers change
 * between two reads.
 *
 * By induction, for chains of any length: a walk that starts is sound, and the
 * next step of every sound walk leaves it sound, and marks an offset that was
 * not marked before or ends the walk. There are as many steps as offsets at
 * most. The start of a chain that requires another one walks over that, for
 * which all of this is proved. The capability of that chain by whose bits fields
 * exist is inside of the space, too.
 *
 * Every getter reads by the same functions, for which it is proved that they
 * read nothing outside of a capability. So is it of the one function that reads a
 * space in memory.
 *
 * The functions that find the fields and elements of a body by its bits return any
 * number here (.ci/prove): the walk does not depend on them. What they read, they
 * read by the functions above; bodies.c is about their results.
 *
 * breaks standard: if (walk->end - at < format->size) => if (walk->end - at < 1)
 * breaks standard: walk->visited[slot] |= bit; => walk->visited[slot] |= bit & 1;
 * breaks standard: if (at < format->first) => if (at < 4)
 * breaks standard: walk.end = space->size < format->limit ? space->size : format->limit; => walk.end = format->limit;
 * breaks standard: if (target > cap->at && target < end) => if (target < end)
 * breaks standard: if (bits->at > space->size || space->size - bits->at < bits->width) => if (bits->at > space->size)
 * breaks standard: if (bits->at > cap->size || cap->size - bits->at < bits->width) => if (bits->at > cap->size)
 * breaks extended: walk.other_size = other->version ? other->size : 0; => walk.other_size = other->size + 1;
 * breaks extended: walk.other_size = other->version ? other->size : 0; => walk.other_size = other->size;
 * breaks standard: cap->need = need > cap->size => cap->need = need > 0
 * breaks standard: number = number << 8 | space->bytes[at + nth - 1]; => number = number << 8 | space->bytes[at + nth];
 */
#include "model.h"
#include CHAIN

/* The offsets that can be read. */
static __u32 lowest, end;

/* Reads a device: any number, of a place that can be read. */
static __u32 device(void *context, __u32 at, __u32 width)
{
	const SPACE *space = (const SPACE *)context;

	PROVE(width == 1 || width == 2 || width == 4,
	      "a read has 1, 2 or 4 bytes");
	PROVE(!(at & (width - 1)), "a read is at a multiple of its width");
	PROVE(at < space->size && space->size - at >= width,
	      "a read is inside of the space");
	PROVE(at >= lowest && at < end && end - at >= width,
	      "a read is in the capability or the chain");
	return nondet_u32() & (0xffffffff >> (32 - 8 * width));
}

/* Whether the bit of an offset is set. */
static int marked(const WALK *walk, __u32 at)
{
	const __u32 slot = (at - CHAIN_FIRST) / CHAIN_ALIGN;

	return walk->visited[slot / 32] >> slot % 32 & 1;
}

/* A walk in any state. */
static void any_walk(WALK *walk, const SPACE *space)
{
	__u32 nth;

	__builtin_memset(walk, 0, sizeof(*walk));
	walk->space = space;
	walk->end = nondet_u32();
	walk->at = nondet_u32();
	walk->state = nondet_int();
	walk->other_at = nondet_u32();
	walk->other_size = nondet_u32();
	for (nth = 0; nth < sizeof(walk->visited) / sizeof(walk->visited[0]); nth++)
		walk->visited[nth] = nondet_u32();
}

/* The invariant of a walk between its steps. */
static int sound(const WALK *walk, const SPACE *space)
{
	if (walk->state <= 0)
		return 1;
	return walk->state == 1 && walk->space == space &&
	       walk->end == (space->size < CHAIN_LIMIT ?
			     space->size : CHAIN_LIMIT) &&
	       walk->end > CHAIN_FIRST &&
	       (walk->at % CHAIN_ALIGN == 0 || walk->at == 0xffffffff) &&
	       (!walk->other_size ||
		(walk->other_at < space->size &&
		 walk->other_size <= space->size - walk->other_at));
}

/* The claims about a capability that a step has returned. */
static void visited(const WALK *before, const WALK *walk, const CAP *cap)
{
	const __u32 other = nondet_u32();

	PROVE(cap->at == before->at, "the walk visits the offset it was led to");
	PROVE(cap->at >= CHAIN_FIRST && cap->at < before->end &&
	      cap->at % CHAIN_ALIGN == 0, "the offset is one of the chain");
	PROVE(before->end - cap->at >= CHAIN_HEADER,
	      "the header ends in the chain");
	PROVE(cap->size <= before->end - cap->at,
	      "the capability ends in the chain");
	PROVE(!marked(before, cap->at) && marked(walk, cap->at),
	      "the offset is marked, and was not");
	if (other >= CHAIN_FIRST && other < CHAIN_LIMIT && marked(before, other))
		PROVE(marked(walk, other), "a mark stays");
	PROVE(cap->other_at == before->other_at &&
	      cap->other_size == before->other_size,
	      "fields depend on the capability that the start found");
	PROVE(!cap->need || cap->need > cap->size,
	      "a capability needs more than it has, or nothing");
	PROVE(walk->state >= 0 && walk->state <= 1, "the walk continues or ends");
	PROVE(cap->next == (walk->state ? walk->at : 0),
	      "it continues with the next capability");
}

/* The claims about the end of a walk or its error. */
static void ended(const WALK *before, const WALK *walk)
{
	const __u32 at = before->at;

	PROVE(!walk->state || walk->error_at == at, "an error has its offset");
	PROVE(walk->state != TOO_LOW || at < CHAIN_FIRST,
	      "only an offset before the chain is an error of that kind");
	PROVE(walk->state != OUT_OF_BOUNDS || at >= before->end,
	      "only an offset after the chain is an error of that kind");
	PROVE(walk->state != HEADER_CUT || before->end - at < CHAIN_HEADER,
	      "only a header that the chain cuts is an error of that kind");
	PROVE(walk->state != CYCLE || marked(before, at),
	      "only a second visit is an error of that kind");
}

/* A number and bits of any capability in the chain, at any offset. */
static void get(const SPACE *space, __u32 width)
{
	const __u32 at = nondet_u32();
	CAP any, *cap = &any;
	BITS bits;
	__u64 value;
	int inside;

	__builtin_memset(&any, 0, sizeof(any));
	any.space = space;
	any.at = nondet_u32();
	any.size = nondet_u32();
	ASSUME(any.at < CHAIN_LIMIT && any.size <= CHAIN_LIMIT - any.at &&
	       any.at + any.size <= space->size);
	lowest = any.at;
	end = any.at + any.size;
	inside = at <= any.size && any.size - at >= width;
	bits.at = at;
	bits.width = width;
	bits.low = 0;
	bits.mask = nondet_u64();
	PROVE(CAP_BITS(cap, &bits, &value) == inside,
	      "bits are read if the capability has them");
	PROVE(inside || (!value && !SPACE_GET(cap, at, width)),
	      "what is after the capability is 0");
	if (inside)
		(void)SPACE_GET(cap, at, width);
}

/* A walk with a capability on which fields depend: one that a walk returned, or none. */
static void beside(const SPACE *space)
{
	WALK walk;
	CAP other;

	any_walk(&walk, space);
	ASSUME(sound(&walk, space));
	__builtin_memset(&other, 0, sizeof(other));
	other.at = nondet_u32();
	other.size = nondet_u32();
	other.version = nondet_u32();
	ASSUME(!other.size || (other.at < space->size &&
			       other.size <= space->size - other.at));
	walk = SPACE_BESIDE(walk, &other);
	PROVE(sound(&walk, space),
	      "the capability on which fields depend is inside of the space");
	PROVE(other.version || !walk.other_size, "one that is not there has no bytes");
}

/* A space in memory is read where it is. */
static void in_memory(const __u8 *bytes, __u32 size, __u32 width)
{
	const __u32 at = nondet_u32();
	const SPACE space = SPACE_OF(bytes, size);

	PROVE(space.size == size, "a space has the size of its bytes");
	if (at < size && size - at >= width)
		(void)SPACE_ACCESS(&space, at, width);
}

void proof(void)
{
	SPACE space;
	WALK walk __attribute__((__unused__)), any, before;
	CAP cap;
	const __u32 size = nondet_u32();
	const __u8 *bytes = (const __u8 *)malloc(size);
	int found;

	in_memory(bytes, size, 4);

	space = SPACE_READ_BY(device, &space, nondet_u32());
	lowest = 0;
	end = space.size;
#ifndef CHAIN_REQUIRES
	walk = CHAIN_CAPS(&space);
	PROVE(sound(&walk, &space), "a walk starts sound");
#endif

	get(&space, 1);
	get(&space, 2);
	get(&space, 4);
	get(&space, 8);

	beside(&space);

	any_walk(&any, &space);
	ASSUME(sound(&any, &space));
	lowest = CHAIN_FIRST;
	end = any.end;
	before = any;
	found = CHAIN_NEXT(&any, &cap);
	PROVE(sound(&any, &space), "a step leaves the walk sound");
	if (before.state <= 0) {
		PROVE(found == before.state, "an end stays one");
	} else if (found == 1) {
		visited(&before, &any, &cap);
	} else {
		PROVE(found <= 0 && any.state == found,
		      "the walk keeps its end or error");
		ended(&before, &any);
	}
}
