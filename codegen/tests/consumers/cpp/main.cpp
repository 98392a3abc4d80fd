// Prints the contents of a region's reply in a file.
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>
#include <vfio_abi.h>

static void print(const vfio_abi_cap &cap)
{
	vfio_abi_region_sparse_mmap sparse;
	vfio_abi_region_type type;
	vfio_region_sparse_mmap_area area;

	std::cout << "capability " << cap.id << ", version " << cap.version << '\n';
	if (vfio_abi_region_sparse_mmap_read(&cap, &sparse) > 0)
		for (__u32 i = 0; vfio_abi_region_sparse_mmap_areas(&sparse, i, &area); i++)
			std::cout << std::hex << "  0x" << area.size << " bytes at 0x" << area.offset
				  << std::dec << '\n';
	else if (vfio_abi_region_type_read(&cap, &type) > 0)
		std::cout << std::hex << "  type 0x" << type.type << std::dec << ", subtype "
			  << type.subtype << '\n';
}

int main(int argc, char **argv)
{
	std::ifstream file(argc > 1 ? argv[1] : "", std::ios::binary);
	const std::vector<char> reply((std::istreambuf_iterator<char>(file)),
				      std::istreambuf_iterator<char>());
	vfio_abi_region_info info;
	vfio_abi_cap cap;
	int found;

	if (vfio_abi_region_info_parse(reply.data(), reply.size(), &info))
		return 1;
	std::cout << "region " << info.index << std::hex << ": 0x" << info.size << " bytes at 0x"
		  << info.offset << std::dec << '\n';
	vfio_abi_walk walk = vfio_abi_region_caps(&info);
	while ((found = vfio_abi_region_next(&walk, &cap)) > 0)
		print(cap);
	return found < 0 || info.reply.need;
}
