/* Requests to peers of every kind. */
#include "vfio_abi.h"
#include "check.h"

/* A peer: its rules, and a record of its calls. */
struct peer {
	__u32	need;		/* the size of its full reply */
	__u32	step;		/* growth of this size with each call */
	int	user;		/* behaves like vfio-user servers */
	int	iommufd;	/* always sets argsz to the need */
	int	tells;		/* reports the number of bytes written */
	int	scribbles;	/* overwrites the caller's fields */
	int	error;		/* the result of the call with this number */
	__u32	fails_at;
	int	refuses;	/* grow fails */
	__u32	seen[16];	/* the argsz of each call */
};

/* Answers about region 7, as a kernel or a server does. */
static int answer(struct vfio_abi_request *request)
{
	struct peer *peer = request->context;
	unsigned char *bytes = request->buf;
	__u32 argsz = get32(bytes, 0);
	int fits = argsz >= peer->need;

	SAME(request->calls <= VFIO_ABI__CALLS, 1);
	peer->seen[request->calls - 1] = argsz;
	SAME(argsz, request->len);
	SAME(request->written, request->len);
	SAME(get32(bytes, 8), 7);
	for (__u32 at = 4; at < argsz; at++)
		if (at < 8 || at >= 12)
			SAME(bytes[at], 0);
	if (peer->error && request->calls == peer->fails_at)
		return peer->error;
	if (!fits || peer->iommufd || peer->user)
		put32(bytes, 0, peer->need);
	if (fits || !peer->user)
		put32(bytes, 4, VFIO_REGION_INFO_FLAG_CAPS);
	if (peer->scribbles)
		put32(bytes, 8, 0xdead);
	put64(bytes, 16, 0x1000 * request->calls);
	if (fits) {
		put32(bytes, 12, 32);
		header(bytes, 32, 3, 1, 0);
	}
	if (peer->tells)
		request->written = fits ? peer->need : 32;
	peer->need += peer->step;
	return 0;
}

static int grow(struct vfio_abi_request *request, __u32 need)
{
	struct peer *peer = request->context;
	void *larger;

	if (peer->refuses)
		return 1;
	CHECK(need > request->len);
	larger = realloc(request->buf, need);
	if (!larger)
		return 1;
	request->buf = larger;
	request->len = need;
	return 0;
}

static struct vfio_abi_request request;
static struct vfio_abi_region_info info;
static const struct vfio_abi_region_info_args seventh = { .index = 7 };

/* Sends a request with a buffer of len bytes that is full of garbage. */
static int asks(struct peer *peer, __u32 len, int grows)
{
	memset(&request, 0, sizeof(request));
	if (len) {
		request.buf = malloc(len);
		if (!request.buf)
			exit(2);
		memset(request.buf, 0xa5, len);
	}
	request.len = len;
	request.call = answer;
	request.grow = grows ? grow : NULL;
	request.context = peer;
	return vfio_abi_region_info_request(&request, &seventh, &info);
}

/* The full reply is read, after this number of calls. */
static void full(__u32 calls)
{
	struct vfio_abi_region_msix_mappable cap;

	SAME(request.calls, calls);
	SAME(info.reply.need, 0);
	SAME(info.size, 0x1000 * calls);
	SAME(vfio_abi_region_msix_mappable_find(&info, &cap), 1);
	free(request.buf);
}

/* The reply did not fit. */
static void is_short(__u32 calls, __u32 need)
{
	struct vfio_abi_walk walk = vfio_abi_region_caps(&info);
	struct vfio_abi_cap cap;

	SAME(request.calls, calls);
	SAME(info.reply.need, need);
	SAME(info.size, 0x1000 * calls);
	SAME(vfio_abi_region_next(&walk, &cap), 0);
	free(request.buf);
}

static void dialects(void)
{
	for (int dialect = 0; dialect < 8; dialect++) {
		struct peer peer = {
			.need = 40,
			.user = dialect & 1,
			.iommufd = dialect & 2,
			.tells = dialect & 4,
			.scribbles = 1,
		};

		/* One call if the buffer is large enough. */
		SAME(asks(&peer, 40, 0), 0);
		full(1);
		SAME(asks(&peer, 4096, 0), 0);
		SAME(info.reply.len, peer.user || peer.iommufd || peer.tells
				     ? 40 : 4096);
		full(1);
		/* Two calls if it can grow; otherwise the need is returned. */
		SAME(asks(&peer, 32, 1), 0);
		SAME(peer.seen[0], 32);
		SAME(peer.seen[1], 40);
		full(2);
		SAME(asks(&peer, 32, 0), VFIO_ABI_SHORT);
		is_short(1, 40);
		peer.refuses = 1;
		SAME(asks(&peer, 32, 1), VFIO_ABI_SHORT);
		is_short(1, 40);
	}
}

