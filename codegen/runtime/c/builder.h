/* What output bytes hold that nobody sets. */
enum capchain__unset {
	CAPCHAIN__ECHO,		/* what the caller had there */
	CAPCHAIN__ZERO,
	CAPCHAIN__STACK,	/* anything; here zero */
};

/* The reply to a buffer that is too small for the chain. */
enum capchain__when_too_small {
	CAPCHAIN__OFFSET_ZERO,	/* the flag set, and a cap_offset of 0 */
	CAPCHAIN__PARTIAL,	/* the same, and the capabilities that fit */
	CAPCHAIN__FLAG_CLEAR,	/* the flag clear */
};

/* The array of a known capability. A list of them ends with a stride of 0. */
struct capchain__known_array {
	__u32	id;
	__u32	at;		/* offset in the capability */
	__u32	each;		/* size of an element */
};

/*
 * The rules by which a handler writes replies. The fixed part ends at the last
 * of the fixed_ends that argsz covers; without any, at argsz.
 */
struct capchain_profile {
	const struct capchain__host *host;
	const struct capchain__format *format;
	const struct capchain__known_array *arrays;
	const __u32 *fixed_ends;	/* the last is 0 */
	__u32	minsz;			/* what argsz must cover */
	__u32	fixed_size;		/* of the fixed part */
	__u32	first_cap;		/* offset of the first capability */
	__u32	align;			/* of further capabilities */
	int	when_too_small;		/* enum capchain__when_too_small */
	int	preserves_padding;	/* bytes between capabilities stay */
	int	always_sets_argsz;	/* to the size of the full reply */
	int	unset;			/* enum capchain__unset */
};

/*
 * Writes a reply in place, over the buffer as the caller sent it: its argsz and
 * its input fields are there, and stay.
 *
 *	if (capchain_reply_begin(&to, profile, buf, len))
 *		return -EINVAL;
 *	while (capchain_reply_pass(&to)) {
 *		capchain_reply_fixed(&to, &info, sizeof(info));
 *		capchain_reply_append(&to, id, version, body, size);
 *	}
 *	return to.need;
 *
 * The loop runs twice, with the same contents: first to find out the size,
 * which decides what may be written, and then to write. Nothing behind argsz or
 * len is touched. Behind the loop, need is the size of the full reply, and
 * written how much of it there is.
 */
struct capchain_reply_builder {
	const struct capchain_profile *profile;
	__u8	*bytes;
	__u32	room;		/* bytes that may be written */
	__u32	fixed;		/* bytes of the fixed part that are written */
	__u32	whole;		/* bytes that it has */
	__u32	flags;		/* without the one that there is a chain */
	__u32	need;
	__u32	written;
	int	pass;		/* 1 finds out the size, 2 writes, 3 is done */
	int	fits;		/* said the first pass */
	__u64	end;		/* where the reply ends so far */
	__u32	count;		/* capabilities so far */
	__u32	last;		/* where the last one starts, if written */
	__u64	array;		/* where the array of the last one starts */
	__u32	each;		/* size of an element */
};

/* Writes a number of the fixed part, as far as that goes. */
static inline void capchain__store_clamped(
		struct capchain_reply_builder *to, __u32 at, __u32 width,
		__u64 number)
{
	const __u32 room = at < to->fixed ? to->fixed - at : 0;
	__u8 bytes[8];

	capchain__put(bytes, width, number);
	__builtin_memcpy(to->bytes + at, bytes, room < width ? room : width);
}

/* Whether a byte of the fixed part is not for the fields of a reply. */
static inline int capchain__is_preserved(const struct capchain__host *host,
					 __u32 at)
{
	const struct capchain__input *input;

	for (input = host->inputs; input->size; input++)
		if (input->stays && at - input->at < input->size)
			return 1;
	return at - host->argsz < 4 || at - host->cap_offset < 4;
}

