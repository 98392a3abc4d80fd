/* What output bytes hold that nobody sets. */
enum capchain_untouched {
	CAPCHAIN_ECHO,		/* what the caller had there */
	CAPCHAIN_ZERO,
	CAPCHAIN_STACK,		/* anything; here zero */
};

/* What a buffer sees that is too small for the chain. */
enum capchain_when_short {
	CAPCHAIN_OFFSET_ZERO,	/* the flag set, and a cap_offset of 0 */
	CAPCHAIN_PARTIAL,	/* the same, and the capabilities that fit */
	CAPCHAIN_FLAG_CLEAR,	/* the flag clear */
};

/* The array of a known capability. A list of them ends with one of size 0. */
struct capchain_tail {
	__u32	id;
	__u32	at;		/* where it starts in the capability */
	__u32	each;		/* size of an element */
};

/*
 * The rules by which someone writes replies. The fixed part has the most of
 * the ends that argsz covers; if there are none, all of it that argsz covers.
 */
struct capchain_profile {
	const struct capchain_host *host;
	const struct capchain_format *format;
	const struct capchain_tail *tails;
	const __u32 *ends;	/* the last is 0 */
	__u32	minsz;		/* what argsz must cover */
	__u32	whole;		/* bytes of the fixed part */
	__u32	at;		/* where the first capability starts */
	__u32	align;		/* what further offsets are multiples of */
	int	when_short;	/* enum capchain_when_short */
	int	keeps_padding;	/* what is between capabilities is left */
	int	always;		/* argsz is set to the need always */
	int	untouched;	/* enum capchain_untouched */
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
static inline void capchain_reply_poke(struct capchain_reply_builder *to,
				       __u32 at, __u32 width, __u64 number)
{
	const __u32 room = at < to->fixed ? to->fixed - at : 0;
	__u8 bytes[8];

	capchain_put(bytes, width, number);
	__builtin_memcpy(to->bytes + at, bytes, room < width ? room : width);
}

/* Whether a byte of the fixed part is not for the fields of a reply. */
static inline int capchain_reply_keeps(const struct capchain_host *host,
				       __u32 at)
{
	const struct capchain_input *input;

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
	const __u32 *end = profile->ends;
	__u32 argsz;

	__builtin_memset(to, 0, sizeof(*to));
	to->profile = profile;
	to->bytes = CAPCHAIN__CAST(__u8 *, buf);
	to->room = capchain_len(len);
	argsz = capchain_word(to->bytes, to->room, profile->host->argsz);
	to->room = argsz < to->room ? argsz : to->room;
	if (to->room < profile->minsz) {
		to->pass = 3;
		return CAPCHAIN_TOO_SHORT;
	}
	to->whole = profile->whole;
	if (!*end)
		to->fixed = to->room < to->whole ? to->room : to->whole;
	for (; *end; end++)
		if (*end <= to->room && *end > to->fixed)
			to->fixed = *end;
	return 0;
}

/* Writes what the size decides: argsz, the flags and cap_offset. */
static inline void capchain_reply_end(struct capchain_reply_builder *to)
{
	const struct capchain_profile *profile = to->profile;
	const struct capchain_host *host = profile->host;
	const int here = to->fits && to->end <= to->room;
	const int is_short = to->count && !here;
	__u32 flags = to->flags & ~host->caps;

	to->need = to->count ? capchain_len(to->end) : to->whole;
	to->written = to->count && here ? to->need : to->fixed;
	if (to->count && (here || profile->when_short != CAPCHAIN_FLAG_CLEAR))
		flags |= host->caps;
	capchain_reply_poke(to, host->flags, 4, flags);
	if (to->count || profile->untouched != CAPCHAIN_ECHO)
		capchain_reply_poke(to, host->cap_offset, 4,
				    to->count && here ? profile->at : 0);
	if (is_short || profile->always)
		capchain_reply_poke(to, host->argsz, 4, to->need);
}

/* Starts the next pass, if there is one. */
static inline int capchain_reply_pass(struct capchain_reply_builder *to)
{
	const struct capchain_profile *profile = to->profile;
	__u32 at;

	if (to->pass == 1) {
		to->fits = to->end <= to->room;
		if (profile->untouched != CAPCHAIN_ECHO)
			for (at = 0; at < to->fixed; at++)
				if (!capchain_reply_keeps(profile->host, at))
					to->bytes[at] = 0;
	} else if (to->pass == 2) {
		capchain_reply_end(to);
	}
	to->end = profile->at;
	to->flags = 0;
	to->count = 0;
	to->last = 0;
	return to->pass < 3 && ++to->pass < 3;
}

/* Sets a field of the fixed part. */
static inline void capchain_reply_field(struct capchain_reply_builder *to,
					__u32 at, __u32 width, __u64 number)
{
	if (at == to->profile->host->flags)
		to->flags = CAPCHAIN__CAST(__u32, number);
	else if (to->pass == 2)
		capchain_reply_poke(to, at, width, number);
}

/*
 * Sets the fixed part to the first bytes of a struct that is laid out as in the
 * reply; but not argsz, cap_offset, the flag that there is a chain, and the
 * input fields.
 */
static inline void capchain_reply_fixed(struct capchain_reply_builder *to,
					const void *from, capchain_size size)
{
	const struct capchain_host *host = to->profile->host;
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, from);
	__u32 at;

	if (to->pass != 2)
		return;
	for (at = 0; at < to->fixed && at < size; at++)
		if (!capchain_reply_keeps(host, at))
			to->bytes[at] = bytes[at];
	to->flags = capchain_word(bytes, capchain_len(size), host->flags);
}
