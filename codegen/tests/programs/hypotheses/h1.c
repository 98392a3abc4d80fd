/*
 * H1: argsz is set to the size of the buffer on every call. The naive reader
 * requests two regions with one struct and sets argsz once; the first reply
 * raises argsz to its need, and the second is written past the struct.
 */
#include "server.h"

#define CANARY	0xc5

/* A struct with room for one capability, and the bytes after it. */
struct frame {
	__u8 reply[48];
	__u8 behind[64];
};

/*
 * Requests two regions; returns whether the bytes after the struct are
 * unchanged.
 */
static int unharmed(int keeps, int added)
{
	struct vfio_region_info *info;
	struct frame frame;
	size_t at;

	memset(&frame, 0, sizeof(frame));
	memset(frame.behind, CANARY, sizeof(frame.behind));
	info = (struct vfio_region_info *)(void *)frame.reply;
	info->argsz = sizeof(frame.reply);
	for (__u32 index = 0; index < 2; index++) {
		if (keeps)
			info->argsz = sizeof(frame.reply);
		info->index = index;
		if (answer(&frame, added))
			return 0;
	}
	for (at = 0; at < sizeof(frame.behind); at++)
		if (frame.behind[at] != CANARY)
			return 0;
	return 1;
}

int main(void)
{
	for (int keeps = 0; keeps < 2; keeps++)
		for (int added = 0; added < 2; added++)
			printf("%s, %s: %s\n", keeps ? "keeps" : "naive",
			       added ? "added" : "before",
			       unharmed(keeps, added) ?
			       "nothing behind the struct is written" :
			       "the bytes behind the struct are overwritten");
	return 0;
}
