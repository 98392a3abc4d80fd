/*
 * Added capabilities do not harm a reader that keeps the hypotheses.
 *
 * Two replies to the same caller, whose argsz is the size of its buffer: one
 * with known capabilities, one with the same and with others between them, at
 * any place, whose ids no reader knows, of any version and any bytes. For every
 * content and every size of the buffer up to BYTES, and up to SLOTS
 * capabilities in all, of up to BODY bytes each:
 *
 * - the fixed parts differ in argsz, the flag and cap_offset at most;
 * - where all of the larger reply fits, every known capability reads the same,
 *   and as what was appended;
 * - where it does not fit, the reader sees a short reply with the need;
 * - nothing after argsz is written.
 *
 * breaks region: walk.left = len / format->min_size; => walk.left = 1;
 * breaks region: to->room = argsz < to->room ? argsz : to->room; => to->room += 4;
 * breaks region: const int is_short = to->count && !here; => const int is_short = 0;
 * breaks region: flags |= host->caps_flag; => flags |= host->caps_flag | 1u << 30;
 * breaks region: to->end = profile->first_cap; => to->end = profile->first_cap + 8;
 */
#include "proof.h"

/*
 * Capabilities in the larger reply, and the largest number of bytes after a
 * header.
 */
#ifndef SLOTS
#define SLOTS	3
#endif
#ifndef BODY
#define BODY	8
#endif

/* A capability to be written. */
struct slot {
	int	here;
	int	added;	/* its id is unknown */
	__u32	size;	/* all of it */
	__u8	bytes[CHAIN_HEADER + BODY];
	struct vfio_abi_cap cap;	/* the values that a reader must see */
};

static void any_slot(struct slot *slot)
{
	struct vfio_abi_cap *cap = &slot->cap;

	cap->at = 0;
	cap->next = 0;
	cap->id = below(0x10000);
	cap->version = below(0x10000);
	cap->size = slot->size = CHAIN_HEADER + below(BODY + 1);
	cap->bytes = slot->bytes;
	cap->known = 0;
	slot->added = !is_known(cap->id);
	/*
	 * A writer gives a known capability a version and the bytes that it
	 * requires.
	 */
	ASSUME(slot->added || getters(cap) == 1);
}

/* Builds the larger reply, or the reply without the added capabilities. */
static void answer(struct vfio_abi_reply_builder *to, const INFO *info,
		   const struct slot *slots, int all)
{
	const __u32 header = CHAIN_HEADER;
	__u32 nth;

	INFO_FIXED(to, info);
	for (nth = 0; nth < SLOTS; nth++) {
		const struct slot *slot = &slots[nth];

		if (!slot->here || (slot->added && !all))
			continue;
		vfio_abi__reply_cap(to, slot->cap.id, slot->cap.version,
				   slot->size, 0, 0);
		vfio_abi__reply_bytes(to, header, slot->bytes + header,
				     slot->size - header);
	}
}

/* Builds a reply; returns whether the request was accepted. */
static int build(struct vfio_abi_reply_builder *to, __u8 *buf, __u32 len,
		 const INFO *info, const struct slot *slots, int all)
{
	int refused = vfio_abi_reply_begin(to, &PROFILE, buf, len);

	if (refused)
		return 0;
	to->pass = 0; /* as a constant, which bounds the loop */
	while (vfio_abi_reply_pass(to))
		answer(to, info, slots, all);
	return 1;
}

/* The nth capability; claims that the chain ends without an error. */
static int visit(const INFO *info, __u32 rank, struct vfio_abi_cap *picked)
{
	struct vfio_abi_walk walk = CHAIN_CAPS(info);
	struct vfio_abi_cap cap;
	int found = 1, seen = 0;
	__u32 step;

	for (step = 0; step <= SLOTS; step++) {
		found = CHAIN_NEXT(&walk, &cap);
		if (found <= 0)
			break;
		if (step == rank) {
			*picked = cap;
			seen = 1;
		}
	}
	PROVE(!found, "the chain ends");
	return seen;
}

/* The bytes of the fixed part that an added capability may change. */
static __u8 may_change(__u32 at)
{
	if (at - INFO_HOST.argsz < 4 || at - INFO_HOST.cap_offset < 4)
		return 0xff;
	if (at - INFO_HOST.flags < 4)
		return (__u8)(INFO_HOST.caps_flag >> (8 * (at - INFO_HOST.flags)));
	return 0;
}

void proof(void)
{
	__u8 old[BYTES], new[BYTES], sent;
	const __u32 len = below(BYTES + 1), at = below(BYTES);
	const __u32 pick = below(SLOTS);
	struct vfio_abi_reply_builder of_old, of_new;
	struct vfio_abi_cap in_old, in_new;
	struct slot slots[SLOTS];
	INFO info, told, more;
	__u32 nth, in_all = 0, known = 0, rank = 0, place = 0;

	for (nth = 0; nth < SLOTS; nth++) {
		any_slot(&slots[nth]);
		in_all += slots[nth].here != 0;
		known += slots[nth].here && !slots[nth].added;
		rank += nth < pick && slots[nth].here && !slots[nth].added;
		place += nth < pick && slots[nth].here;
	}
	/* The caller's buffer, whose size is argsz. */
	*(__u32 *)(old + INFO_HOST.argsz) = len;
	for (nth = 0; nth < BYTES; nth++)
		new[nth] = old[nth];
	sent = old[at];

	if (!build(&of_old, old, len, &info, slots, 0)) {
		PROVE(!build(&of_new, new, len, &info, slots, 1),
		      "who was refused is refused");
		return;
	}
	PROVE(build(&of_new, new, len, &info, slots, 1),
	      "who was not refused is not refused");
	PROVE(at < len || (old[at] == sent && new[at] == sent),
	      "nothing behind argsz is written");
	if (at < of_new.whole && at < len)
		PROVE(!((old[at] ^ new[at]) & (__u8)~may_change(at)),
		      "the fixed parts say the same");

	PROVE(!INFO_PARSE(old, len, &told) && !INFO_PARSE(new, len, &more),
	      "both are replies");
	/* Without capabilities, most profiles do not set argsz. */
	PROVE(((in_all || PROFILE.always_sets_argsz) && of_new.need > len) ==
	      (more.reply.need != 0),
	      "the reply is short exactly where it does not fit");
	if (more.reply.need) {
		PROVE(more.reply.need == of_new.need, "it tells the need");
		PROVE(!visit(&more, 0, &in_new), "and shows no capability");
		REACH(!told.reply.need && known && visit(&told, 0, &in_old),
		      "a reader that never comes back loses the chain");
		return;
	}
	PROVE(!told.reply.need, "the smaller reply fits as well");
	if (!slots[pick].here)
		return;
	PROVE(visit(&more, place, &in_new), "every capability is there");
	if (slots[pick].added) {
		PROVE(!in_new.known, "what is added is not taken for known");
		return;
	}
	PROVE(visit(&told, rank, &in_old), "every known one was there");
	PROVE(same(&in_old, &in_new), "it reads the same as before");
	PROVE(same(&slots[pick].cap, &in_new), "it reads as it was written");
}
