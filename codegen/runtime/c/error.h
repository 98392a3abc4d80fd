/*
 * What is wrong with a reply or its chain. No errno is as low as these.
 */
enum capchain_error_kind {
	/* the reply ends in the part that every reply has */
	CAPCHAIN_TOO_SHORT = -65537,
	/* the buffer is smaller than the reply needs and did not grow */
	CAPCHAIN_SHORT = -65538,
	/* a capability starts at the end of the reply or behind */
	CAPCHAIN_OUT_OF_BOUNDS = -65539,
	/* a capability starts in the fixed part */
	CAPCHAIN_INSIDE_FIXED = -65540,
	/* the reply ends in a capability's header */
	CAPCHAIN_HEADER_CUT = -65541,
	/* the chain comes back to itself */
	CAPCHAIN_CYCLE = -65542,
	/* the reply ends before a capability has what its version needs */
	CAPCHAIN_BODY_SHORT = -65543,
	/* a capability counts more elements than the reply holds */
	CAPCHAIN_COUNT_OUT_OF_BOUNDS = -65544,
	/* a capability reaches into the next one */
	CAPCHAIN_OVERLAP = -65545,
};

/* The error in words. */
static inline const char *capchain_error_text(int kind)
{
	switch (kind) {
	case CAPCHAIN_TOO_SHORT:
		return "the reply ends in its fixed part";
	case CAPCHAIN_SHORT:
		return "the buffer is too small for the reply";
	case CAPCHAIN_OUT_OF_BOUNDS:
		return "a capability starts behind the reply";
	case CAPCHAIN_INSIDE_FIXED:
		return "a capability starts in the fixed part";
	case CAPCHAIN_HEADER_CUT:
		return "the reply ends in a capability's header";
	case CAPCHAIN_CYCLE:
		return "the chain comes back to itself";
	case CAPCHAIN_BODY_SHORT:
		return "the reply ends in a capability's body";
	case CAPCHAIN_COUNT_OUT_OF_BOUNDS:
		return "a capability counts more elements than there are";
	case CAPCHAIN_OVERLAP:
		return "a capability reaches into the next one";
	default:
		return "no error of a chain";
	}
}

/* An error, and the capability that it is about. */
struct capchain_error {
	int	kind;
	__u32	at;	/* where the capability starts */
	__u32	id;	/* of the last three kinds: its id, */
	__u64	value;	/* the bytes, the elements, or where the next starts */
};
