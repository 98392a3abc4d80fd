/* How often a request asks while the need grows. */
#define CAPCHAIN_CALLS	8

/*
 * Asks for a reply, and again with a larger buffer where it did not fit.
 *
 * buf starts with the struct that the call takes, with its input fields set;
 * argsz is set here, for every call, and all else is cleared. call passes buf
 * on: to ioctl(), or over a socket. It returns 0, or its error, which comes
 * back unchanged. If it knows how many bytes were written, it says so in
 * written, which holds len before.
 *
 * grow, where there is one, makes buf and len hold at least need bytes, as
 * realloc() does, and returns 0; or it returns something else and leaves them
 * as they are.
 */
struct capchain_request {
	void	*buf;
	capchain_size len;
	int	(*call)(struct capchain_request *request);
	int	(*grow)(struct capchain_request *request, __u32 need);
	void	*context;	/* for call and grow */
	capchain_size written;
	__u32	calls;		/* how often it was asked */
};

/* Copies the fields that are inputs to where they are kept, or back. */
static inline void capchain_inputs(const struct capchain_host *host,
				   __u8 *bytes, __u32 len, __u8 *kept,
				   int back)
{
	const struct capchain_input *input;

	for (input = host->inputs; input->size; input++) {
		if (input->at <= len && input->size <= len - input->at)
			__builtin_memcpy(back ? bytes + input->at : kept,
					 back ? kept : bytes + input->at,
					 input->size);
		kept += input->size;
	}
}

/* Sets up the buffer and calls once. */
static inline int capchain_call(struct capchain_request *request,
				const struct capchain_host *host, __u8 *kept)
{
	__u8 *bytes = CAPCHAIN_CAST(__u8 *, request->buf);
	const __u32 len = capchain_len(request->len);

	__builtin_memset(bytes, 0, request->len);
	capchain_inputs(host, bytes, len, kept, 1);
	capchain_put(bytes + host->argsz, 4, len);
	request->written = request->len;
	request->calls++;
	return request->call(request);
}

/*
 * The whole protocol: 0 with all of the reply; CAPCHAIN_SHORT with the part
 * that fits, whose need tells the size to come back with; CAPCHAIN_TOO_SHORT
 * where buffer or reply end in the part that every reply has; or the error of
 * a call. kept has room for the inputs.
 */
static inline int capchain_ask(struct capchain_request *request,
			       const struct capchain_host *host,
			       struct capchain_reply *reply, __u8 *kept)
{
	int result;

	request->calls = 0;
	__builtin_memset(reply, 0, sizeof(*reply));
	if (!request->buf || request->len < host->minsz)
		return CAPCHAIN_TOO_SHORT;
	capchain_inputs(host, CAPCHAIN_CAST(__u8 *, request->buf),
			capchain_len(request->len), kept, 0);
	for (;;) {
		result = capchain_call(request, host, kept);
		if (result)
			return result;
		result = capchain_parse(host, reply, request->buf,
					request->len, request->written);
		if (result || !reply->need)
			return result;
		/* A need that there is room for does not go away. */
		if (reply->need <= request->len || !request->grow ||
		    request->calls == CAPCHAIN_CALLS ||
		    request->grow(request, reply->need))
			return CAPCHAIN_SHORT;
		__builtin_memset(reply, 0, sizeof(*reply));
		if (!request->buf || request->len < host->minsz)
			return CAPCHAIN_TOO_SHORT;
	}
}
