
/**
 * VFIO_DEVICE_TOMORROW - _IOWR(VFIO_TYPE, VFIO_BASE + 40, struct vfio_device_tomorrow)
 *
 * Asks for tomorrow.
 */
struct vfio_device_tomorrow {
	__u32	argsz;
	__u32	flags;
#define VFIO_TOMORROW_FLAG_SUN		(1 << 0)	/* The sun will shine */
#define VFIO_TOMORROW_FLAG_RAIN		(1 << 1)
#define VFIO_TOMORROW_FLAG_ALL		(VFIO_TOMORROW_FLAG_SUN | VFIO_TOMORROW_FLAG_RAIN)
	union {
		__u32	hour;
		__u32	minute;
#define VFIO_TOMORROW_MINUTE_FULL	0
	};
	__u32	kind;
#define VFIO_TOMORROW_KIND_FAIR		0
#define VFIO_TOMORROW_KIND_FOUL		1
	__aligned_u64	when;
};
#define VFIO_DEVICE_TOMORROW	_IO(VFIO_TYPE, VFIO_BASE + 40)

#define VFIO_TOMORROW_TWICE(x)	((x) * 2)

#define VFIO_TOMORROW_STRING	"tomorrow: fair, warm"
#define VFIO_TOMORROW_MOST	0x40

enum {
	VFIO_TOMORROW_DAWN_INDEX,
	VFIO_TOMORROW_DUSK_INDEX,
	VFIO_TOMORROW_NUM_INDEXES
};

enum vfio_tomorrow_mood {
	VFIO_TOMORROW_MOOD_GOOD = 1,
	VFIO_TOMORROW_MOOD_BAD = 5,
};

/* A capability without a body */
#define VFIO_DEVICE_INFO_CAP_TOMORROW	7

#define VFIO_REGION_INFO_CAP_HOURS	8

struct vfio_region_info_cap_hours {
	struct vfio_info_cap_header header;
	__u32	nr_hours;
	__u32	__resv;
	__aligned_u64	hours[] __counted_by(nr_hours);
};

#define VFIO_DEVICE_FEATURE_TOMORROW	15

struct vfio_device_feature_tomorrow {
	__u8	name[VFIO_TOMORROW_MOST];
#define VFIO_TOMORROW_NAME_NONE		77
	__u32	day;
	__u32	reserved;
};
