/*
 * The result of a call whose argument cannot be written, perhaps since the
 * buffer is too small.
 */
static inline int capchain__refused(int is_small)
{
	errno = is_small ? ENOBUFS : EINVAL;
	return -1;
}
