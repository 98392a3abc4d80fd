/* The result of a call whose argument cannot be written. */
static inline int capchain__refused(void)
{
	errno = EINVAL;
	return -1;
}
