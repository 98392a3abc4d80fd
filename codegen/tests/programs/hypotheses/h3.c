/*
 * H3: unknown ids are skipped. The naive reader stops at one and does not see
 * the known capability after it.
 */
#include "server.h"

/* Whether a reader finds the capability TYPE. */
static int finds(int keeps, int added)
{
	__u8 buf[64] = { 0 };
	const __u32 argsz = sizeof(buf);
	struct vfio_abi_region_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;

	memcpy(buf, &argsz, sizeof(argsz));
	if (answer(buf, added) ||
	    vfio_abi_region_info_parse(buf, sizeof(buf), &info))
		return 0;
	walk = vfio_abi_region_caps(&info);
	while (vfio_abi_region_next(&walk, &cap) > 0) {
		if (cap.id == VFIO_REGION_INFO_CAP_TYPE)
			return 1;
		if (!keeps)
			return 0;
	}
	return 0;
}

int main(void)
{
	for (int keeps = 0; keeps < 2; keeps++)
		for (int added = 0; added < 2; added++)
			printf("%s, %s: TYPE is %s\n", keeps ? "keeps" : "naive",
			       added ? "added" : "before",
			       finds(keeps, added) ? "found" : "lost");
	return 0;
}
