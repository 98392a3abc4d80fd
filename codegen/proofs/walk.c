/*
 * A walk reads nothing outside of the reply and ends, whatever the reply holds.
 *
 * For every buffer of up to BYTES bytes, every len and written that a caller
 * can pass with it, and every content. The memory is as large as the reply: it
 * ends where len, written or argsz ends, whichever comes first, so that a read
 * after any of them is found.
 *
 * By induction, so for chains of any length: a walk that starts is sound, and
 * the next step of every sound walk leaves it sound, hands out only what lies
 * in the reply, and leaves fewer steps than before.
 *
 * breaks region: if (need <= cap->size) => if (need <= cap->size + 1)
 * breaks region: count <= (size - start) / each; => count <= (size - start) / each + 1;
 * breaks region: if (!walk->left || at > walk->most) { => if (!walk->left || at > walk->most + 1) {
 * breaks region: walk->left--; => walk->left -= 0;
 * breaks region: reply->len = argsz < end ? argsz : known; => reply->len = known;
 * breaks region: if (first >= bound && len >= => if (len >=
 * breaks region: if (nth >= array->count) => if (nth > array->count)
 * breaks region: else if (target < walk->bound) => else if (target < 8)
 */
#include "proof.h"

/* Memory of exactly the size of the reply. */
static __u8 *reply_of(__u32 size, vfio_abi_size len, vfio_abi_size written)
{
	__u8 *end = (__u8 *)malloc(BYTES) + BYTES;
	__u8 *reply = end - size;

	ASSUME(size <= len && size <= written);
	ASSUME(size == len || size == written ||
	       (size >= 4 && vfio_abi__u32(reply) <= size));
	return reply;
}

/* The claims about a capability that a walk returns. */
static void handed_out(const struct vfio_abi_cap *cap, const __u8 *reply,
		       __u32 size)
{
	int result;

	PROVE(cap->at >= CHAIN_BOUND, "it starts behind the fixed part");
	PROVE(cap->at < size, "it starts in the reply");
	PROVE(size - cap->at >= CHAIN_HEADER, "its header is in the reply");
	PROVE(cap->bytes == reply + cap->at, "its bytes are those of the reply");
	PROVE(cap->size > 0 && cap->size <= size - cap->at,
	      "its bytes end in the reply");
	result = getters(cap);
	if (cap->known)
		PROVE(result == 1, "what a walk has checked can be read");
	if (!is_known(cap->id) || !cap->version)
		PROVE(!cap->known && !result, "nothing else is taken for known");
}

/* A walk in any state, over these bytes. */
static void any_walk(struct vfio_abi_walk *walk, const __u8 *bytes)
{
	__builtin_memset(walk, 0, sizeof(*walk));
	walk->bytes = bytes;
	walk->len = nondet_u32();
	walk->bound = nondet_u32();
	walk->most = nondet_u32();
	walk->at = nondet_u32();
	walk->left = nondet_u32();
	walk->state = nondet_int();
}

/* The invariant of a walk between its steps. */
static int sound(const struct vfio_abi_walk *walk,
		 const struct vfio_abi_reply *reply)
{
	if (walk->state <= 0)
		return !walk->left;
	if (walk->bytes != reply->bytes || walk->len != reply->len ||
	    walk->bound != CHAIN_BOUND)
		return 0;
	if (!walk->left)
		return 1;
	return walk->at >= walk->bound && walk->len >= CHAIN_HEADER &&
	       walk->most == walk->len - CHAIN_HEADER &&
	       walk->left <= walk->len / CHAIN_HEADER;
}

void proof(void)
{
	const __u32 size = below(BYTES + 1);
	const vfio_abi_size len = nondet_u64(), written = nondet_u64();
	const __u8 *bytes = reply_of(size, len, written);
	struct vfio_abi_walk walk, any;
	struct vfio_abi_cap cap;
	__u32 left;
	INFO info;
	int found;

	__builtin_memset(&info, 0, sizeof(info));
	found = vfio_abi__parse(&INFO_HOST, &info.reply, bytes, len, written);
	if (found) {
		PROVE(found == VFIO_ABI_TOO_SHORT, "no other error is known");
		return;
	}
	INFO_READ(&info);
	walk = CHAIN_CAPS(&info);
	PROVE(sound(&walk, &info.reply), "a walk starts sound");

	any_walk(&any, bytes);
	ASSUME(sound(&any, &info.reply));
	left = any.left;
	found = CHAIN_NEXT(&any, &cap);
	PROVE(sound(&any, &info.reply), "a step leaves the walk sound");
	if (found > 0) {
		PROVE(any.left < left, "a step leaves fewer steps");
		handed_out(&cap, bytes, size);
	} else {
		PROVE(any.state == found, "the end and the error are known");
		PROVE(CHAIN_NEXT(&any, &cap) == found, "an end stays one");
	}
}
