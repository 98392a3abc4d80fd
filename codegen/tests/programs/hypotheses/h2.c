/*
 * H2: the flag is tested first, and then cap_offset. The naive reader follows
 * cap_offset at once. If the reply does not fit, cap_offset is 0, and the
 * reader takes its own struct for a capability: argsz for an id.
 */
#include "server.h"

/* The first id that a reader sees; 0 if it sees none. */
static __u32 first_id(int keeps, int added, const char **why)
{
	__u8 buf[48] = { 0 };
	struct vfio_region_info info;
	struct vfio_info_cap_header header;

	info.argsz = sizeof(buf);
	memcpy(buf, &info.argsz, sizeof(info.argsz));
	if (answer(buf, added))
		return 0;
	memcpy(&info, buf, sizeof(info));
	*why = "the reply is short";
	if (keeps && !(info.flags & VFIO_REGION_INFO_FLAG_CAPS))
		return 0;
	if (keeps && !info.cap_offset)
		return 0;
	memcpy(&header, buf + info.cap_offset, sizeof(header));
	*why = header.id == VFIO_REGION_INFO_CAP_TYPE ?
	       "which the server sent" : "which the server never sent";
	return header.id;
}

int main(void)
{
	for (int keeps = 0; keeps < 2; keeps++)
		for (int added = 0; added < 2; added++) {
			const char *why = "it was refused";
			__u32 id = first_id(keeps, added, &why);

			printf("%s, %s: first id %u, %s\n",
			       keeps ? "keeps" : "naive",
			       added ? "added" : "before", id, why);
		}
	return 0;
}