static void needs_that_grow(void)
{
	/* The need grows with each call, until the buffer is large enough. */
	struct peer peer = { .need = 48, .step = 8 };

	SAME(asks(&peer, 32, 1), VFIO_ABI_SHORT);
	for (__u32 call = 1; call < VFIO_ABI__CALLS; call++)
		SAME(peer.seen[call], 40 + 8 * call);
	is_short(VFIO_ABI__CALLS, 40 + 8 * VFIO_ABI__CALLS);

	peer = (struct peer) { .need = 48, .step = 0xffffffff };
	SAME(asks(&peer, 32, 1), 0);
	full(2);
}

/* Sets the flag of a chain and never returns the chain. */
static int never(struct vfio_abi_request *self)
{
	put32(self->buf, 4, VFIO_REGION_INFO_FLAG_CAPS);
	put64(self->buf, 16, 0x1000 * self->calls);
	return 0;
}

/* Writes only some bytes; argsz says more. */
static int cut(struct vfio_abi_request *self)
{
	struct peer *peer = self->context;

	memset(self->buf, 0xff, self->len);
	put32(self->buf, 0, 64);
	put32(self->buf, 4, VFIO_REGION_INFO_FLAG_CAPS);
	put32(self->buf, 12, 40);
	self->written = peer->need;
	return 0;
}

static void liars(void)
{
	struct peer peer = { .need = 40 };
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;

	memset(&info, 0xff, sizeof(info));
	SAME(asks(&peer, 64, 0), 0);
	request.call = never;
	request.grow = grow;
	SAME(vfio_abi_region_info_request(&request, &seventh, &info), VFIO_ABI_SHORT);
	is_short(1, 64);

	for (peer.need = 0; peer.need < 72; peer.need++) {
		unsigned char buf[64] = { 0 };

		request = (struct vfio_abi_request) {
			.buf = buf, .len = 64, .call = cut, .context = &peer,
		};
		if (peer.need < 32) {
			SAME(vfio_abi_region_info_request(&request, &seventh, &info),
			     VFIO_ABI_TOO_SHORT);
			SAME(info.size, 0);
			continue;
		}
		SAME(vfio_abi_region_info_request(&request, &seventh, &info), 0);
		SAME(info.reply.len, peer.need < 64 ? peer.need : 64);
		walk = vfio_abi_region_caps(&info);
		SAME(vfio_abi_region_next(&walk, &cap),
		     peer.need <= 40 ? VFIO_ABI_OUT_OF_BOUNDS :
		     peer.need < 48 ? VFIO_ABI_HEADER_CUT : 1);
	}
}

static void errors(void)
{
	struct peer peer = { .need = 40, .error = -22, .fails_at = 1 };

	SAME(asks(&peer, 32, 1), -22);
	SAME(request.calls, 1);
	SAME(info.size, 0);
	free(request.buf);
	peer.fails_at = 2;
	peer.error = 5;
	SAME(asks(&peer, 32, 1), 5);
	SAME(request.calls, 2);
	SAME(info.size, 0);
	CHECK(!info.reply.bytes);
	free(request.buf);

	/* A buffer that is smaller than minsz is not sent. */
	for (__u32 len = 0; len < 32; len++) {
		SAME(asks(&peer, len, 0), VFIO_ABI_SHORT);
		SAME(request.calls, 0);
		SAME(info.reply.need, 32);
		CHECK(!info.reply.bytes);
		free(request.buf);
	}
}

/* Grow reports success but does nothing. */
static int pretend(struct vfio_abi_request *self, __u32 need)
{
	self->len = need - 1;
	return 0;
}

/* A buffer may be empty at first. */
static void from_nothing(void)
{
	struct peer peer = { .need = 40 };

	for (__u32 len = 0; len < 32; len++) {
		SAME(asks(&peer, len, 1), 0);
		SAME(peer.seen[0], 32);
		full(2);
	}
	SAME(asks(&peer, 32, 1), 0);
	request.grow = pretend;
	request.len = 32;
	SAME(vfio_abi_region_info_request(&request, &seventh, &info), VFIO_ABI_SHORT);
	SAME(request.calls, 1);
	SAME(info.reply.need, 40);
	CHECK(!info.reply.bytes);
	free(request.buf);
}

int main(void)
{
	dialects();
	needs_that_grow();
	liars();
	errors();
	from_nothing();
	return 0;
}
