/*
 * Why an argument is not accepted: the negative error of Linux that a kernel
 * returns to the program that called it.
 */
#define CAPCHAIN_RECEIVE_SHORT	(-22)	/* EINVAL: it ends before minsz */
#define CAPCHAIN_RECEIVE_TAIL	(-7)	/* E2BIG: an unknown byte is not zero */

/*
 * Takes an argument of len bytes as a kernel does that knows size bytes of it:
 * bytes that the argument lacks are zero, and bytes that the kernel does not
 * know must be zero. Returns 0, CAPCHAIN_RECEIVE_SHORT or CAPCHAIN_RECEIVE_TAIL;
 * known is changed only if it returns 0.
 */
static inline int capchain_receive(const void *argument, capchain_size len,
				   void *known, capchain_size size,
				   capchain_size minsz)
{
	const __u8 *bytes = CAPCHAIN__CAST(const __u8 *, argument);
	__u8 *to = CAPCHAIN__CAST(__u8 *, known);
	const capchain_size covered = len < size ? len : size;
	capchain_size at;

	if (len < minsz)
		return CAPCHAIN_RECEIVE_SHORT;
	for (at = size; at < len; at++)
		if (bytes[at])
			return CAPCHAIN_RECEIVE_TAIL;
	for (at = 0; at < covered; at++)
		to[at] = bytes[at];
	for (at = covered; at < size; at++)
		to[at] = 0;
	return 0;
}
