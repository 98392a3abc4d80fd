/*
 * The result of a call whose argument cannot be written, perhaps since the
 * buffer is shorter than what it needs.
 */
static inline int capchain__refused(capchain_size len, capchain_size need)
{
	errno = len < need ? ENOBUFS : EINVAL;
	return -1;
}
