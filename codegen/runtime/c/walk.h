/* Bits of an integer in a header. */
struct capchain__bits {
	__u32	at;	/* offset of the integer in the header */
	__u32	width;	/* bytes of the integer; 0 if there are no bits */
	__u32	low;	/* the lowest bit */
	__u64	mask;	/* applied after the shift */
};

/* The format of a chain's headers, and the meaning of their offsets. */
struct capchain__format {
	__u32	size;			/* size of the header */
	__u32	min_size;		/* minimum size of a capability */
	struct capchain__bits id;
	struct capchain__bits version;	/* without bits, always 1 */
	struct capchain__bits next;
	__u64	end;			/* the next that ends the chain */
	int	from_reply;		/* next counts from the reply's start */
};

/* A capability. */
struct capchain_cap {
	__u32	at;		/* its offset in the reply */
	__u32	id;
	__u32	version;
	__u32	next;		/* offset of the next one; 0 for the last */
	int	known;		/* its body was checked */
	__u32	size;		/* number of bytes that can belong to it */
	const __u8 *bytes;	/* these bytes, starting with the header */
};

/* The walk over a chain. It is bounded by the reply and ends on every input. */
struct capchain_walk {
	const __u8 *bytes;	/* the reply */
	__u32	len;
	__u32	bound;		/* lowest offset of a capability */
	__u32	stop;		/* offset before which one can start */
	__u32	at;		/* offset of the next capability */
	__s64	left;		/* how many can be visited from there on */
	int	state;		/* 1 during the walk, 0 at its end, or error */
	struct capchain_error error;
};

/*
 * A walk that starts with the capability at first; over an empty chain if that
 * is 0 and below bound. No capability can start before bound.
 */
static inline struct capchain_walk capchain__start(
		const struct capchain__format *format, const __u8 *bytes,
		__u32 len, __u32 bound, __u32 first)
{
	struct capchain_walk walk;

	CAPCHAIN__CLEAR(&walk);
	walk.bytes = bytes;
	walk.len = len;
	walk.bound = bound;
	walk.at = first;
	if (first < bound && !first)
		return walk;
	walk.state = 1;
	if (len >= format->size)
		walk.stop = len - format->size + 1;
	if (first >= bound && first < walk.stop)
		walk.left = len / format->min_size;
	return walk;
}

/* A walk over an empty chain. */
static inline struct capchain_walk capchain__empty_walk(void)
{
	struct capchain_walk walk;

	CAPCHAIN__CLEAR(&walk);
	return walk;
}

/* Ends a walk with an error. */
static inline int capchain__fail(struct capchain_walk *walk, int kind, __u32 at,
				 __u32 id, __u64 value)
{
	walk->error.kind = kind;
	walk->error.at = at;
	walk->error.id = id;
	walk->error.value = value;
	walk->left = 0;
	walk->state = kind;
	return kind;
}

/* Reads a bit field of a header. */
static CAPCHAIN__INLINE __u64 capchain__field(
		const __u8 *header, const struct capchain__bits *bits)
{
	__u64 number = capchain__number(header + bits->at, bits->width);

	return number >> bits->low & bits->mask;
}

/* The offset in the reply to which a header's next leads. */
static CAPCHAIN__INLINE __u32 capchain__target(
		const struct capchain__format *format, __u32 at, __u64 next)
{
	__u64 most = 0xffffffff;

	/* An offset beyond 32 bits is after every reply. */
	if (!format->from_reply)
		next = next > most - at ? most : next + at;
	return CAPCHAIN__CAST(__u32, next > most ? most : next);
}

/* Ends a walk at a capability that cannot be visited. */
static inline int capchain__refuse(const struct capchain__format *format,
				   struct capchain_walk *walk)
{
	const __u32 at = walk->at;

	if (at < walk->bound)
		return capchain__fail(walk, CAPCHAIN_INSIDE_FIXED, at, 0, 0);
	if (at >= walk->len)
		return capchain__fail(walk, CAPCHAIN_OUT_OF_BOUNDS, at, 0, 0);
	if (walk->len - at < format->size)
		return capchain__fail(walk, CAPCHAIN_HEADER_CUT, at, 0, 0);
	return capchain__fail(walk, CAPCHAIN_CYCLE, at, 0, 0);
}

/*
 * Prepares the next step if the next capability is not after this one, or
 * cannot start where it should. Returns the end of this one.
 */
static inline __u32 capchain__leave(const struct capchain__format *format,
				    struct capchain_walk *walk,
				    struct capchain_cap *cap, __u64 next,
				    __u32 target)
{
	if (next == format->end) {
		walk->left = 0;
		walk->state = 0;
		return walk->len;
	}
	cap->next = target;
	walk->at = target;
	if (target == cap->at)
		/* This capability is returned; the next visit fails. */
		capchain__fail(walk, CAPCHAIN_CYCLE, target, 0, 0);
	else if (target < walk->bound || target >= walk->stop)
		walk->left = 0;
	return target > cap->at && target < walk->len ? target : walk->len;
}

/*
 * Visits the next capability and reads its header. Returns 1 if there is one,
 * 0 at the end, or the kind of the error; walk->error has the details. After an
 * error, every call returns the same error.
 */
static CAPCHAIN__INLINE int capchain__visit(
		const struct capchain__format *format,
		struct capchain_walk *walk, struct capchain_cap *cap)
{
	const __u32 at = walk->at;
	const __u8 *header;
	__u32 target;
	__u64 next;

	if (--walk->left < 0) {
		walk->left = 0;
		/* This test shows static analyzers that the result is not 1. */
		if (walk->state <= 0)
			return walk->state;
		return capchain__refuse(format, walk);
	}
	header = walk->bytes + at;
	cap->at = at;
	cap->bytes = header;
	cap->known = 0;
	cap->id = CAPCHAIN__CAST(__u32, capchain__field(header, &format->id));
	cap->version = 1;
	if (format->version.width)
		cap->version = CAPCHAIN__CAST(__u32,
				capchain__field(header, &format->version));
	next = capchain__field(header, &format->next);
	target = capchain__target(format, at, next);
	/* If the end is 0, a next of 0 gives a target that is not after at. */
	if (target > at && target < walk->stop &&
	    (!format->end || next != format->end)) {
		cap->next = target;
		cap->size = target - at;
		walk->at = target;
		return 1;
	}
	cap->next = 0;
	cap->size = capchain__leave(format, walk, cap, next, target) - at;
	return 1;
}
