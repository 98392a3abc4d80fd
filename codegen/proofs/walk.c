/*
 * A walk reads nothing outside the reply, ends on every input, and visits the
 * capabilities that the reply's bytes describe.
 *
 * For a reply of any content and every size, and any len and written that a
 * caller can pass with it. The memory is as large as the reply: it ends where
 * len, written or argsz ends, whichever comes first, so a read after any of
 * them fails.
 *
 * By induction, for chains of any length: a walk that starts is sound, and the
 * next step of every sound walk leaves it sound, returns only bytes of the
 * reply, and leaves fewer steps than before. A known capability is complete;
 * values.c proves that getters read complete capabilities, and nothing outside
 * of them.
 *
 * breaks region: if (need <= cap->size) => if (need <= cap->size + 1)
 * breaks region: count <= (size - start) / each; => count <= (size - start) / each + 1;
 * breaks region: if (target > at && target < walk->stop && => if (target > at && target <= walk->stop &&
 * breaks region: if (--walk->left < 0) { => if (walk->left < 0) {
 * breaks region: argsz <= end ? argsz : known; => argsz <= end ? known : known;
 * breaks region: if (first >= bound && first < walk.stop) => if (first >= 8 && first < walk.stop)
 * breaks region: else if (target < walk->bound || target >= walk->stop) => else if (target < 8 || target >= walk->stop)
 * breaks region: else if (target < walk->bound || target >= walk->stop) => else if (target < walk->bound)
 * breaks region: return target > cap->at && target < walk->len ? target : walk->len; => return walk->len;
 * breaks region: if (target == cap->at) => if (target == cap->at + 1)
 * breaks device: if (found <= 0 || !cap->version) => if (found <= 0)
 * breaks region: if (argsz > len) { => if (argsz > len + 8) {
 */
#define EVERY_SIZE
#include "proof.h"

/* A reply that ends where len, written or argsz ends. */
static const __u8 *reply_of(__u32 size, vfio_abi_size len, vfio_abi_size written)
{
	const __u8 *reply = memory_of(size);

	ASSUME(size <= len && size <= written);
	ASSUME(size == len || size == written ||
	       (size >= 4 && READ32(reply + REPLY_ARGSZ) <= size));
	return reply;
}

/* A field of the fixed part; 0 if the reply ends before its end. */
static __u32 word(const struct vfio_abi_reply *reply, __u32 at)
{
	if (at + 4 > reply->len)
		return 0;
	return READ32(reply->bytes + at);
}

/* The claims about a reply and the start of its walk. */
static void parsed(const struct vfio_abi_reply *reply,
		   const struct vfio_abi_walk *walk, __u32 size,
		   vfio_abi_size len)
{
	const __u32 argsz = word(reply, REPLY_ARGSZ);
	const int flagged = word(reply, REPLY_FLAGS) & REPLY_CAPS_FLAG;
	const __u32 first = word(reply, REPLY_CAP_OFFSET);

	PROVE(reply->len == (argsz < size ? argsz : size),
		"the reply ends at argsz or with the memory");
	PROVE(reply->len >= REPLY_MINSZ, "the reply covers minsz");
	PROVE(reply->need ==
		(argsz > len || (flagged && !first) ? argsz : 0),
		"a reply is short if argsz exceeds the buffer or has no offset");
	if (argsz <= len && flagged && first)
		PROVE(walk->at == first && walk->state == 1,
			"the walk starts at cap_offset");
	else
		PROVE(!walk->state, "no other reply has a chain");
}

