/*
 * A builder of replies writes nothing after argsz, and what it wrote reads
 * back as what was appended.
 *
 * For every buffer of up to BYTES bytes, every content, so every argsz, any
 * values of the fixed part, and up to two capabilities: one of any id and any
 * bytes, and after it any known one with any values. With KNOWN, the known one
 * is the one of this number, and BYTES has room for it with an element of its
 * array, without the other.
 *
 * breaks region: to->room = argsz < to->room ? argsz : to->room; => to->room += 0;
 * breaks iommufd: size > to->room - at) => size > to->room)
 * breaks device_v5_10: if (*end <= to->room && *end > to->fixed) => if (*end > to->fixed)
 * breaks region: vfio_abi__reply_bits(bytes, &format->id, id); => vfio_abi__reply_bits(bytes, &format->id, id + 1);
 */
#include "proof.h"

/* The largest number of bytes after the header of a capability. */
#define BODY	8

/* A capability with any bytes. */
struct any {
	__u32	id;
	__u32	version;
	__u32	size;
	__u8	body[BODY];
};

/*
 * The answer of a server: possibly a capability with any bytes, and possibly a
 * known one.
 */
struct reply {
	INFO	info;
	int	has_any;
	struct any any;
	__u32	kind;	/* CHAIN_KINDS if there is no known one */
	struct values values;
};

static void answer(struct vfio_abi_reply_builder *to,
		   const struct reply *reply)
{
	const struct any *any = &reply->any;

	INFO_FIXED(to, &reply->info);
	if (reply->has_any) {
		vfio_abi__reply_cap(to, any->id, any->version,
				   CHAIN_HEADER + any->size, 0, 0);
		vfio_abi__reply_bytes(to, CHAIN_HEADER, any->body, any->size);
	}
	append(to, &reply->values, reply->kind);
}

/* The claims about a reply that fits. */
static void reads_back(const __u8 *buf, __u32 len, const struct reply *reply)
{
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	INFO info;

	PROVE(!INFO_PARSE(buf, len, &info), "a reply is one");
	PROVE(!info.reply.need, "a reply that fits is not short");
	walk = CHAIN_CAPS(&info);
	/* A known one of any bytes can be damaged. */
	if (reply->has_any && is_known(reply->any.id & 0xffff))
		return;
	if (reply->has_any)
		PROVE(CHAIN_NEXT(&walk, &cap) == 1, "the first one is there");
	if (reply->kind != CHAIN_KINDS) {
		PROVE(CHAIN_NEXT(&walk, &cap) == 1, "the known one is there");
		PROVE(says(&cap, &reply->values, reply->kind),
		      "and says what was appended");
	}
	PROVE(CHAIN_NEXT(&walk, &cap) == 0, "there are no more");
}

void proof(void)
{
	const __u32 len = below(BYTES + 1), at = below(BYTES);
	__u8 *buf = (__u8 *)malloc(BYTES);
	const __u32 argsz = vfio_abi__word(buf, len, INFO_HOST.argsz);
	const __u8 before = at < len ? buf[at] : 0;
	struct vfio_abi_reply_builder to;
	struct reply reply;
	int refused;

#ifdef KNOWN
	reply.kind = KNOWN;
#endif
	ASSUME(reply.kind <= CHAIN_KINDS && reply.any.size <= BODY);
	ASSUME(versions(&reply.values));
	refused = vfio_abi_reply_begin(&to, &PROFILE, buf, len);
	PROVE(refused == (to.room < PROFILE.minsz ? VFIO_ABI_TOO_SHORT : 0),
	      "what does not cover minsz is refused, and nothing else");
	if (refused) {
		PROVE(!vfio_abi_reply_pass(&to), "what is refused has no pass");
		PROVE(at >= len || buf[at] == before, "and nothing is written");
		return;
	}
	PROVE(to.pass == 0, "passes are to come");
	to.pass = 0; /* as a constant, which bounds the loop */
	while (vfio_abi_reply_pass(&to))
		answer(&to, &reply);
	PROVE(at >= len || at < argsz || buf[at] == before,
	      "nothing behind argsz is written");
	PROVE(to.written <= to.room, "what is written lies in the buffer");
	PROVE(to.written <= to.need, "no more is written than is needed");
	/* For a caller whose argsz does not exceed its buffer. */
	if (argsz <= len && to.need <= to.room) {
		reads_back(buf, len, &reply);
		reached(&reply.values, reply.kind);
	}
}
