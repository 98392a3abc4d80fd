/* The content of output bytes that the server does not set. */
enum capchain__unset {
	CAPCHAIN__ECHO,		/* the caller's bytes */
	CAPCHAIN__ZERO,
	CAPCHAIN__STACK,	/* undefined in the kernel; zero here */
};

/* The reply to a buffer that is too small for the chain. */
enum capchain__when_too_small {
	CAPCHAIN__OFFSET_ZERO,	/* the flag set, and a cap_offset of 0 */
	CAPCHAIN__PARTIAL,	/* the same, and the capabilities that fit */
	CAPCHAIN__FLAG_CLEAR,	/* the flag clear */
	CAPCHAIN__OFFSET_SET,	/* as if the capabilities followed */
};

/* The array of a known capability. A list of arrays ends with each = 0. */
struct capchain__known_array {
	__u32	id;
	__u32	at;		/* offset in the capability */
	__u32	each;		/* size of an element */
};

/*
 * The rules by which a handler writes replies. The fixed part ends at the last
 * of the fixed_ends that argsz covers or, if the list is empty, at argsz.
 */
struct capchain_profile {
	const struct capchain__host *host;
	const struct capchain__format *format;
	const struct capchain__known_array *arrays;
	const __u32 *fixed_ends;	/* a list that ends with 0 */
	__u32	minsz;			/* bytes that argsz must cover */
	__u32	fixed_size;		/* size of the fixed part */
	__u32	first_cap;		/* offset of the first capability */
	__u32	align;			/* alignment of further capabilities */
	int	when_too_small;		/* enum capchain__when_too_small */
	int	preserves_padding;	/* keeps bytes between capabilities */
	int	always_sets_argsz;	/* sets it although the reply fits */
	int	unset;			/* enum capchain__unset */
};

/*
 * Writes a reply in place, over the request in the buffer. The request's argsz
 * and input fields are read and preserved.
 *
 *	if (capchain_reply_begin(&to, profile, buf, len))
 *		return -EINVAL;
 *	while (capchain_reply_pass(&to)) {
 *		capchain_reply_fixed(&to, &info, sizeof(info));
 *		capchain_reply_append(&to, id, version, body, size);
 *	}
 *	send(buf, to.written);
 *
 * The loop runs twice, with the same contents: the first pass computes the size
 * of the reply, which decides how much of it is written, and the second pass
 * writes. Bytes after argsz or len are not touched. After the loop, need is the
 * size of the full reply, and written is the number of bytes written.
 */
struct capchain_reply_builder {
	const struct capchain_profile *profile;
	__u8	*bytes;
	__u32	room;		/* bytes that may be written */
	__u32	fixed;		/* bytes of the fixed part that are written */
	__u32	whole;		/* size of the fixed part */
	__u32	flags;		/* the flags, without the chain's flag */
	__u32	need;
	__u32	written;
	int	pass;		/* 1 computes the size, 2 writes, 3 is done */
	int	fits;		/* the first pass fitted the buffer */
	__u64	end;		/* end of the reply so far */
	__u32	count;		/* capabilities so far */
	__u32	last;		/* offset of the last one; 0 if not written */
	__u64	array;		/* offset of the last one's array */
	__u32	each;		/* size of an element */
};

/* Writes those bytes of an integer that are in the written fixed part. */
static inline void capchain__store_clamped(
		struct capchain_reply_builder *to, __u32 at, __u32 width,
		__u64 number)
{
	const __u32 room = at < to->fixed ? to->fixed - at : 0;
	__u8 bytes[8];

	capchain__put(bytes, width, number);
	if (room)
		__builtin_memcpy(to->bytes + at, bytes,
				 room < width ? room : width);
}

/* Whether capchain_reply_fixed() leaves a byte of the fixed part alone. */
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
 * Starts a reply in a buffer of len bytes that starts with the request. Returns
 * CAPCHAIN_TOO_SHORT and writes nothing if len or argsz is less than minsz.
 */
static inline int capchain_reply_begin(struct capchain_reply_builder *to,
				       const struct capchain_profile *profile,
				       void *buf, capchain_size len)
{
	const __u32 *end = profile->fixed_ends;
	__u32 argsz;

	CAPCHAIN__CLEAR(to);
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

/*
 * Starts a reply without a buffer. Nothing is written; after the loop, need is
 * the size of the full reply.
 */
static inline void capchain_reply_measure(
		struct capchain_reply_builder *to,
		const struct capchain_profile *profile)
{
	CAPCHAIN__CLEAR(to);
	to->profile = profile;
	to->whole = profile->fixed_size;
}

/* Writes the fields that depend on the size: argsz, flags and cap_offset. */
static inline void capchain__reply_end(struct capchain_reply_builder *to)
{
	const struct capchain_profile *profile = to->profile;
	const struct capchain__host *host = profile->host;
	const int here = to->fits && to->end <= to->room;
	const int is_short = to->count && !here;
	__u32 flags = to->flags & ~host->caps_flag, first = 0;

	to->need = to->count ? capchain__len(to->end) : to->whole;
	to->written = to->count && here ? to->need : to->fixed;
	if (to->count &&
	    (here || profile->when_too_small != CAPCHAIN__FLAG_CLEAR))
		flags |= host->caps_flag;
	capchain__store_clamped(to, host->flags, 4, flags);
	if (to->count &&
	    (here || profile->when_too_small == CAPCHAIN__OFFSET_SET))
		first = profile->first_cap;
	if (to->count || profile->unset != CAPCHAIN__ECHO)
		capchain__store_clamped(to, host->cap_offset, 4, first);
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
 * Copies the fixed part from a struct with the layout of the reply, except for
 * argsz, cap_offset, the flag of the chain and the input fields.
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