/* The claims about a capability that a step from at has returned. */
static void visited(const struct vfio_abi_walk *walk,
		    const struct vfio_abi_cap *cap, __u32 at, const __u8 *reply,
		    __u32 size)
{
	__u32 next;

	PROVE(cap->at == at && at >= CHAIN_BOUND,
	      "the capability starts after the fixed part");
	PROVE(at < size && size - at >= CHAIN_HEADER,
	      "its header is in the reply");
	PROVE(cap->bytes == reply + at, "its bytes are those of the reply");
	PROVE(cap->size && cap->size <= size - at, "they end in the reply");
	PROVE(cap->id == CHAIN_ID(reply + at) &&
		cap->version == CHAIN_VERSION(reply + at),
		"id and version are those of the header");
	next = CHAIN_LINK(reply + at);
	PROVE(cap->size == (next > at && next < size ? next : size) - at,
		"its bytes end at the next capability or with the reply");
	PROVE(cap->next == (next == CHAIN_END ? 0 : next),
		"the next capability is the one in the header");
	PROVE(next == CHAIN_END ? !walk->state : walk->at == next,
		"the walk continues there, or ends");
	PROVE(next != at || walk->state == VFIO_ABI_CYCLE,
		"a capability that leads to itself ends the walk");
	PROVE(!cap->known || is_complete(cap),
	      "a capability that was checked is complete");
	PROVE(cap->known == (is_known(cap->id) && cap->version),
		"exactly the known ids are checked, except for version 0");
}

/* The claims about the error of a step from at. */
static void refused(const struct vfio_abi_walk *walk, __u32 at, __s64 left,
		    __u32 size)
{
	PROVE(walk->state != VFIO_ABI_INSIDE_FIXED || at < CHAIN_BOUND,
	      "only an offset in the fixed part is an error of that kind");
	PROVE(walk->state != VFIO_ABI_OUT_OF_BOUNDS || at >= size,
	      "only an offset after the reply is an error of that kind");
	PROVE(walk->state != VFIO_ABI_HEADER_CUT || size - at < CHAIN_HEADER,
	      "only a header that the reply cuts is an error of that kind");
	PROVE(walk->state != VFIO_ABI_CYCLE || !left,
	      "a cycle is found when no more capabilities can follow");
}

/* A walk in any state, over these bytes. */
static void any_walk(struct vfio_abi_walk *walk, const __u8 *bytes)
{
	__builtin_memset(walk, 0, sizeof(*walk));
	walk->bytes = bytes;
	walk->len = nondet_u32();
	walk->bound = nondet_u32();
	walk->stop = nondet_u32();
	walk->at = nondet_u32();
	walk->left = nondet_s64();
	walk->state = nondet_int();
}

/* The invariant of a walk between its steps. */
static int sound(const struct vfio_abi_walk *walk,
		 const struct vfio_abi_reply *reply)
{
	if (walk->state <= 0)
		return !walk->left;
	if (walk->bytes != reply->bytes || walk->len != reply->len ||
	    walk->bound != CHAIN_BOUND ||
	    walk->stop != (walk->len < CHAIN_HEADER ?
			   0 : walk->len - CHAIN_HEADER + 1))
		return 0;
	return !walk->left ||
	       (walk->left > 0 && walk->left <= walk->len / CHAIN_HEADER &&
		walk->at >= walk->bound && walk->at < walk->stop);
}

void proof(void)
{
	const __u32 size = nondet_u32();
	const vfio_abi_size len = nondet_u64(), written = nondet_u64();
	const __u8 *bytes = reply_of(size, len, written);
	struct vfio_abi_walk walk, any;
	struct vfio_abi_cap cap;
	__s64 left;
	__u32 at;
	INFO info;
	int found, state;

	__builtin_memset(&info, 0, sizeof(info));
	found = vfio_abi__parse(&INFO_HOST, &info.reply, bytes, len, written);
	if (found) {
		PROVE(found == VFIO_ABI_TOO_SHORT, "there is one error");
		return;
	}
	INFO_READ(&info);
	walk = CHAIN_CAPS(&info);
	PROVE(sound(&walk, &info.reply), "a walk starts sound");
	parsed(&info.reply, &walk, size, len);

	any_walk(&any, bytes);
	ASSUME(sound(&any, &info.reply));
	at = any.at;
	left = any.left;
	state = any.state;
	found = CHAIN_NEXT(&any, &cap);
	PROVE(sound(&any, &info.reply), "a step leaves the walk sound");
	if (found > 0) {
		PROVE(any.left < left, "a step leaves fewer steps");
		visited(&any, &cap, at, bytes, info.reply.len);
	} else {
		PROVE(any.state == found, "the walk keeps its end or error");
		if (state > 0)
			refused(&any, at, left, info.reply.len);
		PROVE(CHAIN_NEXT(&any, &cap) == found, "an end stays one");
	}
}
