/* Declarations before the snippets of the guides that are not programs. */
#include <stdio.h>
#include <string.h>
#include "vfio_abi.h"

static const unsigned char reply[] = { @REPLY@ };

/* Answers about region 2 as the kernel does. */
static __attribute__((unused)) int ask(struct vfio_abi_request *request)
{
	unsigned char *bytes = request->buf;

	if (request->len >= sizeof(reply)) {
		memcpy(bytes, reply, sizeof(reply));
	} else {
		memcpy(bytes, reply, 32);
		memset(bytes + 12, 0, 4);
	}
	return 0;
}

int main(void)
{
	(void)reply;
@SNIPPET@
	return 0;
}
