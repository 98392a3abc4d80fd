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

/* A request without its buffer. */
struct capchain__question {
	__u32	minsz;		/* bytes that every reply has */
	__u32	argsz;		/* the offset of argsz */
	const struct capchain__input *inputs;
	const __u8 *values;	/* of all inputs, one after the other */
	const void *format;	/* for read */
	/*
	 * Reads the reply after a call that returned result, and sets its need
	 * if it did not fit. Returns the result of the request.
	 */
	int	(*read)(const void *format, struct capchain_reply *reply,
			const struct capchain_request *request, int result);
};

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

/* Clears the buffer, and sets the input fields and argsz. */
static inline void capchain__prepare(struct capchain_request *request,
				     const struct capchain__question *question)
{
	const __u8 *values = question->values;
	__u8 *bytes = CAPCHAIN__CAST(__u8 *, request->buf);
	const __u32 len = capchain__len(request->len);
	const struct capchain__input *input;

	__builtin_memset(bytes, 0, request->len);
	for (input = question->inputs; input->size; input++) {
		if (input->at <= len && input->size <= len - input->at)
			__builtin_memcpy(bytes + input->at, values,
					 input->size);
		values += input->size;
	}
	capchain__put(bytes + question->argsz, 4, len);
	request->written = request->len;
}

/*
 * Calls until the reply fits. Returns the result of read if nothing more is
 * needed; otherwise CAPCHAIN_SHORT, with the part that fits, if any, and the
 * required size in need.
 */
static inline int capchain__ask(struct capchain_request *request,
				const struct capchain__question *question,
				struct capchain_reply *reply)
{
	__u32 need = question->minsz;
	int result;

	request->calls = 0;
	CAPCHAIN__CLEAR(reply);
	while (request->calls < CAPCHAIN__CALLS) {
		if (!capchain__room(request, reply, need))
			break;
		capchain__prepare(request, question);
		request->calls++;
		result = request->call(request);
		CAPCHAIN__CLEAR(reply);
		result = question->read(question->format, reply, request,
					result);
		if (!reply->need)
			return result;
		/* The reply did not fit, though the buffer is large enough. */
		if (reply->need <= request->len)
			break;
		need = reply->need;
	}
	return CAPCHAIN_SHORT;
}

/* Reads a reply with a chain; no reply after a call that failed. */
static inline int capchain__read_chain(const void *format,
				       struct capchain_reply *reply,
				       const struct capchain_request *request,
				       int result)
{
	if (result)
		return result;
	return capchain__parse(CAPCHAIN__CAST(const struct capchain__host *,
					      format),
			       reply, request->buf, request->len,
			       request->written);
}

/*
 * The protocol of two calls. Returns 0 with the full reply; CAPCHAIN_SHORT;
 * CAPCHAIN_TOO_SHORT if the answer is not a reply; or the error of a call.
 */
static inline int capchain__ask_chain(struct capchain_request *request,
				      const struct capchain__host *host,
				      struct capchain_reply *reply,
				      const __u8 *values)
{
	const struct capchain__question question = {
		host->minsz, host->argsz, host->inputs, values, host,
		capchain__read_chain
	};

	return capchain__ask(request, &question, reply);
}
