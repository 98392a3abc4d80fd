/* The maximum number of calls while the required size keeps growing. */
#define CAPCHAIN__CALLS	8

/*
 * Calls, and calls again with a larger buffer if the reply did not fit.
 *
 * Before every call, argsz and the input fields are set and all other bytes of
 * buf are cleared. call passes buf on: to ioctl(), or over a socket. It returns
 * 0, or an error, which the request returns unchanged. If it knows how many
 * bytes were written, it stores the number in written, whose initial value is
 * len.
 *
 * grow may be null. It enlarges buf to at least need bytes, as realloc() does,
 * sets len and returns 0; or it changes neither and returns another value. need
 * comes from the other side, which may ask for any size. With grow, buf can be
 * null at first, with a len of 0.
 */
struct capchain_request {
	void	*buf;
	capchain_size len;
	int	(*call)(struct capchain_request *request);
	int	(*grow)(struct capchain_request *request, __u32 need);
	void	*context;	/* for call and grow */
	capchain_size written;
	__u32	calls;		/* how often call was called */
	int	fd;		/* for functions that make ioctls */
};

/* Sets the input fields; their values follow each other in inputs. */
static inline void capchain__put_inputs(const struct capchain__host *host,
					__u8 *bytes, __u32 len,
					const __u8 *inputs)
{
	const struct capchain__input *input;

	for (input = host->inputs; input->size; input++) {
		if (input->at <= len && input->size <= len - input->at)
			__builtin_memcpy(bytes + input->at, inputs,
					 input->size);
		inputs += input->size;
	}
}

/* Whether the buffer has need bytes; grows it if necessary. */
static inline int capchain__room(struct capchain_request *request,
				 struct capchain_reply *reply, __u32 need)
{
	if (request->buf && request->len >= need)
		return 1;
	if (!request->grow || request->grow(request, need)) {
		reply->need = need;
		return 0;
	}
	/* The old reply may point into memory that has moved. */
	CAPCHAIN__CLEAR(reply);
	reply->need = need;
	return request->buf && request->len >= need;
}

/* Sets up the buffer and calls once. */
static inline int capchain__call(struct capchain_request *request,
				 const struct capchain__host *host,
				 const __u8 *inputs)
{
	__u8 *bytes = CAPCHAIN__CAST(__u8 *, request->buf);
	const __u32 len = capchain__len(request->len);

	__builtin_memset(bytes, 0, request->len);
	capchain__put_inputs(host, bytes, len, inputs);
	capchain__put(bytes + host->argsz, 4, len);
	request->written = request->len;
	request->calls++;
	return request->call(request);
}

/*
 * The protocol of two calls. Returns 0 with the full reply; CAPCHAIN_SHORT with
 * the part that fits, if any, and the required size in need; CAPCHAIN_TOO_SHORT
 * if the answer is not a reply; or the error of a call.
 */
static inline int capchain__ask(struct capchain_request *request,
				const struct capchain__host *host,
				struct capchain_reply *reply,
				const __u8 *inputs)
{
	__u32 need = host->minsz;
	int result;

	request->calls = 0;
	CAPCHAIN__CLEAR(reply);
	while (request->calls < CAPCHAIN__CALLS) {
		if (!capchain__room(request, reply, need))
			break;
		CAPCHAIN__CLEAR(reply);
		result = capchain__call(request, host, inputs);
		if (result)
			return result;
		result = capchain__parse(host, reply, request->buf,
					 request->len, request->written);
		if (result || !reply->need)
			return result;
		/* The reply did not fit, though the buffer is large enough. */
		if (reply->need <= request->len)
			break;
		need = reply->need;
	}
	return CAPCHAIN_SHORT;
}
