/* Prints the contents of a region's reply in a file. */
#include <stdio.h>
#include <vfio_abi.h>

static void print(const struct vfio_abi_cap *cap)
{
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_abi_region_type type;
	struct vfio_region_sparse_mmap_area area;
	__u32 i;

	printf("capability %u, version %u\n", cap->id, cap->version);
	if (vfio_abi_region_sparse_mmap_read(cap, &sparse) > 0)
		for (i = 0; vfio_abi_region_sparse_mmap_areas(&sparse, i, &area); i++)
			printf("  0x%llx bytes at 0x%llx\n", area.size, area.offset);
	else if (vfio_abi_region_type_read(cap, &type) > 0)
		printf("  type 0x%x, subtype %u\n", type.type, type.subtype);
}

int main(int argc, char **argv)
{
	static unsigned char reply[65536];
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	size_t len = file ? fread(reply, 1, sizeof(reply), file) : 0;
	struct vfio_abi_region_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;
	int found;

	if (vfio_abi_region_info_parse(reply, len, &info))
		return 1;
	printf("region %u: 0x%llx bytes at 0x%llx\n", info.index, info.size, info.offset);
	walk = vfio_abi_region_caps(&info);
	while ((found = vfio_abi_region_next(&walk, &cap)) > 0)
		print(&cap);
	return found < 0 || info.reply.need;
}
