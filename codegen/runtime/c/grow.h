/* The largest buffer that capchain_grow() makes. */
#ifndef CAPCHAIN_GROW_LIMIT
#define CAPCHAIN_GROW_LIMIT	(1 << 20)
#endif

/*
 * The grow of a request whose buf is null or comes from malloc(). The program
 * frees buf after the last use of the reply.
 */
static inline int capchain_grow(struct capchain_request *request, __u32 need)
{
	const __u32 len = need < 512 ? 512 : need;
	void *larger;

	if (len > CAPCHAIN_GROW_LIMIT)
		return -1;
	larger = realloc(request->buf, len);
	if (!larger)
		return -1;
	request->buf = larger;
	request->len = len;
	return 0;
}

/* The result of a call whose request had this result. */
static inline int capchain__called(int result)
{
	switch (result) {
	case CAPCHAIN_SHORT:
		errno = ENOBUFS;
		return -1;
	case CAPCHAIN_TOO_SHORT:
		errno = EPROTO;
		return -1;
	default:
		return result;
	}
}
