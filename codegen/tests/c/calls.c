/* Requests against the kernel's own structs, and the calls with an invalid fd. */
#define VFIO_ABI_WITH_IOCTL
#include "vfio_abi.h"
#include "check.h"

#define ARGS(name, ...) \
	(&(const struct vfio_abi_##name##_args){ __VA_ARGS__ })

/* The memory of a request. Its bytes are not 0 before. */
static unsigned char memory[1 + 512];

static unsigned char *fresh(size_t len)
{
	memset(memory, 0xa5, sizeof(memory));
	return memory + 1 - len % 2;
}

/*
 * Writes a request to buffers of every size up to 8 bytes more than it needs:
 * nothing is written if it does not fit, and nothing after its end.
 */
#define REQUEST(expected, expected_size, function, ...) do { \
	for (size_t len = 0; len <= (expected_size) + 8; len++) { \
		unsigned char *buf = fresh(len); \
		size_t size = function(buf, len, ##__VA_ARGS__); \
		size_t at = 0; \
		SAME(size, len < (expected_size) ? 0 : (expected_size)); \
		CHECK(!memcmp(buf, expected, size)); \
		for (at = size; at < size + 64; at++) \
			SAME(buf[at], 0xa5); \
	} \
} while (0)

/* Requests of a fixed size. */
static void fixed(void)
{
	const struct vfio_irq_info irq = { .argsz = 16, .index = 2 };
	const struct vfio_iommu_type1_dma_map map = {
		.argsz = 32, .flags = VFIO_DMA_MAP_FLAG_READ |
				      VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = 0x7f001000, .iova = 0x100000000, .size = 0x2000,
	};
	const struct vfio_device_ioeventfd ioeventfd = {
		.argsz = 32, .flags = VFIO_DEVICE_IOEVENTFD_32,
		.offset = 0x1000, .data = 0x123456789, .fd = -1,
	};
	const struct vfio_device_attach_iommufd_pt attach = {
		.argsz = 16, .pt_id = 5,
	};
	const struct vfio_device_attach_iommufd_pt attach_pasid = {
		.argsz = 16, .flags = VFIO_DEVICE_ATTACH_PASID,
		.pt_id = 5, .pasid = 6,
	};
	const __u32 pasid = 6;
	__u32 state[4] = {
		16, VFIO_DEVICE_FEATURE_SET |
		    VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		VFIO_DEVICE_STATE_RUNNING, (__u32)-1,
	};
	const __u32 probe[2] = {
		8, VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET |
		   VFIO_DEVICE_FEATURE_MIGRATION,
	};
	struct vfio_device_bind_iommufd bind = { .argsz = 24, .iommufd = 9 };
	__u8 token[16] = { 1, 2, 3 };

	REQUEST(&irq, sizeof(irq), vfio_abi_get_irq_info,
		ARGS(get_irq_info, .index = 2));
	REQUEST(&map, sizeof(map), vfio_abi_iommu_map_dma,
		ARGS(iommu_map_dma, .flags = map.flags, .vaddr = (void *)(__UINTPTR_TYPE__)map.vaddr,
		     .iova = map.iova, .size = map.size));
	REQUEST(&ioeventfd, sizeof(ioeventfd), vfio_abi_ioeventfd,
		VFIO_DEVICE_IOEVENTFD_32, -1,
		ARGS(ioeventfd, .offset = 0x1000, .data = 0x123456789));
	REQUEST(&attach, sizeof(attach), vfio_abi_attach_iommufd_pt,
		ARGS(attach_iommufd_pt, .pt_id = 5));
	REQUEST(&attach_pasid, sizeof(attach_pasid),
		vfio_abi_attach_iommufd_pt,
		ARGS(attach_iommufd_pt, .pt_id = 5, .pasid = &pasid));
	REQUEST(state, sizeof(state), vfio_abi_set_mig_device_state,
		VFIO_DEVICE_STATE_RUNNING);
	REQUEST(probe, sizeof(probe), vfio_abi_feature_probe,
		VFIO_DEVICE_FEATURE_MIGRATION,
		ARGS(feature_probe, .flags = VFIO_DEVICE_FEATURE_GET));
	REQUEST(&bind, sizeof(bind), vfio_abi_bind_iommufd,
		9);
	REQUEST(&bind, sizeof(bind), vfio_abi_bind_iommufd_with,
		9, ARGS(bind_iommufd, .token_uuid = NULL));
	bind.flags = VFIO_DEVICE_BIND_FLAG_TOKEN;
	bind.token_uuid_ptr = (__u64)(__UINTPTR_TYPE__)token;
	REQUEST(&bind, sizeof(bind), vfio_abi_bind_iommufd_with,
		9, ARGS(bind_iommufd, .token_uuid = token));
}

/* Bits of an input that are those of others, or that follow from others. */
static void foreign(void)
{
	unsigned char buf[48];
	__u32 bit;

	for (bit = 0; bit < 32; bit++) {
		SAME(vfio_abi_feature_probe(
			     buf, sizeof(buf), 1U << bit,
			     ARGS(feature_probe, .flags = 0)), bit < 16 ? 8 : 0);
		/* The kernel judges flags that nothing else has. */
		SAME(vfio_abi_feature_probe(
			     buf, sizeof(buf), 3,
			     ARGS(feature_probe, .flags = 1U << bit)),
		     bit < 16 || bit == 18 ? 0 : 8);
		SAME(vfio_abi_iommu_unmap_dma(
			     buf, sizeof(buf),
			     ARGS(iommu_unmap_dma, .flags = 1U << bit)),
		     1U << bit == VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP ? 0 : 24);
	}
}

/* A null pointer in place of data that the call needs, or that came later. */
static void nulls(void)
{
	/* The layout of a 64-bit kernel, in which the struct follows padding. */
	const __u32 operation[10] = { 40, 0, 5 };
	const __u32 with_error[10] = { 40, 0, 5, 0, 1 };
	const struct vfio_eeh_pe_err error = { .type = 1 };
	__u32 token[6] = {
		24, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
	};

	const __u8 secret[16] = { 0 };
	unsigned char buf[64];

	REQUEST(operation, sizeof(operation), vfio_abi_eeh_pe_op, 5);
	REQUEST(operation, sizeof(operation), vfio_abi_eeh_pe_op_with,
		5, ARGS(eeh_pe_op, .arg = NULL));
	REQUEST(with_error, sizeof(with_error), vfio_abi_eeh_pe_op_with,
		5, ARGS(eeh_pe_op, .arg = &error));
	REQUEST(token, sizeof(token), vfio_abi_set_pci_vf_token,
		ARGS(set_pci_vf_token, .data = secret));
	SAME(vfio_abi_set_pci_vf_token(
		     buf, sizeof(buf), ARGS(set_pci_vf_token, .data = NULL)), 0);
	SAME(vfio_abi_pci_hot_reset(
		     buf, sizeof(buf), ARGS(pci_hot_reset, .group_fds_count = 1)), 0);
	SAME(vfio_abi_set_dma_logging_start(
		     buf, sizeof(buf),
		     ARGS(set_dma_logging_start, .ranges_count = 1)), 0);
	SAME(vfio_abi_get_zpci_error(
		     buf, sizeof(buf), ARGS(get_zpci_error, .data = NULL)), 0);
}

/* Requests that end in an array. */
static void arrays(void)
{
	const __s32 fds[3] = { 4, -1, 5 };
	__u32 irqs[8] = {
		32, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		VFIO_PCI_MSIX_IRQ_INDEX, 7, 3, 4, (__u32)-1, 5,
	};
	__u32 groups[6] = { 24, 0, 3, 4, (__u32)-1, 5 };
	unsigned char buf[32];

	REQUEST(irqs, sizeof(irqs), vfio_abi_set_irqs_eventfd,
		VFIO_IRQ_SET_ACTION_TRIGGER,
		ARGS(set_irqs_eventfd, .index = VFIO_PCI_MSIX_IRQ_INDEX, .start = 7, .data = fds,
		     .data_count = 3));
	REQUEST(groups, sizeof(groups), vfio_abi_pci_hot_reset,
		ARGS(pci_hot_reset, .group_fds = fds, .group_fds_count = 3));
	irqs[0] = 20;
	irqs[4] = 0;
	REQUEST(irqs, 20, vfio_abi_set_irqs_eventfd,
		VFIO_IRQ_SET_ACTION_TRIGGER,
		ARGS(set_irqs_eventfd, .index = VFIO_PCI_MSIX_IRQ_INDEX, .start = 7));

	/* Not exactly one action, and more elements than memory has. */
	for (__u32 action = 0; action < 64; action++)
		SAME(vfio_abi_set_irqs_none(
			     buf, sizeof(buf), action,
			     ARGS(set_irqs_none, .count = 1)),
		     action == 8 || action == 16 || action == 32 ? 20 : 0);
	SAME(vfio_abi_pci_hot_reset(
			     buf, sizeof(buf),
			     ARGS(pci_hot_reset, .group_fds = fds,
				  .group_fds_count = (size_t)-1)), 0);
	SAME(vfio_abi_pci_hot_reset(
			     buf, (size_t)-1,
			     ARGS(pci_hot_reset, .group_fds = fds,
				  .group_fds_count = 0x40000000)), 0);
	SAME(vfio_abi_set_irqs_eventfd_size(3), 32);
	SAME(vfio_abi_set_irqs_bool_size(3), 23);
	SAME(vfio_abi_pci_hot_reset_size(0x40000000), 0);
}

/* The size of a request with a bitmap of 128 bits. */
static size_t report(__u64 length, __u64 page_size)
{
	__u64 bits[2];
	unsigned char buf[48];

	return vfio_abi_get_dma_logging_report(
			buf, sizeof(buf),
			ARGS(get_dma_logging_report, .length = length,
			     .page_size = page_size, .bitmap = bits,
			     .bitmap_count = 2));
}

/* Bitmaps. */
static void bitmaps(void)
{
	__u64 bits[2], argument[6];
	struct vfio_iommu_type1_dirty_bitmap_get get = {
		.iova = 0x1000, .size = 0x80000,
		.bitmap = { .pgsize = 0x1000, .size = 16,
			    .data = (void *)bits },
	};

	memset(argument, 0, sizeof(argument));
	argument[1] = get.iova;
	argument[2] = get.size;
	argument[3] = get.bitmap.pgsize;
	argument[4] = get.bitmap.size;
	argument[5] = (__UINTPTR_TYPE__)get.bitmap.data;
	put32((unsigned char *)argument, 0, 48);
	put32((unsigned char *)argument, 4,
	      VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP);
	REQUEST(argument, sizeof(argument),
		vfio_abi_iommu_dirty_pages_get_bitmap,
		ARGS(iommu_dirty_pages_get_bitmap, .iova = get.iova,
		     .size = get.size, .pgsize = 0x1000, .data = bits,
		     .data_count = 2));

	SAME(report(0x80000, 0x1000), 40);
	SAME(report(0x80001, 0x1000), 0);
	SAME(report(0x80000, 0), 0);
	SAME(report(0x80000, 0x3000), 0);
	SAME(report(0, 0x1000), 0);
	SAME(report(~0ULL, 1), 0);
}

/* Results of a feature, also from a buffer that is too small. */
static void results(void)
{
	__u32 buf[4] = { 16, 0, VFIO_DEVICE_STATE_STOP, (__u32)-1 };
	struct vfio_device_feature_mig_state state;

	vfio_abi_set_mig_device_state_reply(buf, sizeof(buf), &state);
	SAME(state.device_state, VFIO_DEVICE_STATE_STOP);
	SAME(state.data_fd, -1);
	vfio_abi_set_mig_device_state_reply(buf, 12, &state);
	SAME(state.data_fd, 0);
	vfio_abi_set_mig_device_state_reply(buf, 4, &state);
	SAME(state.device_state, 0);
}

/* A device with count others, as VFIO_DEVICE_GET_PCI_HOT_RESET_INFO does. */
struct slot {
	__u32	count;
	__u32	step;	/* devices that appear with each call */
	int	error;
};

static int hot_reset_info(struct vfio_abi_request *request)
{
	struct slot *slot = (struct slot *)request->context;
	unsigned char *bytes = (unsigned char *)request->buf;
	__u32 count = slot->count;

	SAME(get32(bytes, 0), request->len);
	if (slot->error)
		return slot->error;
	slot->count += slot->step;
	put32(bytes, 8, count);
	if (request->len < 12 + 8 * (__u64)count)
		return -ENOSPC;
	for (__u32 nth = 0; nth < count; nth++) {
		put32(bytes, 12 + 8 * nth, 100 + nth);
		bytes[12 + 8 * nth + 7] = (unsigned char)nth;
	}
	return 0;
}

static void counted(void)
{
	struct slot slot = { .count = 70 };
	struct vfio_abi_request request = {
		.call = hot_reset_info, .grow = vfio_abi_grow, .context = &slot,
	};
	struct vfio_abi_pci_hot_reset_info info;
	struct vfio_pci_dependent_device device;
	__u32 nth = 0;

	SAME(vfio_abi_pci_hot_reset_info_request(&request, &info), 0);
	SAME(request.calls, 2);
	SAME(info.count, 70);
	SAME(info.need, 0);
	while (vfio_abi_pci_hot_reset_info_devices(&info, nth, &device)) {
		SAME(device.group_id, 100 + nth);
		SAME(device.devfn, nth);
		nth++;
	}
	SAME(nth, 70);

	/* A buffer that cannot grow; a count that always does; an error. */
	request.grow = NULL;
	slot.count = 80;
	SAME(vfio_abi_pci_hot_reset_info_request(&request, &info),
	     VFIO_ABI_SHORT);
	SAME(info.need, 12 + 8 * 80);
	SAME(info.count, 80);
	SAME(vfio_abi_pci_hot_reset_info_devices(&info, 0, &device), 0);
	request.grow = vfio_abi_grow;
	slot.step = 1;
	SAME(vfio_abi_pci_hot_reset_info_request(&request, &info),
	     VFIO_ABI_SHORT);
	SAME(request.calls, VFIO_ABI__CALLS);
	slot.error = -EPERM;
	SAME(vfio_abi_pci_hot_reset_info_request(&request, &info), -EPERM);
	slot.error = 0;
	slot.step = 0;
	slot.count = 0xffffffff;
	SAME(vfio_abi_pci_hot_reset_info_request(&request, &info),
	     VFIO_ABI_SHORT);
	SAME(vfio_abi_pci_hot_reset_info_parse(request.buf, 11, &info),
	     VFIO_ABI_TOO_SHORT);
	free(request.buf);
}

/* QEMU's emulation of a process does not know every ioctl. */
static int is_refused(int error)
{
	return error == EBADF || error == ENOSYS;
}

/* The errors of calls. */
static void calls(void)
{
	const int closed = -1;
	struct vfio_irq_info info;
	struct vfio_abi_pci_hot_reset_info reset;
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	__u32 buf[16];

	SAME(vfio_abi_call_get_irq_info(
			     closed, ARGS(get_irq_info, .index = 3), &info), -1);
	SAME(is_refused(errno), 1);
	/* Not the request in place of results. */
	SAME(info.index, 0);
	SAME(info.argsz, 0);
	SAME(vfio_abi_call_get_irq_info(
			     closed, ARGS(get_irq_info, .index = 3), NULL), -1);
	SAME(vfio_abi_call_set_irqs_none(
			     closed, 3, ARGS(set_irqs_none, .count = 1)), -1);
	SAME(errno, EINVAL);
	SAME(vfio_abi_call_pci_hot_reset(
			     closed, buf, 8, ARGS(pci_hot_reset, .group_fds = NULL)),
	     -1);
	SAME(errno, ENOBUFS);
	SAME(vfio_abi_call_pci_hot_reset(
			     closed, buf, 16, ARGS(pci_hot_reset, .group_fds_count = 1)),
	     -1);
	SAME(errno, EINVAL);
	SAME(vfio_abi_call_get_pci_hot_reset_info(closed, &request, &reset),
	     -1);
	SAME(is_refused(errno), 1);
	free(request.buf);
}

int main(void)
{
	fixed();
	foreign();
	nulls();
	arrays();
	bitmaps();
	results();
	counted();
	calls();
	return 0;
}