/*
 * Starts a reply in a buffer of len bytes, the first of which hold what the
 * caller sent. CAPCHAIN_TOO_SHORT if len or argsz does not cover what it must;
 * then nothing is written.
 */
static inline int capchain_reply_begin(struct capchain_reply_builder *to,
				       const struct capchain_profile *profile,
				       void *buf, capchain_size len)
{
	const __u32 *end = profile->fixed_ends;
	__u32 argsz;

	__builtin_memset(to, 0, sizeof(*to));
	to->profile = profile;
	to->bytes = CAPCHAIN__CAST(__u8 *, buf);
	to->room = capchain__len(len);
	argsz = capchain__word(to->bytes, to->room, profile->host->argsz);
	to->room = argsz < to->room ? argsz : to->room;
	if (to->room < profile->minsz) {
		to->pass = 3;
		return CAPCHAIN_TOO_SHORT;
	}
	to->whole = profile->fixed_size;
	if (!*end)
		to->fixed = to->room < to->whole ? to->room : to->whole;
	for (; *end; end++)
		if (*end <= to->room && *end > to->fixed)
			to->fixed = *end;
	return 0;
}

/* Writes what the size decides: argsz, the flags and cap_offset. */
static inline void capchain__reply_end(struct capchain_reply_builder *to)
{
	const struct capchain_profile *profile = to->profile;
	const struct capchain__host *host = profile->host;
	const int here = to->fits && to->end <= to->room;
	const int is_short = to->count && !here;
	__u32 flags = to->flags & ~host->caps_flag;

	to->need = to->count ? capchain__len(to->end) : to->whole;
	to->written = to->count && here ? to->need : to->fixed;
	if (to->count &&
	    (here || profile->when_too_small != CAPCHAIN__FLAG_CLEAR))
		flags |= host->caps_flag;
	capchain__store_clamped(to, host->flags, 4, flags);
	if (to->count || profile->unset != CAPCHAIN__ECHO)
		capchain__store_clamped(to, host->cap_offset, 4,
					to->count && here ? profile->first_cap
							  : 0);
	if (is_short || profile->always_sets_argsz)
		capchain__store_clamped(to, host->argsz, 4, to->need);
}

/* Starts the next pass, if there is one. */
static inline int capchain_reply_pass(struct capchain_reply_builder *to)
{
	const struct capchain_profile *profile = to->profile;
	__u32 at;

	if (to->pass == 1) {
		to->fits = to->end <= to->room;
		if (profile->unset != CAPCHAIN__ECHO)
			for (at = 0; at < to->fixed; at++)
				if (!capchain__is_preserved(profile->host, at))
					to->bytes[at] = 0;
	} else if (to->pass == 2) {
		capchain__reply_end(to);
	}
	to->end = profile->first_cap;
	to->flags = 0;
	to->count = 0;
	to->last = 0;
	return to->pass < 3 && ++to->pass < 3;
}

/* Sets a field of the fixed part. */
static inline void capchain__reply_set_field(
		struct capchain_reply_builder *to, __u32 at, __u32 width,
		__u64 number)
{
	if (at == to->profile->host->flags)
		to->flags = CAPCHAIN__CAST(__u32, number);
	else if (to->pass == 2)
		capchain__store_clamped(to, at, width, number);
}

/*
 * Sets the fixed part to the first bytes of a struct that is laid out as in the
 * reply; but not argsz, cap_offset, the flag that there is a chain, and the
 * input fields.
 */
static inline void capchain_reply_fixed(struct capchain_reply_builder *to,
					const void *from, capchain_size size)
{
	const struct capchain__host *host = to->profile->host;
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, from);
	__u32 at;

	if (to->pass != 2)
		return;
	for (at = 0; at < to->fixed && at < size; at++)
		if (!capchain__is_preserved(host, at))
			to->bytes[at] = bytes[at];
	to->flags = capchain__word(bytes, capchain__len(size), host->flags);
}
