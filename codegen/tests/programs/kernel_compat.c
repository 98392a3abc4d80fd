/*
 * Compiled after, before and instead of kernel headers of every release: uses
 * recent items, and reads a chain that starts inside the fixed part of newer
 * kernels.
 */
#if !VFIO_ABI_HAVE(VFIO_DEVICE_FEATURE_DMA_BUF) || !VFIO_ABI_HAVE(vfio_eeh_pe_op) || \
	!VFIO_ABI_HAVE(VFIO_CCW_REQ_IRQ_INDEX) || !VFIO_ABI_HAVE(vfio_device_mig_state)
#error a name is said not to be there
#endif
#if VFIO_ABI_HAVE(vfio_pci_dependent_device_devid) && !VFIO_ABI_HAVE(VFIO_PCI_DEVID_OWNED)
#error a field is said to be there, its values not
#endif
#if VFIO_ABI_HAVE(VFIO_OF_TOMORROW)
#error a name of tomorrow is said to be there
#endif

/* Items that work with every kernel header, new or old. */
static inline int uses(void)
{
	struct vfio_device_info info;
	struct vfio_device_feature_dma_buf dma_buf;
	struct vfio_iommu_type1_info_cap_iova_range range;
	enum vfio_device_mig_state state = VFIO_ABI_DEVICE_STATE_STOP;
	enum vfio_device_mig_state copy = VFIO_DEVICE_STATE_PRE_COPY;
	const __u64 sum = VFIO_REGION_INFO_CAP_SPARSE_MMAP + VFIO_DEVICE_FEATURE_DMA_BUF +
			  VFIO_ABI_PCI_NUM_IRQS + VFIO_PCI_REQ_IRQ_INDEX + VFIO_IOMMU_GET_INFO;

	info.flags = 0;
#if VFIO_ABI_HAVE(vfio_device_info_cap_offset)
	info.cap_offset = info.flags;
	info.flags = info.cap_offset;
#endif
	dma_buf.nr_ranges = 0;
	range.nr_iovas = 0;
	return sum + info.flags + dma_buf.nr_ranges + range.nr_iovas > 0 &&
	       state == VFIO_ABI_DEVICE_STATE_STOP && copy == VFIO_ABI_DEVICE_STATE_PRE_COPY;
}

/* A device's reply whose chain starts at offset 20. */
static inline int chain_at_20(void)
{
	const __u32 fixed[5] = { 36, VFIO_DEVICE_FLAGS_PCI | 1U << 7, 9, 5, 20 };
	struct vfio_abi_device_pci_atomic_comp comp;
	struct vfio_abi_device_info info;
	__u8 reply[36];

	__builtin_memset(reply, 0, sizeof(reply));
	__builtin_memcpy(reply, fixed, sizeof(fixed));
	vfio_abi__put(reply + 20, 2, 5);
	vfio_abi__put(reply + 22, 2, 1);
	vfio_abi__put(reply + 28, 4, VFIO_PCI_ATOMIC_COMP32);
	if (vfio_abi_device_info_parse(reply, sizeof(reply), &info))
		return 0;
	return vfio_abi_device_pci_atomic_comp_find(&info, &comp) == 1 &&
	       comp.flags == VFIO_PCI_ATOMIC_COMP32;
}

int main(void)
{
	return uses() && chain_at_20() ? 0 : 1;
}
