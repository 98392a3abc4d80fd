/* Prints the mappable parts of a region from a reply in a file. */
#include <stdio.h>
#include "vfio_abi.h"

int main(int argc, char **argv)
{
	static unsigned char buf[65536];
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	struct vfio_abi_region_info info;
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_region_sparse_mmap_area area;
	int found;

	if (!file || vfio_abi_region_info_parse(buf, fread(buf, 1, sizeof(buf), file), &info))
		return 1;
	found = vfio_abi_region_sparse_mmap_find(&info, &sparse);
	for (__u32 i = 0; vfio_abi_region_sparse_mmap_areas(&sparse, i, &area); i++)
		printf("0x%llx bytes at 0x%llx\n", area.size, area.offset);
	if (!found && info.flags & VFIO_REGION_INFO_FLAG_MMAP)
		printf("0x%llx bytes at 0x0\n", info.size);
	return found < 0 || info.reply.need;
}
