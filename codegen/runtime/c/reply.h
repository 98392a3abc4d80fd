/* A field that the caller sets. A list of inputs ends with a size of 0. */
struct capchain__input {
	__u32	at;
	__u32	size;
	int	stays;	/* the reply does not set it */
};

/* The offsets of the protocol's own fields in the struct before a chain. */
struct capchain__host {
	__u32	minsz;		/* bytes that every reply has */
	__u32	argsz;
	__u32	flags;
	__u32	caps_flag;	/* the flag that says there is a chain */
	__u32	cap_offset;
	const struct capchain__input *inputs;
};

/* A reply, up to argsz. */
struct capchain_reply {
	const __u8 *bytes;
	__u32	len;
	__u32	argsz;	/* the value of argsz */
	__u32	need;	/* required size of the buffer; 0 if the reply fits */
	__u32	first;	/* offset of the first capability; 0 without chain */
};

/* A 32-bit field; 0 if the reply ends before it. */
static inline __u32 capchain__word(const __u8 *bytes, __u32 len, __u32 at)
{
	return at <= len && len - at >= 4 ? capchain__u32(bytes + at) : 0;
}

/*
 * Reads the protocol's fields in a buffer of len bytes, of which some were
 * written. Bytes after these and after argsz are not read. If argsz exceeds the
 * buffer, the reply is short and has no capabilities.
 */
static inline int capchain__parse(const struct capchain__host *host,
				  struct capchain_reply *reply, const void *buf,
				  capchain_size len, capchain_size written)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, buf);
	const capchain_size end = written < len ? written : len;
	const __u32 known = capchain__len(end);
	__u32 argsz;

	CAPCHAIN__CLEAR(reply);
	argsz = capchain__word(bytes, known, host->argsz);
	reply->argsz = argsz;
	reply->len = argsz <= end ? argsz : known;
	if (reply->len < host->minsz)
		return CAPCHAIN_TOO_SHORT;
	reply->bytes = bytes;
	if (argsz > len) {
		reply->need = argsz;
		return 0;
	}
	if (!(capchain__word(bytes, reply->len, host->flags) & host->caps_flag))
		return 0;
	reply->first = capchain__word(bytes, reply->len, host->cap_offset);
	if (!reply->first)
		reply->need = argsz;
	return 0;
}

/*
 * Whether a field that later kernels appended is present: the reply covers its
 * end, and no chain starts before its end.
 */
static inline int capchain__covers(const struct capchain_reply *reply,
				   __u32 end)
{
	return end <= reply->len && (!reply->first || end <= reply->first);
}

/* The walk over a reply's chain, which is empty if the reply has none. */
static inline struct capchain_walk capchain__start_reply(
		const struct capchain__format *format,
		const struct capchain__host *host,
		const struct capchain_reply *reply)
{
	const __u32 end = host->cap_offset + 4;

	return capchain__start(format, reply->bytes, reply->len,
			       end > host->minsz ? end : host->minsz,
			       reply->first);
}
