/*
 * The errors of a reply and its chain. Every value is below every errno.
 */
enum capchain_error_kind {
	/* the reply ends inside its fixed part */
	CAPCHAIN_TOO_SHORT = -65537,
	/* the buffer is smaller than the reply requires and did not grow */
	CAPCHAIN_SHORT = -65538,
	/* a capability starts at the end of the reply or after it */
	CAPCHAIN_OUT_OF_BOUNDS = -65539,
	/* a capability starts inside the fixed part */
	CAPCHAIN_INSIDE_FIXED = -65540,
	/* the reply ends inside a capability's header */
	CAPCHAIN_HEADER_CUT = -65541,
	/* the chain returns to a capability that was visited before */
	CAPCHAIN_CYCLE = -65542,
	/* the reply ends before the fields of a capability's version do */
	CAPCHAIN_BODY_SHORT = -65543,
	/* a capability counts more elements than the reply has */
	CAPCHAIN_COUNT_OUT_OF_BOUNDS = -65544,
	/* a capability overlaps the next one */
	CAPCHAIN_OVERLAP = -65545,
};

/* The description of an error. */
static inline const char *capchain_error_text(int kind)
{
	switch (kind) {
	case CAPCHAIN_TOO_SHORT:
		return "the reply ends inside its fixed part";
	case CAPCHAIN_SHORT:
		return "the buffer is too small for the reply";
	case CAPCHAIN_OUT_OF_BOUNDS:
		return "a capability starts after the end of the reply";
	case CAPCHAIN_INSIDE_FIXED:
		return "a capability starts inside the fixed part";
	case CAPCHAIN_HEADER_CUT:
		return "the reply ends inside a capability's header";
	case CAPCHAIN_CYCLE:
		return "the chain returns to an earlier capability";
	case CAPCHAIN_BODY_SHORT:
		return "the reply ends inside a capability's body";
	case CAPCHAIN_COUNT_OUT_OF_BOUNDS:
		return "a capability counts more elements than the reply has";
	case CAPCHAIN_OVERLAP:
		return "a capability overlaps the next one";
	default:
		return "unknown error";
	}
}

/* An error and its capability. */
struct capchain_error {
	int	kind;
	__u32	at;	/* offset of the capability */
	/*
	 * For the last three kinds: the capability's id, and the required
	 * bytes, the counted elements, or the offset of the next capability.
	 */
	__u32	id;
	__u64	value;
};
